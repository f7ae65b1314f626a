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

// Encode, Decode and Kinds are what a property test needs.
var (
	Encode = encode
	Decode = decode
)

func KnownEvents() map[string]bool {
	names := map[string]bool{}
	for name := range kinds {
		names[name] = true
	}
	return names
}
