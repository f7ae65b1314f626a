package speech

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// What of SSML is understood. An element that is not named here is refused with its
// place, so that nobody waits for what will not be heard; what belongs to a
// namespace of a cloud (mstts:…) is read through: its text is said, in the voice's own
// manner.
//
//	speak (xml:lang), p, s, voice (name, gender, xml:lang), lang (xml:lang)
//	break (time, strength), prosody (rate, pitch, volume), emphasis (level)
//	say-as (interpret-as, format), sub (alias), phoneme (its text is said)
//	mark, bookmark, lexicon, meta: passed over; desc, metadata: with what is in them

// depthMost bounds how deep elements may stand in one another.
const depthMost = 64

// reading is one reading of a document.
type reading struct {
	writer
	decoder *xml.Decoder
	source  []byte
	stack   []scope
}

// scope is what counts for the text within an element.
type scope struct {
	name   string
	voice  Voice
	manner Manner
	sayAs  string // interpret-as
	format string
	silent bool // its text is not said
}

func parseSSML(u Utterance) (Script, error) {
	r := &reading{source: []byte(u.SSML)}
	r.decoder = xml.NewDecoder(bytes.NewReader(r.source))
	r.stack = []scope{{voice: u.voice()}}
	roots := 0
	for {
		at := r.decoder.InputOffset()
		token, err := r.decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && roots == 1:
			return r.script()
		case errors.Is(err, io.EOF):
			return nil, r.problem(at, "there is no speak element")
		case err != nil:
			return nil, r.malformed(err)
		}
		if start, ok := token.(xml.StartElement); ok && len(r.stack) == 1 {
			if roots++; roots > 1 || start.Name.Local != "speak" {
				return nil, r.problem(at, "its only outermost element has to be speak")
			}
		}
		if err := r.take(at, token); err != nil {
			return nil, err
		}
	}
}

func (r *reading) take(at int64, token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		return r.enter(at, token)
	case xml.EndElement:
		r.leave()
	case xml.CharData:
		if len(r.stack) > 1 {
			r.read(string(token))
		} else if strings.TrimSpace(string(token)) != "" {
			return r.problem(at, "there is text outside of its speak element")
		}
	case xml.Directive:
		return r.problem(at, "a document type is not allowed")
	}
	return nil
}

// read says the text of an element.
func (r *reading) read(text string) {
	c := r.stack[len(r.stack)-1]
	if c.silent {
		return
	}
	if c.sayAs != "" {
		text = sayAs(c.sayAs, c.format, text, c.voice.Language)
	}
	r.say(text, c.voice, c.manner)
}

func (r *reading) enter(at int64, e xml.StartElement) error {
	if len(r.stack) > depthMost {
		return r.problem(at, fmt.Sprintf("elements stand more than %d deep in one another", depthMost))
	}
	c := r.stack[len(r.stack)-1]
	c.name = e.Name.Local
	if err := r.begin(&c, attributes(e)); err != nil && !foreign(e.Name) {
		return r.problem(at, err.Error())
	}
	r.stack = append(r.stack, c)
	return nil
}

// foreign elements are those of a namespace that is not SSML's.
func foreign(name xml.Name) bool {
	return name.Space != "" && name.Space != "http://www.w3.org/2001/10/synthesis"
}

func (r *reading) leave() {
	c := r.stack[len(r.stack)-1]
	r.stack = r.stack[:len(r.stack)-1]
	switch c.name {
	case "p":
		r.pause(paragraphPause)
	case "s":
		r.pause(sentencePause)
	}
}

// The silences that structure has.
const (
	sentencePause  = 200 * time.Millisecond
	paragraphPause = 400 * time.Millisecond
)

