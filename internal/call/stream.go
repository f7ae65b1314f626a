package call

import (
	"crypto/sha256"
	"fmt"
)

// StreamSpec is what an application wants to hear and say over a socket of its own.
type StreamSpec struct {
	URL           string // of its WebSocket
	Unmixed       bool   // each voice by itself
	RateHz        int    // of the samples, either way
	Tones         bool   // the keys that are pressed too
	Bidirectional bool   // what it sends is heard in the call
	AtOnce        bool   // it is opened as soon as the application is connected
}

// StartStreaming opens the socket that the connection was set up with. What becomes of
// it is told as StreamingStarted or StreamingFailed.
type StartStreaming struct {
	Repeatable
	Connection ConnectionID
	Operation  Operation
}

// StopStreaming closes it.
type StopStreaming struct {
	Repeatable
	Connection ConnectionID
	Operation  Operation
}

// Stream is the socket of a connection's application.
type Stream struct {
	Spec         StreamSpec
	Subscription string // its name: a lower-case GUID
	Running      bool   // it is wanted, whether or not it is open yet
	Runs         int    // times that it was asked for
	Operation    Operation
}

// StreamStatus is a stream as its application sees it.
type StreamStatus struct {
	Subscription string
	State        StreamState
}

// StreamState is whether a stream or a transcript is wanted.
type StreamState string

const (
	StreamActive   StreamState = "active"
	StreamInactive StreamState = "inactive"
)

func (s *Stream) status() *StreamStatus {
	if s == nil {
		return nil
	}
	return &StreamStatus{s.Subscription, wanted(s.Running)}
}

func wanted(running bool) StreamState {
	if running {
		return StreamActive
	}
	return StreamInactive
}

// ---- Effects and signals ----

// OpenStream opens an application's socket, on which it hears the call and speaks in it.
// The answer is StreamOpened or StreamFailed; either may come again.
type OpenStream struct {
	asksSound
	Connection   ConnectionID
	Subscription string
	Run          int
	Spec         StreamSpec
}

// CloseStream closes it.
type CloseStream struct {
	asksSound
	Connection ConnectionID
}

// StreamTone tells the application on its socket of a key.
type StreamTone struct {
	asksSound
	Connection ConnectionID
	Tone       Tone
}

// StreamOpened: the application hears the call now.
type StreamOpened struct {
	reports
	Connection ConnectionID
	Run        int
	Again      bool // its socket broke, and was opened again
}

// StreamFailed: the socket is not open, and is not tried again.
type StreamFailed struct {
	reports
	Connection ConnectionID
	Run        int
	Reason     Reason
	Status     int    // of HTTP, when the application answered with one that opens no socket; else 0
	Detail     string // for people
}

// ---- Events ----

// StreamingStarted: the application hears the call; also after its socket broke.
type StreamingStarted struct {
	Recipient
	Again bool
}

// StreamingStopped: it does not hear the call any more, as it asked or because it is
// not in the call any more.
type StreamingStopped struct{ Recipient }

// StreamingFailed: it does not hear the call any more, or never did.
type StreamingFailed struct {
	Recipient
	Cause  Cause
	Status int // of HTTP, which its socket was answered with; else 0
}

// ---- Rules ----

// setUpStream gives a connection what it needs for a stream.
func (conn *Connection) setUpStream(spec *StreamSpec) {
	if spec != nil {
		conn.Stream = &Stream{Spec: *spec, Subscription: subscription(conn.ID, "stream")}
	}
}

// subscription is the name of a connection's stream or transcript.
func subscription(id ConnectionID, of string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s", id, of))
	named, err := NewConnectionID(id.Key(), [8]byte(sum[:8]))
	if err != nil {
		panic("call: " + err.Error()) // a connection's own ID is always a GUID
	}
	return string(named)
}

func (c *Call) startStreaming(in StartStreaming) (Answer, error) {
	conn, err := c.streamOf(in.Connection)
	if err != nil {
		return Answer{}, err
	}
	if conn.Stream.Running {
		return Answer{}, refuse(Conflict, "The call is being streamed already.")
	}
	c.openStream(conn, in.Operation)
	return Answer{}, nil
}

func (c *Call) stopStreaming(in StopStreaming) (Answer, error) {
	conn, err := c.streamOf(in.Connection)
	if err != nil {
		return Answer{}, err
	}
	if !conn.Stream.Running {
		return Answer{}, refuse(Conflict, "The call is not being streamed.")
	}
	c.closeStream(conn)
	c.tell(StreamingStopped{conn.operating(in.Operation)})
	return Answer{}, nil
}

func (c *Call) streamOf(id ConnectionID) (*Connection, error) {
	conn, err := c.connectedOne(id)
	if err == nil && (conn.Stream == nil || conn.Stream.Spec.URL == "") {
		err = refuse(NotSetUp, "Media streaming was not set up with this call: createCall, answer and connect take a URL for it.")
	}
	return conn, err
}

// changeStream replaces a connection's stream: what hangs off the state is never changed.
func (c *Call) changeStream(conn *Connection, change func(*Stream)) {
	s := *conn.Stream
	change(&s)
	conn.Stream = &s
	c.change()
}

func (c *Call) openStream(conn *Connection, op Operation) {
	c.changeStream(conn, func(s *Stream) { s.Running, s.Runs, s.Operation = true, s.Runs+1, op })
	s := conn.Stream
	c.ask(OpenStream{Connection: conn.ID, Subscription: s.Subscription, Run: s.Runs, Spec: s.Spec})
}

func (c *Call) closeStream(conn *Connection) {
	c.changeStream(conn, func(s *Stream) { s.Running = false })
	c.ask(CloseStream{Connection: conn.ID})
}

// running is the connection of a stream that is wanted, in its last run, or nil.
func (c *Call) running(id ConnectionID, run int) *Connection {
	if conn := c.live(id); conn != nil && conn.Stream != nil && conn.Stream.Running && conn.Stream.Runs == run {
		return conn
	}
	return nil
}

func (c *Call) streamOpened(in StreamOpened) {
	if conn := c.running(in.Connection, in.Run); conn != nil {
		c.tell(StreamingStarted{Recipient: conn.operating(conn.Stream.Operation), Again: in.Again})
	}
}

func (c *Call) streamFailed(in StreamFailed) {
	if conn := c.running(in.Connection, in.Run); conn != nil {
		c.changeStream(conn, func(s *Stream) { s.Running = false })
		c.tell(StreamingFailed{Recipient: conn.operating(conn.Stream.Operation), Cause: Cause{Reason: in.Reason, Detail: in.Detail}, Status: in.Status})
	}
}

// endStreamOf closes the stream of a connection that ends.
func (c *Call) endStreamOf(conn *Connection, cause Cause) {
	if conn.Stream == nil || !conn.Stream.Running {
		return
	}
	c.closeStream(conn)
	to := conn.operating(conn.Stream.Operation)
	if cause.Reason.ofServer() {
		c.tell(StreamingFailed{Recipient: to, Cause: cause})
		return
	}
	c.tell(StreamingStopped{to})
}

// streamTone tells a key to the applications whose streams have keys.
func (c *Call) streamTone(in ToneReceived) {
	if from := c.participant(in.Leg); from == nil || from.State != Joined {
		return
	}
	for _, conn := range c.state.Connections {
		if s := conn.Stream; conn.State == Connected && s != nil && s.Running && s.Spec.Tones {
			c.ask(StreamTone{Connection: conn.ID, Tone: in.Tone})
		}
	}
}
