package engines

import (
	"slices"
	"strings"
	"testing"

	"strowger/internal/media/codec"
	"strowger/internal/speech"
	"strowger/internal/speech/recognition"
)

// sentence is spoken and heard; what is written of it may differ in its marks.
const sentence = "The morning train to Boston leaves from the central station."

// TestWhatPiperSpeaksWhisperHears holds Strowger's engines to servers that others
// wrote.
func TestWhatPiperSpeaksWhisperHears(t *testing.T) {
	piper := &speech.Wyoming{URL: Piper(t), Voice: PiperVoice}
	a, err := piper.Say(t.Context(), speech.Line{Text: sentence, Voice: speech.Voice{Language: "en-US"}})
	if err != nil {
		t.Fatal(err)
	}
	if a.RateHz != 22050 || a.Duration().Seconds() < 2 || a.Duration().Seconds() > 8 {
		t.Errorf("piper speaks for %v at %d Hz", a.Duration(), a.RateHz)
	}
	said := codec.Resample(a.Samples, a.RateHz, recognition.RateHz)
	for _, settings := range []recognition.Settings{
		{Engine: recognition.HTTPEngine, URL: Whisper(t)},
		{Engine: recognition.WyomingEngine, URL: WyomingWhisper(t)},
	} {
		t.Run(settings.Engine, func(t *testing.T) { expectHeard(t, recognition.Engines(settings)[0], said) })
	}
	if _, err = piper.Say(t.Context(), speech.Line{Text: sentence, Voice: speech.Voice{Name: "nobody"}}); err == nil || !strings.Contains(err.Error(), "the server says") {
		t.Errorf("a voice that piper does not have fails with %v", err)
	}
}

func expectHeard(t *testing.T, engine recognition.Engine, said []int16) {
	var partials []string
	u, err := engine.Begin(t.Context(), recognition.Task{Language: "en-US", Partial: func(h recognition.Heard) { partials = append(partials, h.Text) }})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	for frame := range slices.Chunk(said, recognition.RateHz/50) {
		if err := u.Write(frame); err != nil {
			t.Fatal(err)
		}
	}
	h, err := u.End()
	if err != nil || words(h.Text) != words(sentence) {
		t.Errorf("it hears %q, %v", h.Text, err)
	}
	t.Logf("it hears %q with a confidence of %.2f, after %q", h.Text, h.Confidence, partials)
}

// words are the words of a text, without its marks.
func words(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' }), " ")
}
