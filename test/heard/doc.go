// Package heard proves what a recording contains.
//
// Phones in tests say a tone and record what they hear. This package reads
// such a recording and answers which tones were in it, when, and for how
// long. It promises nothing about loudness beyond a floor: a tone counts as
// heard where it stands at least [Floor] below full scale in a window of
// [Window], and so a tone mixed with two others still counts.
package heard
