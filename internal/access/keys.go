package access

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// maxKeys is what a resource has: two, so that one can be replaced while the
// other works.
const maxKeys = 2

// Key is one access key of the resource.
type Key []byte

// String is the key as a connection string holds it.
func (k Key) String() string { return base64.StdEncoding.EncodeToString(k) }

// ParseKeys reads access keys as settings hold them.
func ParseKeys(encoded []string) ([]Key, error) {
	if len(encoded) > maxKeys {
		return nil, fmt.Errorf("%d access keys, a resource has at most %d", len(encoded), maxKeys)
	}
	keys := make([]Key, 0, len(encoded))
	for i, text := range encoded {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("access key %d is not base64: %w", i+1, err)
		}
		if len(raw) < 16 {
			return nil, fmt.Errorf("access key %d has %d bytes, at least 16 are needed", i+1, len(raw))
		}
		keys = append(keys, raw)
	}
	return keys, nil
}
