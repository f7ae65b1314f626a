package speech

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strowger/internal/speech/wyoming"
)

func TestTheSettingsNameTheEngines(t *testing.T) {
	for name, want := range map[string]string{
		LocalEngines: "flite espeak-ng", ESpeakEngine: "espeak-ng", HTTPEngine: "http", WyomingEngine: "wyoming", ProcessEngine: "process",
	} {
		var names []string
		for _, e := range Engines(Settings{Engine: name}) {
			names = append(names, e.Name())
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestAnEngineIsAskedForItsLanguagesOnly(t *testing.T) {
	settings := Settings{Languages: []string{"en", "pt-BR"}}
	for _, settings.Engine = range []string{HTTPEngine, WyomingEngine, ProcessEngine} {
		engine := Engines(settings)[0]
		for tag, want := range map[string]bool{"en": true, "EN-us": true, "eng": false, "pt-BR": true, "pt-br": true, "pt": false, "pt-PT": false, "de-DE": false} {
			if engine.Speaks(Voice{Language: tag}) != want {
				t.Errorf("%s speaks %s: %v", settings.Engine, tag, !want)
			}
		}
		settings := Settings{Engine: settings.Engine}
		if !Engines(settings)[0].Speaks(Voice{Language: "de-DE"}) {
			t.Errorf("%s without languages does not speak", settings.Engine)
		}
	}
}

// assistant serves one connection after the other as a server of Wyoming does.
func assistant(t *testing.T, serve func(conn net.Conn, asked wyoming.Event)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if asked, err := wyoming.Read(bufio.NewReader(conn)); err == nil {
				serve(conn, asked)
			}
			_ = conn.Close()
		}
	}()
	return "tcp://" + listener.Addr().String()
}

func TestAnAssistantsServerSpeaks(t *testing.T) {
	asked := make(chan wyoming.Event, 2)
	url := assistant(t, func(conn net.Conn, e wyoming.Event) {
		asked <- e
		for _, answer := range wyoming.Sound(make([]int16, 2*22050), 22050) {
			_ = wyoming.Write(conn, answer)
		}
	})
	speaker := NewSpeaker(&Wyoming{URL: url, Voice: "joe"})
	if n := len(heard(t, speaker, Utterance{Text: "Hello there", Voice: "en-US-JennyNeural"})); n < 2*RateHz-10 || n > 2*RateHz+10 {
		t.Errorf("%d samples are heard of two seconds", n)
	}
	if e := <-asked; e.Type != wyoming.Synthesize || e.Data.Text != "Hello there" || e.Data.Voice == nil || e.Data.Voice.Name != "joe" {
		t.Errorf("it is asked %+v", e)
	}
	heard(t, speaker, Utterance{Text: "Hello", Voice: "amy"})
	if e := <-asked; e.Data.Voice.Name != "amy" {
		t.Errorf("the voice asked for is %q", e.Data.Voice.Name)
	}
}

func TestWhyAnAssistantsServerDoesNotSpeak(t *testing.T) {
	for want, serve := range map[string]func(net.Conn, wyoming.Event){
		"no such voice": func(c net.Conn, _ wyoming.Event) {
			_ = wyoming.Write(c, wyoming.Event{Type: wyoming.Failed, Data: wyoming.Data{Text: "no such voice"}})
		},
		"no line of JSON": func(c net.Conn, _ wyoming.Event) { _, _ = fmt.Fprint(c, "HTTP/1.1 400 Bad Request\r\n\r\n") },
		"EOF":             func(net.Conn, wyoming.Event) {},
		"is not understood": func(c net.Conn, _ wyoming.Event) {
			_ = wyoming.Write(c, wyoming.Event{Type: wyoming.AudioChunk, Payload: []byte{1}})
		},
	} {
		failure := new(Failure)
		_, err := NewSpeaker(&Wyoming{URL: assistant(t, serve)}).Open(t.Context(), Utterance{Text: "Hello"})
		if !errors.As(err, &failure) || failure.Why != Broken || !strings.Contains(failure.Detail, want) {
			t.Errorf("it fails with %v, want %q", err, want)
		}
	}
	if _, err := (&Wyoming{URL: "tcp://127.0.0.1:1"}).Say(t.Context(), Line{Text: "Hello"}); err == nil || err.Error() != "the server cannot be reached" {
		t.Errorf("one that is not there fails with %v", err)
	}
}

func TestAnAssistantsServerThatIsSilentIsGivenUp(t *testing.T) {
	hold := make(chan struct{})
	url := assistant(t, func(net.Conn, wyoming.Event) { <-hold })
	defer close(hold)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	failure := new(Failure)
	if _, err := (&Wyoming{URL: url}).Say(ctx, Line{Text: "Hello"}); !errors.As(err, &failure) || failure.Why != Late {
		t.Errorf("it is given up with %v", err)
	}
}

func TestAProgramSpeaks(t *testing.T) {
	speaker := NewSpeaker(&Process{Command: []string{"espeak-ng", "--stdin", "--stdout"}})
	if all := heard(t, speaker, Utterance{Text: "Thank you for calling."}); len(all) < RateHz/2 || loudness(all) < 500 {
		t.Errorf("it lasts %d samples at %.0f", len(all), loudness(all))
	}
	voice := filepath.Join(t.TempDir(), "asked")
	told := &Process{Command: []string{"sh", "-c", "env > $0; exit 1", voice}, Voice: "joe"}
	_, err := told.Say(t.Context(), Line{Text: "Hello", Voice: Voice{Language: "en-GB"}, Manner: Manner{Rate: 1.5}})
	if failure := new(Failure); !errors.As(err, &failure) || failure.Why != Broken {
		t.Errorf("a program that fails fails with %v", err)
	}
	env, err := os.ReadFile(voice)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"STROWGER_LANGUAGE=en-GB\n", "STROWGER_VOICE=joe\n", "STROWGER_RATE=1.50\n", "STROWGER_PITCH=1.00\n"} {
		if !strings.Contains(string(env), want) {
			t.Errorf("the program is not told %q", want)
		}
	}
	if _, err := (&Process{Command: []string{"cat"}}).Say(t.Context(), Line{Text: "Hello"}); err == nil || !strings.Contains(err.Error(), "is no sound") {
		t.Errorf("a program that repeats the text fails with %v", err)
	}
}

func TestAServerThatRepeatsTheKeyDoesNotGiveItAway(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "wrong: "+r.Header.Get("Authorization"), http.StatusUnauthorized)
	}))
	defer server.Close()
	_, err := (&HTTP{Client: server.Client(), URL: server.URL, Key: "s3cret"}).Say(t.Context(), Line{Text: "Hello"})
	if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "401") {
		t.Errorf("it is refused with %v", err)
	}
}
