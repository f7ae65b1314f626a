package pocketsphinx

import (
	"testing"

	"strowger/internal/speech/recognition"
	"strowger/internal/speech/recognition/recognitiontest"
)

// What an utterance costs, one after another: a core is busy with it, here or in the
// worker. live-recognitions/core is how many may speak at once for each core.
func BenchmarkUtterance(b *testing.B) {
	for _, kind := range []struct {
		name    string
		phrases []string
		words   string
	}{
		{"choice", []string{"report a problem", "pay my bill", "opening hours", "operator"}, "report a problem"},
		{"dictation", nil, "the meeting is on monday morning"},
	} {
		b.Run(kind.name, func(b *testing.B) {
			e := New(nil)
			defer e.Close()
			if err := e.Open(); err != nil {
				b.Fatal("make install: ", err)
			}
			samples := recognitiontest.Call(b, recognitiontest.OfFlite("slt", 1, 1), kind.words, noises[0])
			hear := func() {
				u, err := e.Begin(b.Context(), recognition.Task{Language: "en-US", Phrases: kind.phrases})
				if err != nil {
					b.Fatal(err)
				}
				defer u.Close()
				if err := u.Write(samples); err != nil {
					b.Fatal(err)
				}
				if h, err := u.End(); err != nil || h.Text == "" {
					b.Fatalf("it hears %q, %v", h.Text, err)
				}
			}
			hear() // the worker's model is opened
			for b.Loop() {
				hear()
			}
			seconds := float64(len(samples)) / recognition.RateHz
			b.ReportMetric(seconds*float64(b.N)/b.Elapsed().Seconds(), "live-recognitions/core")
		})
	}
}
