package pocketsphinx

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"strowger/internal/speech/recognition/recognitiontest"
)

var (
	each = flag.Int("each", 24, "how much of each kind is heard; 0: all there is")
	dump = flag.String("dump", "", "hear the corpus learnt instead, and write what was found to this file, for train/verify.py")
)

// observation is what the searches found in one call.
type observation struct {
	kind, noise string
	Said        string // the phrase; empty: none of them
	Nearest     string // the phrase that fits best
	Heard       Decoding
	Sounds      Decoding
	taken       string // the phrase that it was taken for
}

// Choices, digits and what is neither are told apart as docs/speech.md says. Its table is
// printed by make hear.
func TestChoicesAreHeardAsMeasured(t *testing.T) {
	e := engine(t)
	heard := &corpus{}
	if *heard = measured; *dump != "" {
		*heard, *each = learnt, 0
	}
	var found []observation
	for _, c := range heard.calls(*each) {
		found = append(found, observe(t, e, c))
	}
	if *dump != "" {
		write(t, found)
		return
	}
	t.Log("\n" + table(found))
	for kind, least := range map[string]float64{"choice": 0.95, "digit": 0.90, "other sentence": 0.95} {
		if *each > 0 {
			least -= 0.1 // so few may be the more difficult ones
		}
		if got := right(found, kind, ""); got < least {
			t.Errorf("%.3f of %ss are heard as what they are, want %.2f", got, kind, least)
		}
	}
}

// spokenCall is something that is said, and what is expected.
type spokenCall struct {
	kind     string
	by       recognitiontest.Speaker
	noise    recognitiontest.Noise
	expected []string
	words    string
}

// calls are so many of each kind, drawn the same way each time.
func (c *corpus) calls(each int) (all []spokenCall) {
	kinds := map[string][]spokenCall{}
	add := func(s spokenCall) { kinds[s.kind] = append(kinds[s.kind], s) }
	expected := append(slices.Clone(c.choices), digits)
	for i, by := range c.voices {
		for j, n := range noises {
			for _, set := range c.choices {
				for _, phrase := range set {
					add(spokenCall{"choice", by, n, set, phrase})
				}
			}
			for _, digit := range digits {
				add(spokenCall{"digit", by, n, digits, digit})
			}
			for k, words := range c.others {
				kind := "other sentence"
				if len(strings.Fields(words)) < 3 {
					kind = "other word"
				}
				add(spokenCall{kind, by, n, expected[(i+5*j+k)%len(expected)], words})
			}
		}
	}
	for _, kind := range kindsHeard {
		of := kinds[kind]
		if each == 0 || each > len(of) {
			each = len(of)
		}
		for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(of))[:each] {
			all = append(all, of[i])
		}
	}
	return all
}

var kindsHeard = []string{"choice", "digit", "other sentence", "other word"}

func observe(t *testing.T, e *Engine, c spokenCall) observation {
	t.Helper()
	v := vocabularyOf(c.expected)
	answer, err := e.ask(t.Context(), &Request{Cepstra: features(call(t, c.by, c.words, c.noise)), Phrases: v.distinct()})
	if err != nil {
		t.Fatal(err)
	}
	o := observation{kind: c.kind, noise: c.noise.Name, Heard: answer.Heard, Sounds: answer.Sounds, taken: v.chosen(answer).Text}
	o.Nearest, _ = v.phrase(texts(wordsOf(answer.Heard)))
	if !strings.HasPrefix(c.kind, "other") {
		o.Said = c.words
	}
	return o
}

// right is which share of a kind was heard as what it is.
func right(found []observation, kind, noise string) float64 {
	all, good := 0, 0
	for _, o := range found {
		if o.kind == kind && (noise == "" || o.noise == noise) {
			all++
			if o.taken == o.Said {
				good++
			}
		}
	}
	return float64(good) / float64(max(all, 1))
}

func table(found []observation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %-15s | %7s |", "heard right", "all")
	for _, n := range noises {
		fmt.Fprintf(&b, " %13s |", n.Name)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(noises)) + "\n")
	for _, kind := range kindsHeard {
		fmt.Fprintf(&b, "| %-15s | %5.1f %% |", kind, 100*right(found, kind, ""))
		for _, n := range noises {
			fmt.Fprintf(&b, " %11.1f %% |", 100*right(found, kind, n.Name))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\n%d calls\n", len(found))
	return b.String()
}

func write(t *testing.T, found []observation) {
	t.Helper()
	f, err := os.Create(*dump)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, o := range found {
		if err := json.NewEncoder(f).Encode(o); err != nil {
			t.Fatal(err)
		}
	}
}
