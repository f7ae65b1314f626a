package lab

import (
	"fmt"
	"strings"
	"time"

	"strowger/internal/media/dtmf"
)

// commaPause is what a comma among keys waits.
const commaPause = time.Second

// Keys are what a caller presses. Written, each key is one character, and a
// comma waits a second: "1,2,#".
type Keys struct{ strokes []stroke }

// stroke is one key, and how long is waited before it.
type stroke struct {
	pause time.Duration
	key   dtmf.Digit
}

// ParseKeys reads keys; a small letter is as good as a capital one.
func ParseKeys(written string) (Keys, error) {
	var keys Keys
	var pause time.Duration
	for _, c := range strings.ToUpper(written) {
		switch {
		case c == ',':
			pause += commaPause
		case c > 0 && c < 128 && dtmf.Digit(c).Valid():
			keys.strokes = append(keys.strokes, stroke{pause: pause, key: dtmf.Digit(c)})
			pause = 0
		default:
			return Keys{}, fmt.Errorf("%q is no key; there are 0 to 9, *, #, A to D, and a comma waits a second", c)
		}
	}
	return keys, nil
}

// UnmarshalText is ParseKeys for the command line.
func (k *Keys) UnmarshalText(text []byte) (err error) {
	*k, err = ParseKeys(string(text))
	return err
}
