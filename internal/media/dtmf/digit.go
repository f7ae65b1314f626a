package dtmf

import (
	"fmt"
	"strings"
)

// A Digit is one key of a telephone: '0' to '9', '*', '#' or 'A' to 'D'.
type Digit byte

// events lists the digits at their RFC 4733 section 3.2 event codes.
const events = "0123456789*#ABCD"

// String prints the key.
func (d Digit) String() string { return string(rune(d)) }

// Valid reports whether d is a key.
func (d Digit) Valid() bool { return d.event() >= 0 }

func (d Digit) event() int { return strings.IndexByte(events, byte(d)) }

// ParseDigits reads keys written in one string, such as "1234#".
func ParseDigits(s string) ([]Digit, error) {
	digits := make([]Digit, 0, len(s))
	for i := range len(s) {
		d := Digit(s[i])
		if d >= 'a' && d <= 'd' {
			d -= 'a' - 'A'
		}
		if !d.Valid() {
			return nil, fmt.Errorf("dtmf: %q is not a digit", s[i])
		}
		digits = append(digits, d)
	}
	return digits, nil
}
