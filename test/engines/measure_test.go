package engines

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"

	"strowger/internal/media/player"
	"strowger/internal/speech"
	"strowger/internal/speech/recognition"
	"strowger/internal/speech/recognition/recognitiontest"
)

var each = flag.Int("each", 8, "how many calls are heard with each noise; 0: all there are")

// sentences are said freely. They are of no corpus.
var sentences = []string{
	"I would like to book a table for four people on Saturday evening.",
	"Could you please tell me what time the store closes today?",
	"My package was supposed to arrive yesterday, but it never came.",
	"We need to move the meeting from Monday morning to Wednesday afternoon.",
	"The kitchen window is broken and the rain is coming in.",
	"I have already paid this bill twice, so please check my account.",
	"She left her keys on the table next to the telephone.",
	"How long does it take to drive from the airport to the hotel?",
	"Please send the documents to my new address in Boston.",
	"The doctor can see you on Thursday in the afternoon.",
	"I forgot my password and need to open the application.",
	"There is a strange noise when I start the washing machine.",
	"Thank you very much for your help, that was exactly what I needed.",
	"Our flight was late because of the heavy snow.",
	"I want to change the name on my ticket before we travel.",
	"The internet connection has been slow since last weekend.",
	"Can I return these shoes if they are too small?",
	"We heard about the new school at the end of our street.",
	"My daughter will pick up the order in about an hour.",
	"It is cheaper to take the bus than to park in the city.",
	"The manager promised to call me back before lunch.",
	"We would prefer a quiet room on one of the upper floors.",
	"He bought fresh bread, butter, and a bottle of milk.",
	"Please tell the driver to wait in front of the main entrance.",
}

// noises are those that lie behind the voices.
var noises = []recognitiontest.Noise{{Name: "quiet"}, {Name: "white 15 dB", DB: 15}, {Name: "street 15 dB", DB: 15, Low: 0.9}}

// Free sentences of natural voices are heard by whisper as docs/speech.md says. Its table is printed by
// make hear.
func TestFreeSentencesAreHeardAsMeasured(t *testing.T) {
	piper := &speech.Wyoming{URL: Piper(t), Voice: PiperVoice}
	// One natural voice is there, at three rates and pitches. The voices of Flite and eSpeak
	// NG are none to whisper: it hears them worse than people do.
	speakers := []recognitiontest.Speaker{
		{Name: "piper joe", Engine: piper, Voice: speech.Voice{Language: "en-US"}},
		{Name: "piper joe +8 %", Engine: turned{piper, 1.08}, Voice: speech.Voice{Language: "en-US"}},
		{Name: "piper joe -8 %", Engine: turned{piper, 0.92}, Voice: speech.Voice{Language: "en-US"}},
	}
	whisper := recognition.Engines(recognition.Settings{Engine: recognition.HTTPEngine, URL: Whisper(t)})[0]
	var wrong, said int
	var table strings.Builder
	for _, n := range noises {
		count := len(sentences) * len(speakers)
		if *each > 0 {
			count = min(count, *each)
		}
		of, missed := 0, 0
		for i := range count {
			by, sentence := speakers[(i+i/len(sentences))%len(speakers)], sentences[i%len(sentences)]
			heard := hear(t, whisper, recognitiontest.Call(t, by, sentence, n))
			w := strings.Fields(words(sentence))
			d := different(w, strings.Fields(words(heard)))
			if d > 0 {
				t.Logf("%s, %s: %q is heard as %q", by.Name, n.Name, sentence, heard)
			}
			of, missed = of+len(w), missed+d
		}
		fmt.Fprintf(&table, "| %-12s | %4.1f %% of %d words |\n", n.Name, 100*float64(missed)/float64(of), of)
		wrong, said = wrong+missed, said+of
	}
	t.Log("\nword error rate of whisper tiny.en\n" + table.String())
	most := 0.03
	if *each > 0 {
		most = 0.06 // so few may be the more difficult ones
	}
	if rate := float64(wrong) / float64(said); rate > most {
		t.Errorf("the word error rate is %.3f, want %.2f at most", rate, most)
	}
}

// turned is an engine whose sound is played faster or slower: another voice at another
// rate.
type turned struct {
	speech.Engine
	by float64
}

func (e turned) Say(ctx context.Context, l speech.Line) (*player.Audio, error) {
	a, err := e.Engine.Say(ctx, l)
	if err == nil {
		a = &player.Audio{RateHz: int(float64(a.RateHz)*e.by) / 50 * 50, Samples: a.Samples}
	}
	return a, err
}

func hear(t *testing.T, engine recognition.Engine, samples []int16) string {
	t.Helper()
	u, err := engine.Begin(t.Context(), recognition.Task{Language: "en-US"})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if err := u.Write(samples); err != nil {
		t.Fatal(err)
	}
	h, err := u.End()
	if err != nil {
		t.Fatal(err)
	}
	return h.Text
}

// different is how many words of what was said are missing, added or others, at least.
func different(said, heard []string) int {
	row := make([]int, len(heard)+1)
	for j := range row {
		row[j] = j
	}
	for i, s := range said {
		before := row[0]
		row[0] = i + 1
		for j, h := range heard {
			d := before
			if s != h {
				d++
			}
			before = row[j+1]
			row[j+1] = min(d, row[j]+1, before+1)
		}
	}
	return row[len(heard)]
}
