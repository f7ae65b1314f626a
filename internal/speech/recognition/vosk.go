package recognition

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/coder/websocket"

	"strowger/internal/speech"
)

// Vosk is an engine behind a WebSocket server of Vosk's: it hears while somebody
// speaks, and says what it understood so far.
type Vosk struct {
	Client    *http.Client
	URL       string // ws: or wss:
	Key       string // sent as a bearer token; may be empty
	Languages speech.Languages
}

// Name is the engine's.
func (v *Vosk) Name() string { return VoskEngine }

// Hears reports whether the server is asked for a language.
func (v *Vosk) Hears(language string) bool { return v.Languages.Have(language) }

// voskConfig is the first message of an utterance. A server that was given phrases
// hears them alone, and "[unk]" for what is none of them.
type voskConfig struct {
	Config struct {
		RateHz  int      `json:"sample_rate"`
		Words   bool     `json:"words"`
		Phrases []string `json:"phrase_list,omitempty"`
		Model   string   `json:"model,omitempty"`
	} `json:"config"`
}

const (
	voskUnknown = "[unk]"
	voskEnd     = `{"eof" : 1}` // servers compare it byte by byte
)

// Begin implements Engine.
func (v *Vosk) Begin(ctx context.Context, t Task) (Utterance, error) {
	u := &voskUtterance{partial: t.Partial, over: make(chan struct{})}
	u.ctx, u.cancel = context.WithCancel(ctx)
	dial, cancel := context.WithTimeout(u.ctx, answerTime)
	defer cancel()
	if err := u.open(dial, v, t); err != nil {
		err = why(dial, err)
		u.cancel()
		return nil, err
	}
	go u.read()
	return u, nil
}

func (u *voskUtterance) open(ctx context.Context, v *Vosk, t Task) error {
	head := http.Header{}
	if v.Key != "" {
		head.Set("Authorization", "Bearer "+v.Key)
	}
	socket, answer, err := websocket.Dial(ctx, v.URL, &websocket.DialOptions{HTTPClient: v.Client, HTTPHeader: head})
	if err != nil {
		if answer != nil && answer.StatusCode >= http.StatusBadRequest {
			refusal := speech.Refusal(answer, head.Get("Authorization"))
			return &Failure{Why(refusal.Why), refusal.Detail}
		}
		return errors.New("the server cannot be reached")
	}
	socket.SetReadLimit(answerMost)
	u.socket = socket
	var c voskConfig
	c.Config.RateHz, c.Config.Words, c.Config.Model = RateHz, true, t.Model
	if len(t.Phrases) > 0 {
		for _, p := range t.Phrases {
			c.Config.Phrases = append(c.Config.Phrases, strings.ToLower(p))
		}
		c.Config.Phrases = append(c.Config.Phrases, voskUnknown)
	}
	first, err := json.Marshal(c)
	if err == nil {
		err = socket.Write(ctx, websocket.MessageText, first)
	}
	if err != nil {
		socket.CloseNow()
	}
	return err
}

// voskUtterance is an utterance that a server hears. Each of its messages but the
// first is answered by one.
type voskUtterance struct {
	ctx     context.Context
	cancel  context.CancelFunc
	socket  *websocket.Conn
	partial func(Heard)
	pending []byte // that makes no chunk yet

	sent  atomic.Int64
	ended atomic.Bool // all has been sent

	// What follows is the reader's until over is closed.
	over  chan struct{}
	got   int64
	heard voskHeard
	err   error
}

// voskChunk is how many bytes are sent at once: 100 ms.
const voskChunk = RateHz / 10 * 2

// Write implements Utterance.
func (u *voskUtterance) Write(samples []int16) error {
	for _, s := range samples {
		u.pending = binary.LittleEndian.AppendUint16(u.pending, uint16(s))
	}
	for len(u.pending) >= voskChunk {
		if err := u.send(websocket.MessageBinary, u.pending[:voskChunk]); err != nil {
			return err
		}
		u.pending = append(u.pending[:0], u.pending[voskChunk:]...)
	}
	return nil
}

