package speech

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Script is an utterance in the order in which it is said.
type Script []Step

// Step is a line or, when that has no text, a pause.
type Step struct {
	Line  Line
	Pause time.Duration
}

// Line is what an engine says in one go: a sentence, or a part of one.
type Line struct {
	Text string
	Voice
	Manner
}

// Manner is how a line is said. The zero Manner is the voice's own.
type Manner struct {
	Rate   float64 // of words: 2 is twice as fast; 0 is 1
	Pitch  float64 // 2 is an octave higher; 0 is 1
	GainDB float64 // of volume; silent at and below silentDB
}

func (m Manner) rate() float64  { return orOne(m.Rate) }
func (m Manner) pitch() float64 { return orOne(m.Pitch) }

func orOne(v float64) float64 {
	if v == 0 {
		return 1
	}
	return v
}

// The bounds of a script. What is longer than lineMost is cut between words.
const (
	lineMost  = 300 // letters
	stepsMost = 4096
	pauseMost = 20 * time.Second // of one break; what is longer is shortened, as clouds do
	// sayableMost bounds a script in time: with breaks alone an utterance of 16 KiB
	// could go on for hours.
	pausesMost = 5 * time.Minute
)

// Parse makes a script. Its error is a SyntaxError.
func Parse(u Utterance) (Script, error) {
	if u.SSML != "" {
		return parseSSML(u)
	}
	w := writer{}
	w.say(u.Text, u.voice(), Manner{})
	return w.script()
}

// SyntaxError is what is wrong in an utterance, and where. Lines and columns count
// from 1, columns in bytes.
type SyntaxError struct {
	Line, Column int
	Problem      string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Problem
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// writer writes a script.
type writer struct {
	steps  Script
	pauses time.Duration
}

// say adds text, sentence by sentence.
func (w *writer) say(text string, by Voice, how Manner) {
	for _, s := range sentences(text) {
		w.steps = append(w.steps, Step{Line: Line{Text: s, Voice: by, Manner: how}})
	}
}

// pause adds silence.
func (w *writer) pause(d time.Duration) {
	d = min(d, pauseMost, pausesMost-w.pauses)
	if d <= 0 {
		return
	}
	w.pauses += d
	if last := len(w.steps) - 1; last >= 0 && w.steps[last].Line.Text == "" {
		w.steps[last].Pause += d
		return
	}
	w.steps = append(w.steps, Step{Pause: d})
}

func (w *writer) script() (Script, error) {
	if len(w.steps) > stepsMost {
		return nil, &SyntaxError{Problem: fmt.Sprintf("it has %d sentences and breaks; at most %d can be said in one go", len(w.steps), stepsMost)}
	}
	return w.steps, nil
}

// sentences cuts text where a voice would draw breath. What has nothing to say in it
// is left out.
func sentences(text string) []string {
	var all []string
	for rest := strings.Join(strings.FieldsFunc(text, unspeakable), " "); rest != ""; {
		end := sentenceEnd(rest)
		if s := strings.TrimSpace(rest[:end]); hasWords(s) {
			all = append(all, s)
		}
		rest = strings.TrimLeft(rest[end:], " ")
	}
	return all
}

// unspeakable is white space, and what no voice can do anything with.
func unspeakable(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError
}

func hasWords(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r) })
}

// sentenceEnd is where the first sentence of a text ends, in bytes.
func sentenceEnd(text string) int {
	letters, lastGap := 0, 0
	for i, r := range text {
		after := i + utf8.RuneLen(r)
		switch {
		case strings.ContainsRune("。！？", r):
			return after
		case strings.ContainsRune(".!?;:…", r) && endsWord(text[after:]) && !abbreviates(text[:i], r):
			return after
		case r == ' ':
			lastGap = i
		}
		if letters++; letters == lineMost {
			if lastGap > 0 {
				return lastGap
			}
			return after
		}
	}
	return len(text)
}

// endsWord reports whether what follows a full stop begins another word.
func endsWord(rest string) bool {
	return rest == "" || rest[0] == ' ' || rest[0] == '"' || rest[0] == ')'
}

// abbreviates reports whether a full stop belongs to the short word before it, as in
// "Dr. No" or "J. Smith", rather than to a sentence.
func abbreviates(before string, stop rune) bool {
	if stop != '.' {
		return false
	}
	word := before[strings.LastIndexByte(before, ' ')+1:]
	first, size := utf8.DecodeRuneInString(word)
	switch {
	case size == 0:
		return false
	case size == len(word):
		return unicode.IsUpper(first) && word != "I"
	}
	switch strings.ToLower(word) {
	case "mr", "mrs", "ms", "dr", "prof", "st", "no", "vs", "e.g", "i.e", "etc", "ext", "bzw", "nr", "z.b":
		return true
	}
	return false
}
