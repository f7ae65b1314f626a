package pocketsphinx

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/internal/speech/recognition"
	"strowger/internal/speech/recognition/recognitiontest"
)

// engine is one that is closed with the test. It needs what test/install.sh installs.
func engine(t *testing.T) *Engine {
	t.Helper()
	e := New(slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(e.Close)
	if err := e.Open(); err != nil {
		t.Fatal("make install: ", err)
	}
	return e
}

// kept is a log that is read.
type kept struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (k *kept) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.all.Write(p)
}

func (k *kept) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.all.String()
}

// listen has an engine hear samples, in frames of 20 ms as they come.
func listen(t *testing.T, e *Engine, phrases []string, samples []int16) (recognition.Heard, error) {
	t.Helper()
	u, err := e.Begin(t.Context(), recognition.Task{Language: "en-US", Phrases: phrases})
	if err != nil {
		return recognition.Heard{}, err
	}
	defer u.Close()
	for frame := range slices.Chunk(samples, recognition.RateHz/50) {
		if err := u.Write(frame); err != nil {
			t.Fatal(err)
		}
	}
	return u.End()
}

func expectHeard(t *testing.T, e *Engine, phrases []string, words, want string) recognition.Heard {
	t.Helper()
	h, err := listen(t, e, phrases, call(t, recognitiontest.OfFlite("rms", 1, 1), words, noises[0]))
	if err != nil || h.Text != want {
		t.Errorf("%q among %q is heard as %+v, %v, want %q", words, phrases, h, err, want)
	}
	return h
}

func expectFailure(t *testing.T, err error, why recognition.Why, detail string) {
	t.Helper()
	var f *recognition.Failure
	if !errors.As(err, &f) || f.Why != why || !strings.Contains(f.Detail, detail) {
		t.Errorf("the failure is %v, want %d with %q", err, why, detail)
	}
}

func TestAChoiceThatIsSpokenIsHeard(t *testing.T) {
	e := engine(t)
	phrases := []string{"Sales", "Billing", "Operator", "Press 2!"}
	for _, want := range phrases {
		h := expectHeard(t, e, phrases, want, want)
		if h.Confidence < 0.5 || h.Confidence > 1 || len(h.Words) != len(spoken(want)) {
			t.Errorf("%q is heard with %+v", want, h)
		}
		for _, w := range h.Words {
			if w.At < 100*time.Millisecond || w.Duration < 50*time.Millisecond || w.Duration > 2*time.Second {
				t.Errorf("%q has the word %+v", want, w)
			}
		}
	}
}

func TestWhoIsPoliteIsHeardToo(t *testing.T) {
	expectHeard(t, engine(t), []string{"Sales", "Billing", "Operator"}, "billing, please", "Billing")
}

func TestWhatIsNoChoiceIsNone(t *testing.T) {
	e := engine(t)
	expectHeard(t, e, []string{"sales", "billing"}, "I was going to ask you something entirely different", "")
	expectHeard(t, e, []string{"yes", "no"}, "could you please say that once more", "")
}

func TestAWordThatIsInNoDictionaryIsHeard(t *testing.T) {
	expectHeard(t, engine(t), []string{"Strowger", "Contoso", "cancel"}, "Contoso", "Contoso")
}

func TestWhatIsSaidFreelyIsWritten(t *testing.T) {
	h, err := listen(t, engine(t), nil, call(t, recognitiontest.OfFlite("slt", 0.9, 1), "the meeting is on monday morning", noises[0]))
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, w := range []string{"the", "meeting", "is", "on", "monday", "morning"} {
		if slices.Contains(strings.Fields(h.Text), w) {
			right++
		}
	}
	if right < 4 || len(h.Words) != len(strings.Fields(h.Text)) {
		t.Errorf("it is heard as %+v", h)
	}
}

func TestSilenceIsNothing(t *testing.T) {
	e := engine(t)
	hiss := make([]int16, 2*recognition.RateHz)
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range hiss {
		hiss[i] = int16(300 * dice.NormFloat64())
	}
	for _, samples := range [][]int16{make([]int16, recognition.RateHz), hiss} {
		for _, phrases := range [][]string{nil, {"yes", "no"}} {
			if h, err := listen(t, e, phrases, samples); err != nil || h.Text != "" {
				t.Errorf("silence, among %q, is heard as %+v, %v", phrases, h, err)
			}
		}
	}
}

func TestTooLittleSoundIsNothing(t *testing.T) {
	e := engine(t)
	for _, n := range []int{0, 1, windowSamples - 1, windowSamples, windowSamples + stepSamples} {
		if h, err := listen(t, e, []string{"yes"}, make([]int16, n)); err != nil || h.Text != "" {
			t.Errorf("%d samples are heard as %+v, %v", n, h, err)
		}
	}
}

func TestAPhraseThatNobodyKnowsHowToSayIsLeftOut(t *testing.T) {
	log := &kept{}
	e := New(slog.New(slog.NewTextHandler(log, nil)))
	defer e.Close()
	expectHeard(t, e, []string{"日本語", "yes", "no"}, "yes", "yes")
	expectHeard(t, e, []string{"日本語", "yes", "no"}, "no", "no")
	if n := strings.Count(log.String(), "日本語"); n != 1 {
		t.Errorf("the log names the word %d times: %s", n, log)
	}
	_, err := listen(t, e, []string{"日本語"}, call(t, recognitiontest.OfFlite("rms", 1, 1), "yes", noises[0]))
	expectFailure(t, err, recognition.Broken, "日本語")
}

func TestAPhraseWithoutWordsIsNeverChosen(t *testing.T) {
	e := engine(t)
	_, err := e.Begin(t.Context(), recognition.Task{Language: "en-US", Phrases: []string{"", "?!"}})
	expectFailure(t, err, recognition.Broken, "?!")
	expectHeard(t, e, []string{"?!", "yes"}, "yes", "yes")
}

func TestOnlyEnglishIsHeard(t *testing.T) {
	e := engine(t)
	for language, want := range map[string]bool{"en": true, "en-GB": true, "EN-us": true, "de-DE": false, "": false} {
		if e.Hears(language) != want {
			t.Errorf("%q is heard: %v", language, !want)
		}
	}
}
