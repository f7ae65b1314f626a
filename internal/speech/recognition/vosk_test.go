package recognition

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// voskServer hears as the public server does: the first message of text configures it,
// each of sound is answered, and the end is the exact text that it compares with.
type voskServer struct {
	*httptest.Server
	answers []string // to the sound, one after the other; then empty partials
	last    string

	mu     sync.Mutex
	head   http.Header
	config map[string]any
	said   []int16
}

func newVosk(t *testing.T, last string, answers ...string) *voskServer {
	s := &voskServer{answers: answers, last: last}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.head = r.Header
		s.mu.Unlock()
		if s.serve(r.Context(), socket) == nil {
			_ = socket.Close(websocket.StatusNormalClosure, "")
		}
		socket.CloseNow()
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *voskServer) serve(ctx context.Context, socket *websocket.Conn) error {
	for n := 0; ; {
		kind, message, err := socket.Read(ctx)
		if err != nil {
			return err
		}
		answer := `{"partial" : ""}`
		switch {
		case kind == websocket.MessageText && strings.Contains(string(message), "config"):
			s.configure(message)
			continue
		case string(message) == `{"eof" : 1}`:
			return socket.Write(ctx, websocket.MessageText, []byte(s.last))
		case n < len(s.answers):
			answer = s.answers[n]
		}
		n++
		s.hear(message)
		if err := socket.Write(ctx, websocket.MessageText, []byte(answer)); err != nil {
			return err
		}
	}
}

func (s *voskServer) configure(message []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = json.Unmarshal(message, &s.config)
}

func (s *voskServer) hear(message []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for pair := range slices.Chunk(message, 2) {
		s.said = append(s.said, int16(binary.LittleEndian.Uint16(pair)))
	}
}

func (s *voskServer) engine() *Vosk {
	return &Vosk{Client: s.Client(), URL: "ws" + strings.TrimPrefix(s.URL, "http")}
}

// What a server of Vosk's says, as it writes it.
const (
	voskResult = `{
  "result" : [{ "conf" : 1.000000, "end" : 0.510000, "start" : 0.120000, "word" : "hello" }, { "conf" : 0.5, "end" : 0.6, "start" : 0.51, "word" : "[unk]" }],
  "text" : "hello [unk]"
}`
	voskLast = `{"result" : [{ "conf" : 0.5, "end" : 1.5, "start" : 1.1, "word" : "world" }], "text" : "world"}`
)

func TestAServerOfVosksHearsWhileSomebodySpeaks(t *testing.T) {
	server := newVosk(t, voskLast, `{"partial" : "hello"}`, `{"partial" : "hello"}`, voskResult, `{"partial" : "word"}`)
	engine := server.engine()
	engine.Key = "secret"
	var partials []string
	said := ramp(RateHz + 100)
	got, err := hear(t, engine, Task{Language: "en-US", Model: "big", Phrases: []string{"Hello", "world"}, Partial: func(h Heard) { partials = append(partials, h.Text) }}, said)
	want := Heard{Text: "hello world", Confidence: 0.75, Words: []Word{{"hello", 120 * time.Millisecond, 390 * time.Millisecond}, {"world", 1100 * time.Millisecond, 400 * time.Millisecond}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("it hears %+v, %v", got, err)
	}
	if want := []string{"hello", "hello word", "hello"}; !slices.Equal(partials, want) {
		t.Errorf("what was understood so far is %q", partials)
	}
	config := map[string]any{"config": map[string]any{"sample_rate": 16000., "words": true, "model": "big", "phrase_list": []any{"hello", "world", "[unk]"}}}
	if !reflect.DeepEqual(server.config, config) {
		t.Errorf("it is configured with %v", server.config)
	}
	if !slices.Equal(server.said, said) {
		t.Error("it hears another sound")
	}
	if got := server.head.Get("Authorization"); got != "Bearer secret" {
		t.Errorf("it is asked with %q", got)
	}
}

func TestAServerOfVosksMayHearNothing(t *testing.T) {
	if h, err := hear(t, newVosk(t, `{"text" : ""}`).engine(), Task{}, ramp(5000)); err != nil || h.Text != "" {
		t.Errorf("it hears %+v, %v", h, err)
	}
	if h, err := hear(t, newVosk(t, `{"text" : ""}`).engine(), Task{}, nil); err != nil || h.Text != "" {
		t.Errorf("of nothing it hears %+v, %v", h, err)
	}
}

func TestWhyAServerOfVosksHearsNothing(t *testing.T) {
	for status, want := range map[int]Why{401: Denied, 403: Denied, 503: Busy, 500: Broken} {
		refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.Header.Get("Authorization"), status) }))
		_, err := hear(t, &Vosk{Client: refusing.Client(), URL: "ws" + strings.TrimPrefix(refusing.URL, "http"), Key: "s3cret"}, Task{}, nil)
		expectFailure(t, err, want, fmt.Sprint(status))
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the key is told: %v", err)
		}
		refusing.Close()
	}
	_, err := hear(t, newVosk(t, `what?`).engine(), Task{}, ramp(5000))
	expectFailure(t, err, Broken, "no result")
	closing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if socket, err := websocket.Accept(w, r, nil); err == nil {
			_ = socket.Close(websocket.StatusInternalError, "no memory")
		}
	}))
	defer closing.Close()
	_, err = hear(t, &Vosk{Client: closing.Client(), URL: "ws" + strings.TrimPrefix(closing.URL, "http")}, Task{}, nil)
	expectFailure(t, err, Broken, "")
	_, err = hear(t, &Vosk{Client: closing.Client(), URL: "ws://127.0.0.1:1"}, Task{}, nil)
	expectFailure(t, err, Broken, "cannot be reached")
}

func TestAnUtteranceOfVosksMayBeGivenUp(t *testing.T) {
	u, err := newVosk(t, voskLast).engine().Begin(t.Context(), Task{})
	if err != nil {
		t.Fatal(err)
	}
	u.Close()
	u.Close()
	if _, err := u.End(); err == nil {
		t.Error("what is given up ends well")
	}
}

func FuzzVosk(f *testing.F) {
	f.Add([]byte(voskResult), []byte(voskLast))
	f.Add([]byte(`{"partial" : "hello"}`), []byte(`{"text" : ""}`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var h voskHeard
		for _, answer := range [][]byte{first, second} {
			_, _ = h.add(answer)
			expectSound(t, h.soFar(), nil)
		}
		expectSound(t, h.whole(), nil)
	})
}
