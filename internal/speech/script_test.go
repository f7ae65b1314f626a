package speech

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// written is a script as tests write it.
func written(s Script) string {
	var parts []string
	for _, step := range s {
		if step.Line.Text == "" {
			parts = append(parts, "<"+step.Pause.String()+">")
			continue
		}
		l, how := step.Line, ""
		if l.Language != defaultLanguage {
			how += " " + l.Language
		}
		if l.Gender != "" {
			how += " " + string(l.Gender)
		}
		if l.Name != "" {
			how += " " + l.Name
		}
		for _, v := range []struct {
			name  string
			value float64
		}{{"rate", l.Rate}, {"pitch", l.Pitch}, {"gain", l.GainDB}} {
			if v.value != 0 && !(v.value == 1 && v.name != "gain") {
				how += fmt.Sprintf(" %s %.2f", v.name, v.value)
			}
		}
		if how != "" {
			how = "(" + strings.TrimSpace(how) + ")"
		}
		parts = append(parts, l.Text+how)
	}
	return strings.Join(parts, " | ")
}

func TestTextIsSaidSentenceBySentence(t *testing.T) {
	for text, want := range map[string]string{
		"Hello. How are you? Fine!":            "Hello. | How are you? | Fine!",
		"  one\n\ttwo  ":                       "one two",
		"Dr. Smith sees J. Doe. At 3.15 sharp": "Dr. Smith sees J. Doe. | At 3.15 sharp",
		"你好。再见！":                               "你好。 | 再见！",
		"... ?! .":                             "",
		"nul\x00 and\x07 bell":                 "nul and bell",
	} {
		s, err := Parse(Utterance{Text: text})
		if err != nil || written(s) != want {
			t.Errorf("%q is said as %q, %v; want %q", text, written(s), err, want)
		}
	}
	long, err := Parse(Utterance{Text: strings.Repeat("word ", 200)})
	if err != nil || len(long) < 4 {
		t.Fatalf("a thousand letters without a full stop are %d lines, %v", len(long), err)
	}
	for _, step := range long {
		if len(step.Line.Text) > lineMost || strings.HasPrefix(step.Line.Text, "ord") {
			t.Errorf("a line is %q", step.Line.Text)
		}
	}
}

func TestSSMLIsReadAsItIsMeant(t *testing.T) {
	for ssml, want := range map[string]string{
		`<speak>Hello <break time="500ms"/> you</speak>`:                                                                "Hello | <500ms> | you",
		`<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="fr-FR">Bonjour</speak>`:             "Bonjour(fr-FR)",
		`<speak><voice name="en-GB-RyanNeural">Hello</voice> there</speak>`:                                             "Hello(en-GB en-GB-RyanNeural) | there",
		`<speak><voice xml:lang="de-DE" gender="Male">Hallo</voice></speak>`:                                            "Hallo(de-DE male)",
		`<speak><prosody rate="+50%" pitch="low" volume="loud">Fast</prosody></speak>`:                                  "Fast(rate 1.50 pitch 0.85 gain 4.00)",
		`<speak><prosody rate="slow"><prosody rate="2">x</prosody></prosody></speak>`:                                   "x(rate 1.50)",
		`<speak><prosody pitch="+12st" volume="-6dB">x</prosody></speak>`:                                               "x(pitch 2.00 gain -6.00)",
		`<speak>Dial <say-as interpret-as="digits">4711</say-as></speak>`:                                               "Dial | 4 7 1 1",
		`<speak><say-as interpret-as="characters">A1b</say-as></speak>`:                                                 "A, 1, b",
		`<speak><say-as interpret-as="telephone">+1 425-555-0100</say-as></speak>`:                                      "plus 1, 4 2 5, 5 5 5, 0 1 0 0",
		`<speak><say-as interpret-as="ordinal">22</say-as></speak>`:                                                     "22nd",
		`<speak><say-as interpret-as="date" format="mdy">11/25/2026</say-as></speak>`:                                   "November 25th, 20 26",
		`<speak><say-as interpret-as="date">2007-04-01</say-as></speak>`:                                                "April 1st, 2007",
		`<speak><say-as interpret-as="date" format="dm">31.12.</say-as></speak>`:                                        "December 31st",
		`<speak><sub alias="World Wide Web">WWW</sub>!</speak>`:                                                         "World Wide Web",
		`<speak><p>One.</p><p><s>Two.</s></p></speak>`:                                                                  "One. | <400ms> | Two. | <600ms>",
		`<speak><emphasis level="strong">Now</emphasis></speak>`:                                                        "Now(rate 0.80 gain 4.00)",
		`<speak xmlns:mstts="http://www.w3.org/2001/mstts"><mstts:express-as style="sad">Oh</mstts:express-as></speak>`: "Oh",
		`<speak><break strength="none"/>a<break/>b<break time="3600s"/></speak>`:                                        "a | <750ms> | b | <20s>",
		`<?xml version="1.0"?><!-- c --><speak><metadata>not this</metadata>this</speak>`:                               "this",
	} {
		s, err := Parse(Utterance{SSML: ssml})
		if err != nil || written(s) != want {
			t.Errorf("%s\nis said as %q, %v\nwant       %q", ssml, written(s), err, want)
		}
	}
}

