package preview2021

import "strings"

// Tone is a key of a telephone.
type Tone string

// tones are the published names of keys, in their order; flash is one that no
// telephone sends here.
var tones = [...]Tone{
	"tone0", "tone1", "tone2", "tone3", "tone4", "tone5", "tone6", "tone7", "tone8", "tone9", "star", "pound", "a", "b", "c", "d",
}

const keys = "0123456789*#ABCD"

// ToneOf is the published name of a key, one of 0-9 * # A-D, or "".
func ToneOf(key byte) Tone {
	i := strings.IndexByte(keys, key)
	if i < 0 {
		return ""
	}
	return tones[i]
}

// Types of the event of a key.
const (
	TypeDTMFReceived = typePrefix + "DtmfReceived" // until 2021-08-30-preview
	TypeToneReceived = typePrefix + "ToneReceived" // from 2021-11-15-preview on
)

// ToneReceived says that somebody in the call pressed a key.
type ToneReceived struct {
	ToneInfo         ToneInfo     `json:"toneInfo"`
	CallConnectionID string       `json:"callConnectionId"`
	CallLocator      *CallLocator `json:"callLocator,omitempty"` // from 2021-11-15-preview on
}

// ToneInfo is a key, and the how many-th of its connection it is, from 1.
type ToneInfo struct {
	SequenceID int  `json:"sequenceId"`
	Tone       Tone `json:"tone"`
}
