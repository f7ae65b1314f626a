package ga

import (
	"slices"
	"strings"
)

// keys are the keys in the order of Tones.
const keys = "0123456789*#ABCD"

// ToneOf is the published name of a key, one of 0-9 * # A-D, or "".
func ToneOf(key byte) Tone {
	i := strings.IndexByte(keys, key)
	if i < 0 {
		return ""
	}
	return Tones[i]
}

// Key is the key that a tone is the name of, in any case of letters.
func (t Tone) Key() (byte, bool) {
	i := slices.Index(Tones, Tone(strings.ToLower(string(t))))
	if i < 0 {
		return 0, false
	}
	return keys[i], true
}
