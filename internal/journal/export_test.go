package journal

import "context"

// Trim trims every stream now.
func (j *Journal) Trim(ctx context.Context) error {
	for stream := range j.store.Streams() {
		if err := j.trim(ctx, stream); err != nil {
			return err
		}
	}
	return nil
}

// Encode and Decode are what a property test needs.
var (
	Encode = encode
	Decode = decode
)
