package speech

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/media/player"
)

// recited is an engine that writes down what it says.
type recited struct {
	languages []string
	said      []Line
	err       error
	hold      chan struct{}
	pause     int // samples of silence that a line begins with
}

func (r *recited) Name() string { return "recited" }

func (r *recited) Speaks(v Voice) bool { return slices.Contains(r.languages, primary(v.Language)) }

func (r *recited) Say(ctx context.Context, l Line) (*player.Audio, error) {
	if r.hold != nil {
		<-r.hold
	}
	r.said = append(r.said, l)
	return &player.Audio{RateHz: 8000, Samples: append(make([]int16, r.pause), slices.Repeat([]int16{1000}, 800)...)}, r.err
}

// heard is all of a speech.
func heard(t *testing.T, s *Speaker, u Utterance) []int16 {
	t.Helper()
	speech, err := s.Open(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int16, 0)
	for part := make([]int16, 700); ; {
		n, err := speech.Read(part)
		all = append(all, part[:n]...)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func loudness(samples []int16) float64 {
	var sum float64
	for _, v := range samples {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(max(len(samples), 1)))
}

func TestTheFirstSentenceIsThereBeforeTheNextIsMade(t *testing.T) {
	engine := &recited{languages: []string{"en"}}
	speech, err := NewSpeaker(engine).Open(t.Context(), Utterance{Text: "One. Two. Three."})
	if err != nil {
		t.Fatal(err)
	}
	if len(engine.said) != 1 {
		t.Errorf("%d lines were made before any was heard", len(engine.said))
	}
	if n, err := speech.Read(make([]int16, 1600)); n != 1600 || err != nil || len(engine.said) != 1 {
		t.Errorf("of the first line %d samples are read, %v, with %d lines made", n, err, len(engine.said))
	}
	if n, err := speech.Read(make([]int16, 8000)); n != 3200 || err != io.EOF {
		t.Errorf("of the rest %d samples are read, %v", n, err)
	}
}

func TestBreaksAreSilentAndGainIsHeard(t *testing.T) {
	speaker := NewSpeaker(&recited{languages: []string{"en"}})
	all := heard(t, speaker, Utterance{SSML: `<speak>a<break time="100ms"/><prosody volume="-6dB">b</prosody></speak>`})
	if len(all) != 3*1600 {
		t.Fatalf("it lasts %d samples", len(all))
	}
	if loudness(all[1700:3100]) != 0 {
		t.Error("the break is not silent")
	}
	if was, is := loudness(all[400:1200]), loudness(all[3600:4400]); math.Abs(20*math.Log10(is/was)+6) > 0.5 {
		t.Errorf("what is said 6 dB lower has %.0f after %.0f", is, was)
	}
}

// A pause between sentences is the engine's, the one before all of them keeps people waiting.
func TestWhatIsSaidBeginsWithSound(t *testing.T) {
	all := heard(t, NewSpeaker(&recited{languages: []string{"en"}, pause: 1600}), Utterance{Text: "One. Two."})
	if want := onset + 1600 + 3200 + 1600; math.Abs(float64(len(all)-want)) > 20 {
		t.Errorf("it lasts %d samples, want %d", len(all), want)
	}
	if silent := heard(t, NewSpeaker(&recited{languages: []string{"en"}}), Utterance{SSML: `<speak><prosody volume="silent">a</prosody></speak>`}); len(silent) != 1600 {
		t.Errorf("of what is silent %d samples are left", len(silent))
	}
}

func TestTheFirstEngineThatHasTheLanguageSpeaks(t *testing.T) {
	english, french := &recited{languages: []string{"en"}}, &recited{languages: []string{"en", "fr"}}
	speaker := NewSpeaker(english, french)
	heard(t, speaker, Utterance{SSML: `<speak>Hello <lang xml:lang="fr-FR">Bonjour</lang></speak>`})
	if len(english.said) != 1 || len(french.said) != 1 || french.said[0].Text != "Bonjour" {
		t.Errorf("they say %v and %v", english.said, french.said)
	}
	heard(t, speaker, Utterance{Text: "Salut", Voice: "fr-FR-DeniseNeural"})
	if len(french.said) != 2 {
		t.Error("a voice's name does not say its language")
	}
	unspoken := new(UnspokenError)
	if err := speaker.Check(Utterance{Text: "Hallo", Language: "de-DE"}); !errors.As(err, &unspoken) || unspoken.None || !strings.Contains(err.Error(), "de-DE") {
		t.Errorf("German is refused with %v", err)
	}
	if err := NewSpeaker(&recited{}).Check(Utterance{Text: "Hello"}); !errors.As(err, &unspoken) || !unspoken.None {
		t.Errorf("without any voice it is refused with %v", err)
	}
	if err := speaker.Check(Utterance{Text: "Hello"}); err != nil {
		t.Error(err)
	}
}

func TestWhoWaitsTooLongForATurnIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := &recited{languages: []string{"en"}, hold: make(chan struct{})}
		speaker := NewSpeaker(engine)
		for range linesAtOnce {
			go func() { _, _ = speaker.Open(t.Context(), Utterance{Text: "One."}) }()
		}
		synctest.Wait()
		failure := new(Failure)
		if _, err := speaker.Open(t.Context(), Utterance{Text: "One more."}); !errors.As(err, &failure) || failure.Why != Busy {
			t.Errorf("one more gets %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := speaker.Open(ctx, Utterance{Text: "One more."}); !errors.Is(err, context.Canceled) {
			t.Errorf("who gives up gets %v", err)
		}
		for range linesAtOnce {
			engine.hold <- struct{}{}
			synctest.Wait()
		}
	})
}