func (u *voskUtterance) send(kind websocket.MessageType, message []byte) error {
	u.sent.Add(1)
	if kind == websocket.MessageText {
		u.ended.Store(true)
	}
	ctx, cancel := context.WithTimeout(u.ctx, answerTime)
	defer cancel()
	if err := u.socket.Write(ctx, kind, message); err != nil {
		return why(ctx, errors.New("the server hears no more"))
	}
	return nil
}

// read reads what the server answers, until its last.
func (u *voskUtterance) read() {
	defer close(u.over)
	for last := false; !last; {
		_, answer, err := u.socket.Read(u.ctx)
		if err != nil {
			u.closed(err)
			return
		}
		if last = u.take(answer); u.err != nil {
			return
		}
	}
}

// take takes an answer, and reports whether it was the last.
func (u *voskUtterance) take(answer []byte) bool {
	u.got++
	news, err := u.heard.add(answer)
	if err != nil {
		u.err = err
		return true
	}
	if u.ended.Load() && u.got >= u.sent.Load() {
		return true
	}
	if news && u.partial != nil {
		u.partial(u.heard.soFar())
	}
	return false
}

// closed: a server may close when all is said, also one that did not answer each
// message.
func (u *voskUtterance) closed(err error) {
	if !u.ended.Load() || u.heard.partly != "" || websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		u.err = errors.New("the server closes the socket too early")
	}
}

// End implements Utterance.
func (u *voskUtterance) End() (Heard, error) {
	defer u.Close()
	if len(u.pending) > 0 {
		if err := u.send(websocket.MessageBinary, u.pending); err != nil {
			return Heard{}, err
		}
	}
	if err := u.send(websocket.MessageText, []byte(voskEnd)); err != nil {
		return Heard{}, err
	}
	ctx, cancel := context.WithTimeout(u.ctx, answerTime)
	defer cancel()
	select {
	case <-u.over:
	case <-ctx.Done():
		return Heard{}, why(ctx, ctx.Err())
	}
	if u.err != nil {
		return Heard{}, why(u.ctx, u.err)
	}
	return u.heard.whole(), nil
}

// Close implements Utterance.
func (u *voskUtterance) Close() {
	u.cancel()
	u.socket.CloseNow()
	<-u.over
}

// voskHeard is what a server said of an utterance: the stretches that are over, and
// what it understood of the one that is not.
type voskHeard struct {
	over   Heard
	sum    float64 // of the words' confidences
	partly string
}

// voskAnswer is one message of a server: partial, or text with the words of it.
type voskAnswer struct {
	Partial *string `json:"partial"`
	Text    *string `json:"text"`
	Result  []struct {
		Word       string  `json:"word"`
		Start      float64 `json:"start"`
		End        float64 `json:"end"`
		Confidence float64 `json:"conf"`
	} `json:"result"`
}

// add adds an answer, and reports whether it says anything new.
func (h *voskHeard) add(answer []byte) (news bool, err error) {
	var a voskAnswer
	if err := json.Unmarshal(bytes.TrimSpace(answer), &a); err != nil || a.Partial == nil && a.Text == nil {
		return false, fmt.Errorf("the server's answer is no result: %.60q", answer)
	}
	before := h.soFar().Text
	if a.Text == nil {
		h.partly = known(*a.Partial)
		return h.soFar().Text != before, nil
	}
	if h.partly = ""; len(h.over.Text)+16*len(h.over.Words) > answerMost {
		return false, errors.New("the server says too much")
	}
	h.over.Text = plain(h.over.Text + " " + known(*a.Text))
	for _, w := range a.Result {
		if one := word(w.Word, w.Start, w.End); one.Text != "" && one.Text != voskUnknown {
			h.over.Words = append(h.over.Words, one)
			h.sum += probability(w.Confidence)
		}
	}
	return h.soFar().Text != before, nil
}

// soFar is what was understood until now.
func (h *voskHeard) soFar() Heard {
	return Heard{Text: plain(h.over.Text + " " + h.partly), Words: h.over.Words}
}

// whole is the end of it.
func (h *voskHeard) whole() Heard {
	heard := h.over
	if n := len(heard.Words); n > 0 {
		heard.Confidence = h.sum / float64(n)
	}
	return heard
}

// known is text without what a server did not know.
func known(text string) string { return plain(strings.ReplaceAll(text, voskUnknown, " ")) }
