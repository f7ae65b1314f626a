package call

import "strings"

// Tone is a DTMF key: one of 0-9 A-D * #.
type Tone byte

// Valid reports whether t is a DTMF key.
func (t Tone) Valid() bool { return t != 0 && strings.IndexByte("0123456789ABCD*#", byte(t)) >= 0 }

func (t Tone) String() string { return string(rune(t)) }