// TestRealEnginesSpeak holds the engines of this machine to what they promise.
func TestRealEnginesSpeak(t *testing.T) {
	for _, engine := range []interface {
		Engine
		Open() error
	}{NewFlite(), NewESpeak()} {
		t.Run(engine.Name(), func(t *testing.T) {
			if err := engine.Open(); err != nil {
				t.Fatalf("%v: `make install`", err)
			}
			speaker := NewSpeaker(engine)
			const text = "Thank you for calling. Your code is 4711."
			usual := heard(t, speaker, Utterance{Text: text})
			if seconds := float64(len(usual)) / RateHz; seconds < 2 || seconds > 6 || loudness(usual) < 500 {
				t.Errorf("it lasts %.1f s at %.0f", seconds, loudness(usual))
			}
			fast := heard(t, speaker, Utterance{SSML: `<speak><prosody rate="1.5">` + text + `</prosody></speak>`})
			if ratio := float64(len(usual)) / float64(len(fast)); ratio < 1.2 || ratio > 1.8 {
				t.Errorf("half as fast again it is %.2f times as short", ratio)
			}
			// Where it begins to sound is not the same each time: Flite's breath is noise.
			if again := heard(t, speaker, Utterance{Text: text}); math.Abs(float64(len(again)-len(usual))) > RateHz/10 {
				t.Errorf("said once more it lasts %d samples after %d: what was asked of the line before is left over", len(again), len(usual))
			}
			if man := heard(t, speaker, Utterance{Text: text, Gender: Male}); pitch(man) > 0.85*pitch(heard(t, speaker, Utterance{Text: text, Gender: Female})) {
				t.Error("a man's voice is not lower than a woman's")
			}
			high := heard(t, speaker, Utterance{SSML: `<speak><prosody pitch="+4st">` + text + `</prosody></speak>`})
			if pitch(high) < 1.1*pitch(usual) {
				t.Errorf("four semitones higher its pitch is %.0f after %.0f Hz", pitch(high), pitch(usual))
			}
			for _, odd := range []string{"½ “naïve” café №5", "a\u202eb 👋", strings.Repeat("supercalifragilistic", 60), "-v en --help", "@#%^&*()"} {
				heard(t, speaker, Utterance{Text: odd})
			}
		})
	}
}

// TestFliteForgetsNoWish when memory of Go's is used again: Flite keeps the names that
// it is given as pointers.
func TestFliteForgetsNoWish(t *testing.T) {
	engine := NewFlite()
	line := func(rate, pitch float64) int {
		a, err := engine.Say(t.Context(), Line{Text: "Your code is 4711.", Voice: Voice{Language: "en-US"}, Manner: Manner{Rate: rate, Pitch: pitch}})
		if err != nil {
			t.Fatal(err)
		}
		for n := range 10_000 {
			_ = fmt.Sprint("something else of that size ", n)
		}
		runtime.GC()
		return len(a.Samples)
	}
	usual, fast := line(1, 1), line(2, 1)
	for n := range 5 {
		line(1, 1.2)
		if a, b := line(1, 1), line(2, 1); a != usual || b != fast {
			t.Fatalf("said for the %dth time it lasts %d and %d samples, after %d and %d", n, a, b, usual, fast)
		}
	}
}

