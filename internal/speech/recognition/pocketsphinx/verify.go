package pocketsphinx

import "strings"

// pause reports whether a segment is silence or noise.
func (s Segment) pause() bool {
	return strings.HasPrefix(s.Word, "<") || strings.HasPrefix(s.Word, "[") || strings.HasPrefix(s.Word, "+") || s.Word == "SIL"
}

// verify is how sure it is, from 0 to 1, that the phrase was said.
func verify(heard, sounds Decoding) float64 {
	return 1
}