func TestWhatIsWrongInSSMLIsPlaced(t *testing.T) {
	for _, c := range []struct{ ssml, want string }{
		{"<speak>\n  <blink>x</blink>\n</speak>", `line 2, column 3: the element "blink" is not known`},
		{"<speak><break time=\"soon\"/></speak>", "line 1, column 8: the time"},
		{"<speak><prosody rate=\"+3\">x</prosody></speak>", "line 1, column 8: the rate"},
		{"<speak><prosody pitch=\"NaN\">x</prosody></speak>", "line 1, column 8: the pitch"},
		{"<speak><prosody volume=\"+999dB\">x</prosody></speak>", "line 1, column 8: the volume"},
		{"<speak><say-as>1</say-as></speak>", "line 1, column 8: say-as needs interpret-as"},
		{"<speak><sub>x</sub></speak>", "line 1, column 8: sub needs an alias"},
		{"<speak><audio src=\"x.wav\"/></speak>", "line 1, column 8: audio is not played"},
		{"<speak><voice gender=\"robot\">x</voice></speak>", "line 1, column 8: the gender"},
		{"<speak>x</p></speak>", "it is not XML"},
		{"<speak>x</speak>y", "line 1, column 17: there is text outside"},
		{"<speak/><speak/>", "line 1, column 9: its only outermost element"},
		{"<talk/>", "line 1, column 1: its only outermost element"},
		{" ", "there is no speak element"},
		{`<!DOCTYPE speak [<!ENTITY a "b">]><speak>&a;</speak>`, "a document type is not allowed"},
		{"<speak>" + strings.Repeat("<p>", 100) + "</speak>", "deep in one another"},
		{"<speak>" + strings.Repeat("a. ", 5000) + "</speak>", "at most 4096"},
	} {
		_, err := Parse(Utterance{SSML: c.ssml})
		if fault := new(SyntaxError); !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s\nis refused with %v\nwant            %s", c.ssml, err, c.want)
		}
	}
}

func TestPausesEnd(t *testing.T) {
	s, err := Parse(Utterance{SSML: "<speak>" + strings.Repeat(`a. <break time="20s"/>`, 200) + "</speak>"})
	if err != nil {
		t.Fatal(err)
	}
	var all time.Duration
	for _, step := range s {
		all += step.Pause
	}
	if all > pausesMost {
		t.Errorf("it is silent for %v", all)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("<speak><prosody rate='1e9' volume='+1'>x</prosody></speak>", "")
	f.Add("", "Dr. \xff\xfe… 你好。")
	f.Add("<speak><say-as interpret-as='date' format='mdy'>1/2/3</say-as></speak>", "")
	f.Fuzz(func(t *testing.T, ssml, text string) {
		s, err := Parse(Utterance{SSML: ssml, Text: text})
		if err != nil {
			return
		}
		if slices.ContainsFunc(s, func(step Step) bool {
			return (step.Line.Text == "") == (step.Pause == 0) || len(step.Line.Text) > 4*lineMost && ssml == "" ||
				!(step.Line.rate() >= 0.3 && step.Line.rate() <= 4) || !(step.Line.pitch() > 0)
		}) {
			t.Errorf("%q %q is said as %s", ssml, text, written(s))
		}
	})
}