// begin lets an element change what counts within it.
func (r *reading) begin(c *scope, a map[string]string) error {
	if lang := a["lang"]; lang != "" {
		c.voice = Voice{Language: lang, Gender: c.voice.Gender}
	}
	switch c.name {
	case "speak", "p", "s", "lang", "phoneme", "mark", "bookmark", "lexicon", "meta":
		return nil
	case "desc", "metadata":
		c.silent = true
		return nil
	case "voice":
		return c.speakAs(a)
	case "break":
		return r.breakFor(a)
	case "prosody":
		return c.speakIn(a)
	case "emphasis":
		return c.emphasize(a["level"])
	case "say-as":
		c.sayAs, c.format = strings.ToLower(a["interpret-as"]), strings.ToLower(a["format"])
		if c.sayAs == "" {
			return errors.New("say-as needs interpret-as, such as digits")
		}
		return nil
	case "sub":
		if a["alias"] == "" {
			return errors.New("sub needs an alias, which is said in its place")
		}
		r.say(a["alias"], c.voice, c.manner)
		c.silent = true
		return nil
	case "audio":
		return errors.New("audio is not played from within SSML: use a play source of kind file beside this one")
	}
	return fmt.Errorf("the element %.32q is not known", c.name)
}

// attributes are those of an element by their local names.
func attributes(e xml.StartElement) map[string]string {
	all := make(map[string]string, len(e.Attr))
	for _, a := range e.Attr {
		if a.Name.Space != "xmlns" {
			all[a.Name.Local] = strings.TrimSpace(a.Value)
		}
	}
	return all
}

// speakAs takes another voice.
func (c *scope) speakAs(a map[string]string) error {
	v := Voice{Language: a["lang"], Gender: Gender(strings.ToLower(a["gender"])), Name: a["name"]}
	if v.Language == "" {
		v.Language = languageOf(v.Name)
	}
	if v.Language == "" {
		v.Language = c.voice.Language
	}
	if v.Gender != "" && v.Gender != Male && v.Gender != Female && v.Gender != "neutral" {
		return fmt.Errorf("the gender %.32q is not one of male, female and neutral", v.Gender)
	}
	if v.Gender == "neutral" {
		v.Gender = ""
	}
	c.voice = v
	return nil
}

// strengths are the silences that breaks have by their strength.
var strengths = map[string]time.Duration{
	"none": 0, "x-weak": 250 * time.Millisecond, "weak": 500 * time.Millisecond, "medium": 750 * time.Millisecond,
	"strong": 1000 * time.Millisecond, "x-strong": 1250 * time.Millisecond,
}

func (r *reading) breakFor(a map[string]string) error {
	d, known := strengths[a["strength"]]
	if a["strength"] == "" {
		d, known = strengths["medium"], true
	}
	if !known {
		return fmt.Errorf("the strength %.32q of a break is not known", a["strength"])
	}
	if given := a["time"]; given != "" {
		var err error
		if d, err = time.ParseDuration(given); err != nil || d < 0 {
			return fmt.Errorf("the time %.32q of a break is not one such as 500ms or 2s", given)
		}
	}
	r.pause(d)
	return nil
}

// The names that prosody has for rates, pitches and volumes.
var (
	rates   = map[string]float64{"x-slow": 0.5, "slow": 0.75, "medium": 1, "fast": 1.35, "x-fast": 1.8, "default": 1}
	pitches = map[string]float64{"x-low": 0.7, "low": 0.85, "medium": 1, "high": 1.2, "x-high": 1.45, "default": 1}
	volumes = map[string]float64{"silent": silentDB, "x-soft": -14, "soft": -7, "medium": 0, "loud": 4, "x-loud": 7, "default": 0}
)

// silentDB is the gain at which nothing is heard.
const silentDB = -96

func (c *scope) speakIn(a map[string]string) error {
	rate, err := relative(a["rate"], rates)
	if err != nil {
		return fmt.Errorf("the rate %.32q is not one such as slow, +10%% or 0.8", a["rate"])
	}
	pitch, err := pitched(a["pitch"])
	if err != nil {
		return fmt.Errorf("the pitch %.32q is not one such as high, +5%% or -2st", a["pitch"])
	}
	gain, err := louder(a["volume"])
	if err != nil {
		return fmt.Errorf("the volume %.32q is not one such as soft, +6dB or 80", a["volume"])
	}
	c.manner.Rate = min(max(c.manner.rate()*rate, 0.5), 3)
	c.manner.Pitch = min(max(c.manner.pitch()*pitch, 0.5), 2)
	c.manner.GainDB = min(max(c.manner.GainDB+gain, silentDB), 12)
	return nil
}