func TestESpeakSpeaksOtherLanguages(t *testing.T) {
	engine := NewESpeak()
	for tag, want := range map[string]string{"fr-FR": "fr-fr", "de-DE": "de", "zh-CN": "cmn", "pt-BR": "pt-br", "en-GB": "en-gb", "no-NO": "nb", "tlh": ""} {
		if engine.Speaks(Voice{Language: tag}) != (want != "") || engine.language(tag) != want {
			t.Errorf("%s is spoken as %q, want %q", tag, engine.language(tag), want)
		}
	}
	if sound := heard(t, NewSpeaker(engine), Utterance{Text: "Guten Tag, wie geht es Ihnen?", Language: "de-DE"}); len(sound) < RateHz {
		t.Errorf("it lasts %d samples", len(sound))
	}
	missing := &ESpeak{program: "espeak-none"}
	if missing.Speaks(Voice{Language: "en-US"}) {
		t.Error("a program that is not there speaks")
	}
	if err := missing.Open(); !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "espeak-ng") {
		t.Errorf("it is missing with %v", err)
	}
}

// pitch is the commonest distance between two like stretches of sound, in Hz: the
// median over stretches of 40 ms that are loud.
func pitch(samples []int16) float64 {
	const stretch, low, high = RateHz / 25, RateHz / 70, RateHz / 400
	var all []float64
	for at := 0; at+stretch+low < len(samples); at += stretch {
		if loudness(samples[at:at+stretch]) < 800 {
			continue
		}
		best, lag := 0.0, 0
		for d := high; d < low; d++ {
			var same, first, second float64
			for i := range stretch {
				a, b := float64(samples[at+i]), float64(samples[at+i+d])
				same, first, second = same+a*b, first+a*a, second+b*b
			}
			if r := same / math.Sqrt(first*second+1); r > best+0.02 {
				best, lag = r, d
			}
		}
		if best > 0.7 {
			all = append(all, RateHz/float64(lag))
		}
	}
	slices.Sort(all)
	if len(all) == 0 {
		return 0
	}
	return all[len(all)/2]
}

// wavFile is a WAV file of 16 kHz.
func wavFile(samples []int16) []byte {
	var b bytes.Buffer
	size := uint32(2 * len(samples))
	b.WriteString("RIFF")
	for _, v := range []any{36 + size, [8]byte([]byte("WAVEfmt ")), uint32(16), uint16(1), uint16(1), uint32(RateHz), uint32(2 * RateHz), uint16(2), uint16(16), [4]byte([]byte("data")), size, samples} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	return b.Bytes()
}

func TestAServerIsAskedAsOpenAIIs(t *testing.T) {
	var got speechRequest
	var authorization string
	answer := func(w http.ResponseWriter) { _, _ = w.Write(wavFile(make([]int16, 320))) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization = r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization")
		_ = json.NewDecoder(r.Body).Decode(&got)
		answer(w)
	}))
	defer server.Close()
	speaker := NewSpeaker(&HTTP{Client: server.Client(), URL: server.URL + "/v1/audio/speech", Voice: "alloy", Key: "secret"})
	if n := len(heard(t, speaker, Utterance{SSML: `<speak><prosody rate="fast">Hello</prosody></speak>`, Voice: "en-US-JennyNeural"})); n != 320 {
		t.Errorf("%d samples are heard", n)
	}
	if want := (speechRequest{"tts-1", "Hello", "alloy", "wav", 1.35}); got != want {
		t.Errorf("it is asked %+v", got)
	}
	if authorization != "POST /v1/audio/speech Bearer secret" {
		t.Errorf("it is asked with %q", authorization)
	}
	heard(t, speaker, Utterance{Text: "Hello", Voice: "nova"})
	if got.Voice != "nova" {
		t.Errorf("the voice asked for is %q", got.Voice)
	}
	for status, want := range map[int]Why{401: Denied, 403: Denied, 429: Busy, 503: Busy, 408: Late, 400: Broken, 500: Broken} {
		answer = func(w http.ResponseWriter) { http.Error(w, "quota", status) }
		failure := new(Failure)
		if _, err := speaker.Open(t.Context(), Utterance{Text: "Hello"}); !errors.As(err, &failure) || failure.Why != want || !strings.Contains(err.Error(), fmt.Sprint(status)) {
			t.Errorf("%d becomes %v", status, err)
		}
	}
	answer = func(w http.ResponseWriter) { _, _ = w.Write([]byte("ID3…")) }
	if _, err := speaker.Open(t.Context(), Utterance{Text: "Hello"}); err == nil || !strings.Contains(err.Error(), "an MP3 file") {
		t.Errorf("an MP3 file becomes %v", err)
	}
}

func TestAServerThatSaysNothingIsNotWaitedForForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := transport(func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() })
		began := time.Now()
		failure := new(Failure)
		_, err := NewSpeaker(&HTTP{Client: &http.Client{Transport: silent}, URL: "http://speech.example/"}).Open(t.Context(), Utterance{Text: "Hello"})
		if !errors.As(err, &failure) || failure.Why != Late || time.Since(began) != lineTime {
			t.Errorf("after %v it becomes %v", time.Since(began), err)
		}
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
