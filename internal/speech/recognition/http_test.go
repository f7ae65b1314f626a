package recognition

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/media/player"
)

// verboseAnswer is as OpenAI's documentation has it.
const verboseAnswer = `{"task": "transcribe", "language": "english", "duration": 1.2, "text": " Hello, world. ", "segments": [
	{"id": 0, "seek": 0, "start": 0.0, "end": 1.0, "text": " Hello,", "tokens": [50364], "temperature": 0.0, "avg_logprob": -0.1, "compression_ratio": 1.2, "no_speech_prob": 0.01},
	{"id": 1, "start": 1.0, "end": 1.2, "text": " world.", "avg_logprob": -0.5}],
	"words": [{"word": "Hello", "start": 0.02, "end": 0.5}, {"word": "world", "start": 0.5, "end": 1.1}]}`

// transcriber is a server that is asked as OpenAI's is.
type transcriber struct {
	*httptest.Server
	asked  []*http.Request
	sounds [][]byte
	answer func(w http.ResponseWriter, form string)
}

func newTranscriber(t *testing.T) *transcriber {
	s := &transcriber{answer: func(w http.ResponseWriter, _ string) { _, _ = io.WriteString(w, verboseAnswer) }}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, _, err := r.FormFile("file")
		if err != nil {
			t.Error(err)
			return
		}
		sound, _ := io.ReadAll(file)
		s.asked, s.sounds = append(s.asked, r), append(s.sounds, sound)
		s.answer(w, r.FormValue("response_format"))
	}))
	t.Cleanup(s.Close)
	return s
}

func TestAServerIsAskedAsOpenAIIs(t *testing.T) {
	server := newTranscriber(t)
	engine := &HTTP{Client: server.Client(), URL: server.URL + "/v1/audio/transcriptions", Key: "secret"}
	said := ramp(3000)
	got, err := hear(t, engine, Task{Language: "en-US", Phrases: []string{"Confirm", "Cancel it"}}, said)
	want := Heard{Text: "Hello, world.", Confidence: 0.855, Words: []Word{
		{"Hello", 20 * time.Millisecond, 480 * time.Millisecond}, {"world", 500 * time.Millisecond, 600 * time.Millisecond},
	}}
	if got.Confidence = float64(int(got.Confidence*1000)) / 1000; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("it hears %+v, %v", got, err)
	}
	r := server.asked[0]
	if got := r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization"); got != "POST /v1/audio/transcriptions Bearer secret" {
		t.Errorf("it is asked with %q", got)
	}
	delete(r.MultipartForm.Value, "temperature")
	fields := map[string][]string{"model": {"whisper-1"}, "language": {"en"}, "response_format": {"verbose_json"}, "prompt": {"Confirm, Cancel it"}, "timestamp_granularities[]": {"word", "segment"}}
	if !reflect.DeepEqual(r.MultipartForm.Value, fields) {
		t.Errorf("it is asked %v", r.MultipartForm.Value)
	}
	a, err := player.ParseWAV(server.sounds[0])
	if err != nil || a.RateHz != RateHz || !slices.Equal(a.Samples, said) {
		t.Errorf("the sound that is sent is another: %v", err)
	}
	for _, c := range []struct{ own, asked, want string }{{"small", "", "small"}, {"small", "large", "large"}} {
		engine.Model = c.own
		if _, err := hear(t, engine, Task{Language: "en", Model: c.asked}, said); err != nil {
			t.Fatal(err)
		}
		if got := server.asked[len(server.asked)-1].FormValue("model"); got != c.want {
			t.Errorf("it is asked for the model %q", got)
		}
	}
}

func TestAModelThatHasTheTextAloneIsAskedForIt(t *testing.T) {
	server := newTranscriber(t)
	server.answer = func(w http.ResponseWriter, form string) {
		if form == "verbose_json" {
			http.Error(w, `{"error": {"message": "response_format 'verbose_json' is not compatible with model 'gpt-4o-transcribe'"}}`, http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, `{"text": "Hello."}`)
	}
	engine := &HTTP{Client: server.Client(), URL: server.URL}
	for range 2 {
		if h, err := hear(t, engine, Task{Language: "en"}, ramp(100)); err != nil || h.Text != "Hello." || h.Confidence != 0 {
			t.Errorf("it hears %+v, %v", h, err)
		}
	}
	if len(server.asked) != 3 {
		t.Errorf("for two utterances it is asked %d times", len(server.asked))
	}
}

func TestWhyAServerHearsNothing(t *testing.T) {
	server := newTranscriber(t)
	engine := &HTTP{Client: server.Client(), URL: server.URL, Key: "s3cret"}
	for status, want := range map[int]Why{401: Denied, 403: Denied, 429: Busy, 503: Busy, 408: Late, 400: Broken, 500: Broken} {
		server.answer = func(w http.ResponseWriter, _ string) { http.Error(w, "no s3cret", status) }
		_, err := hear(t, engine, Task{}, ramp(100))
		expectFailure(t, err, want, fmt.Sprint(status))
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the key is told: %v", err)
		}
	}
	server.answer = func(w http.ResponseWriter, _ string) { _, _ = io.WriteString(w, "<html>") }
	_, err := hear(t, engine, Task{}, ramp(100))
	expectFailure(t, err, Broken, "no transcription")
	engine.URL = "http://127.0.0.1:1/?token=s3cret"
	_, err = hear(t, engine, Task{}, ramp(100))
	expectFailure(t, err, Broken, "cannot be reached")
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the URL is told: %v", err)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAServerThatSaysNothingIsNotWaitedForForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, context.Cause(r.Context())
		})
		began := time.Now()
		_, err := hear(t, &HTTP{Client: &http.Client{Transport: silent}, URL: "http://speech.example/"}, Task{}, ramp(100))
		expectFailure(t, err, Late, "too long")
		if time.Since(began) != answerTime {
			t.Errorf("it is waited for %v", time.Since(began))
		}
	})
}

func FuzzTranscription(f *testing.F) {
	f.Add([]byte(verboseAnswer))
	f.Add([]byte(`{"text": ""}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		h, err := transcription(answer)
		expectSound(t, h, err)
	})
}

// expectSound expects that what was read from outside is in its bounds.
func expectSound(t *testing.T, h Heard, err error) {
	t.Helper()
	if err != nil && h.Text != "" {
		t.Errorf("with %v comes %q", err, h.Text)
	}
	if !(h.Confidence >= 0 && h.Confidence <= 1) || h.Text != plain(h.Text) {
		t.Errorf("it is %+v", h)
	}
	for _, w := range h.Words {
		if w.At < 0 || w.Duration < 0 || w.At > 24*time.Hour || w.Text == "" {
			t.Errorf("a word is %+v", w)
		}
	}
}