// relative reads a factor: a name, a change in percent, or a number.
func relative(s string, names map[string]float64) (float64, error) {
	if s == "" {
		return 1, nil
	}
	if v, ok := names[s]; ok {
		return v, nil
	}
	number, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, err
	}
	signed := s[0] == '+' || s[0] == '-'
	switch {
	case percent && signed:
		v = 1 + v/100
	case percent:
		v /= 100
	case signed:
		return 0, errors.New("a change without a unit")
	}
	if !(v > 0 && v < 100) { // also when it is no number
		return 0, errors.New("out of range")
	}
	return v, nil
}

// semitone is the factor of one.
const semitone = 1.0594630943592953

func pitched(s string) (float64, error) {
	if steps, ok := strings.CutSuffix(s, "st"); ok {
		v, err := strconv.ParseFloat(steps, 64)
		if err != nil || !(v >= -24 && v <= 24) {
			return 0, errors.New("out of range")
		}
		return power(semitone, v), nil
	}
	if hz, ok := strings.CutSuffix(s, "Hz"); ok {
		v, err := strconv.ParseFloat(hz, 64)
		if err != nil || !(v > -100 && v < 1000) {
			return 0, errors.New("out of range")
		}
		if s[0] == '+' || s[0] == '-' {
			return 1 + v/usualHz, nil
		}
		return max(v/usualHz, 0.1), nil
	}
	return relative(s, pitches)
}

// usualHz is taken for a voice's own pitch where SSML speaks of Hertz.
const usualHz = 150

func louder(s string) (gainDB float64, err error) {
	if s == "" {
		return 0, nil
	}
	if v, ok := volumes[s]; ok {
		return v, nil
	}
	number, decibel := strings.CutSuffix(s, "dB")
	number, _ = strings.CutSuffix(number, "%")
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !(v >= -100 && v <= 100) {
		return 0, errors.New("out of range")
	}
	switch {
	case decibel:
		return v, nil
	case s[0] == '+' || s[0] == '-': // a change of a volume from 0 to 100
		return decibels(1 + v/100), nil
	}
	return decibels(v / 100), nil
}

// emphasize says it a little slower and louder, or the other way round.
func (c *scope) emphasize(level string) error {
	switch level {
	case "none":
	case "", "moderate":
		c.manner.Rate, c.manner.GainDB = c.manner.rate()*0.9, c.manner.GainDB+2
	case "strong":
		c.manner.Rate, c.manner.GainDB = c.manner.rate()*0.8, c.manner.GainDB+4
	case "reduced":
		c.manner.Rate, c.manner.GainDB = c.manner.rate()*1.1, c.manner.GainDB-3
	default:
		return fmt.Errorf("the level %.32q of emphasis is not known", level)
	}
	return nil
}

// problem places what is wrong.
func (r *reading) problem(at int64, what string) error {
	before := r.source[:min(max(at, 0), int64(len(r.source)))]
	return &SyntaxError{
		Line:    1 + bytes.Count(before, []byte("\n")),
		Column:  len(before) - bytes.LastIndexByte(before, '\n'),
		Problem: what,
	}
}

// malformed places what keeps a document from being XML.
func (r *reading) malformed(err error) error {
	line, column := r.decoder.InputPos()
	if syntax := new(xml.SyntaxError); errors.As(err, &syntax) {
		return &SyntaxError{Line: syntax.Line, Column: column, Problem: "it is not XML: " + syntax.Msg}
	}
	return &SyntaxError{Line: line, Column: column, Problem: "it is not XML: " + err.Error()}
}
