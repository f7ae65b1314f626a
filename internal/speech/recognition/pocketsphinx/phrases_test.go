package pocketsphinx

import (
	"slices"
	"strings"
	"testing"
)

func TestPhrasesAreReadAsTheyAreSaid(t *testing.T) {
	for phrase, want := range map[string]string{
		"Yes":               "yes",
		"  Press 2! ":       "press two",
		"the 1st of May":    "the first of may",
		"the 22nd":          "the twenty second",
		"30th":              "thirtieth",
		"1,250 euros":       "one thousand two hundred fifty euros",
		"2026":              "two thousand twenty six",
		"007":               "zero zero seven",
		"4255550100":        "four two five five five five zero one zero zero",
		"3.5 %":             "three point five percent",
		"AT&T":              "at and t",
		"BBC":               "b b c",
		"NO":                "no",
		"U.S.A.":            "u s a",
		"don’t":             "don't",
		"'quoted'":          "quoted",
		"e-mail":            "e mail",
		"Café":              "cafe",
		"so_called/thing":   "so called thing",
		"info@contoso.com":  "info at contoso point com",
		"?!":                "",
		"":                  "",
		"...":               "",
		"yes > ; <no> | no": "yes no no",
	} {
		if got := strings.Join(spoken(phrase), " "); got != want {
			t.Errorf("%q is said %q, want %q", phrase, got, want)
		}
	}
}

func TestThePhraseIsTheFirstThatSoundsSo(t *testing.T) {
	v := vocabularyOf([]string{"Press 2", "press two", "press TWO!"})
	if got, ok := v.phrase([]string{"press", "two"}); got != "Press 2" || !ok {
		t.Errorf("it is %q", got)
	}
	if got := v.distinct(); len(got) != 1 {
		t.Errorf("there are %q", got)
	}
	if got, _ := vocabularyOf([]string{"yes", "yes please"}).phrase([]string{"yes", "please"}); got != "yes please" {
		t.Errorf("yes please is %q", got)
	}
	if got, ok := v.phrase([]string{"please"}); ok {
		t.Errorf("please is %q", got)
	}
	if got, ok := v.phrase(nil); ok {
		t.Errorf("nothing is %q", got)
	}
}

func FuzzPhrasesAreWordsOfLetters(f *testing.F) {
	for _, phrase := range []string{"Press 2!", "no > ; public <x> = yes", "#JSGF V1.0;", "import <a.b>;", "A00B00", "日本 ١٢ 1st", "'´'", "3.5", "é.É."} {
		f.Add(phrase)
	}
	f.Fuzz(func(t *testing.T, phrase string) {
		v := vocabularyOf([]string{phrase})
		for _, words := range v.distinct() {
			for _, word := range words {
				if word == "" || strings.ContainsAny(word, " \t\n") {
					t.Errorf("%q has the word %q", phrase, word)
				}
				if sayable(word) && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz'") != "" {
					t.Errorf("%q may be in a grammar", word)
				}
			}
			if got, ok := v.phrase(words); !ok || got != phrase {
				t.Errorf("%q is %q when it is said", phrase, got)
			}
			if again := spoken(strings.Join(words, " ")); slices.Contains(again, "") {
				t.Errorf("%q is said %q again", words, again)
			}
		}
	})
}
