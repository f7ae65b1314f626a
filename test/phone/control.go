package phone

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"strowger/test/wait"
)

// Event is one thing that baresip reported.
type Event struct {
	Type      string    `json:"type"`
	Direction string    `json:"direction"`
	Peer      string    `json:"peeruri"`
	CallID    string    `json:"id"`
	Parameter string    `json:"param"`
	At        time.Time `json:"-"`
}

// control is the connection to baresip's ctrl_tcp module: netstrings of JSON,
// commands there, responses and events back.
type control struct {
	conn net.Conn
	done chan struct{}

	mu        sync.Mutex
	seen      []Event
	changed   chan struct{} // closed and replaced at every event
	responses map[string]chan response
	token     int
	failed    error
}

type response struct {
	Event    bool   `json:"event"`
	Response bool   `json:"response"`
	OK       bool   `json:"ok"`
	Data     string `json:"data"`
	Token    string `json:"token"`
}

func dialControl(address string, gone <-chan struct{}) (*control, error) {
	var conn net.Conn
	err := wait.Until(Patience, gone, func() (open bool) {
		var err error
		conn, err = net.Dial("tcp", address)
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	c := &control{
		conn: conn, done: make(chan struct{}),
		changed: make(chan struct{}), responses: map[string]chan response{},
	}
	go c.read()
	return c, nil
}

func (c *control) close() {
	_ = c.conn.Close()
	<-c.done
}

func (c *control) do(command, parameters string) error {
	c.mu.Lock()
	c.token++
	token := strconv.Itoa(c.token)
	answer := make(chan response, 1)
	c.responses[token] = answer
	c.mu.Unlock()

	body, err := json.Marshal(map[string]string{"command": command, "params": parameters, "token": token})
	if err != nil {
		return fmt.Errorf("encode the command: %w", err)
	}
	if _, err := fmt.Fprintf(c.conn, "%d:%s,", len(body), body); err != nil {
		return fmt.Errorf("send the command: %w", err)
	}
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	select {
	case r := <-answer:
		if !r.OK {
			return fmt.Errorf("refused: %s", r.Data)
		}
		return nil
	case <-c.done:
		return fmt.Errorf("the phone is gone: %w", c.failed)
	case <-deadline.C:
		return fmt.Errorf("no response within %v", Patience)
	}
}

func (c *control) read() {
	defer close(c.done)
	r := bufio.NewReader(c.conn)
	for {
		text, err := readNetstring(r)
		if err != nil {
			c.failed = err
			return
		}
		c.take(text)
	}
}

func (c *control) take(text []byte) {
	var r response
	if err := json.Unmarshal(text, &r); err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Response {
		if answer, ok := c.responses[r.Token]; ok {
			delete(c.responses, r.Token)
			answer <- r
		}
		return
	}
	event := Event{At: time.Now()}
	if err := json.Unmarshal(text, &event); err != nil || event.Type == "CALL_RTCP" {
		return
	}
	c.seen = append(c.seen, event)
	close(c.changed)
	c.changed = make(chan struct{})
}

func readNetstring(r *bufio.Reader) ([]byte, error) {
	size, err := r.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
	if err != nil || n < 0 || n > 1<<20 {
		return nil, fmt.Errorf("netstring of %q bytes", size)
	}
	text := make([]byte, n+1)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, err
	}
	return text[:n], nil
}

func (c *control) events() []Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Event(nil), c.seen...)
}

// await waits until the events so far satisfy the question.
func (c *control) await(question func([]Event) (Event, bool)) (Event, error) {
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	for {
		c.mu.Lock()
		events, changed := append([]Event(nil), c.seen...), c.changed
		c.mu.Unlock()
		if event, ok := question(events); ok {
			return event, nil
		}
		select {
		case <-changed:
		case <-c.done:
			return Event{}, fmt.Errorf("the phone is gone: %w", c.failed)
		case <-deadline.C:
			return Event{}, fmt.Errorf("not within %v", Patience)
		}
	}
}

func (c *control) story() string {
	var b strings.Builder
	for _, e := range c.events() {
		fmt.Fprintf(&b, "  %s %s %s %s\n", e.At.Format("15:04:05.000"), e.Type, e.Peer, e.Parameter)
	}
	return b.String()
}

func tonesOf(events []Event) string {
	var tones strings.Builder
	for _, e := range events {
		if e.Type == "CALL_DTMF_START" {
			tones.WriteString(e.Parameter)
		}
	}
	return tones.String()
}
