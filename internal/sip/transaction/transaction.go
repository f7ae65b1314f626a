package transaction

import (
	"errors"
	"fmt"
	"time"

	"github.com/emiago/sipgo/sip"
)

// ErrTimeout is what a user hears when nobody answered (or acknowledged) in time.
var ErrTimeout = errors.New("no answer in time")

// Flow is where a transaction's messages go.
type Flow interface {
	Reliable() bool
	// Send never blocks; failed is called at most once, from any goroutine.
	Send(msg []byte, failed func(error))
}

// tx is what all transactions have in common: a machine, its state, and the
// message that it repeats.
type tx struct {
	shard    *Shard
	machine  *machine
	key      string
	state    State
	flow     Flow
	message  []byte // what Send sends
	interval time.Duration
	repeat   *Alarm
	life     *Alarm
	due      Event // of a timer that runs for no time at all
	isDue    bool
	actions  performer
}

// performer does what differs between clients and servers.
type performer interface {
	perform(a Action, msg sip.Message)
	failed(err error)
	ended()
}

func (t *tx) begin() { t.enter(t.machine.start, nil, nil) }

// apply runs the machine for one event.
func (t *tx) apply(e Event, msg sip.Message, err error) {
	if r, ok := t.machine.rules[t.state][e]; ok {
		t.enter(r, msg, err)
	}
}

func (t *tx) enter(r rule, msg sip.Message, err error) {
	t.state = r.next
	if r.next == Terminated {
		t.stopTimers()
		t.actions.ended()
	}
	for _, a := range r.do {
		t.act(a, msg, err)
	}
	if t.isDue {
		t.isDue = false
		t.apply(t.due, nil, nil)
	}
}

func (t *tx) act(a Action, msg sip.Message, err error) {
	switch a {
	case Send:
		t.send(t.message)
	case TimedOut:
		t.actions.failed(ErrTimeout)
	case Broken:
		t.actions.failed(err)
	case StopTimers:
		t.stopTimers()
	case SendAck, SendTrying, Pass:
		t.actions.perform(a, msg)
	default:
		t.start(timings[a])
	}
}

func (t *tx) send(message []byte) {
	if message == nil {
		return // nothing has been said yet
	}
	t.flow.Send(message, func(err error) {
		t.shard.Post(func() { t.apply(TransportError, nil, fmt.Errorf("transport: %w", err)) })
	})
}

func (t *tx) start(x timing) {
	reliable := t.flow.Reliable()
	fire := func() { t.apply(x.event, nil, nil) }
	switch {
	case x.repeat && reliable:
	case x.repeat:
		t.interval = max(2*t.interval, x.first)
		if x.limit > 0 {
			t.interval = min(t.interval, x.limit)
		}
		t.repeat.Stop()
		t.repeat = t.shard.After(t.interval, fire)
	case x.zeroWhenReliable && reliable:
		t.due, t.isDue = x.event, true
	default:
		t.life.Stop()
		t.life = t.shard.After(x.first, fire)
	}
}

func (t *tx) stopTimers() {
	t.repeat.Stop()
	t.life.Stop()
	t.repeat, t.life, t.interval = nil, nil, 0
}

// ClientUser is told what becomes of a request.
type ClientUser interface {
	Response(*sip.Response)
	// Fail is ErrTimeout or a transport's error. No response follows.
	Fail(error)
}

// Client is a request that we sent. Its methods belong to the shard's goroutine.
type Client struct {
	tx
	request *sip.Request // until its final response
	user    ClientUser
	ack     []byte
}

// State is for logs and tests.
func (c *Client) State() State { return c.state }

func (c *Client) response(res *sip.Response) {
	c.apply(responseEvent(res.StatusCode), res, nil)
	if c.state == Completed || c.state == Accepted {
		c.request, c.message = nil, nil
	}
}

func (c *Client) perform(a Action, msg sip.Message) {
	res, _ := msg.(*sip.Response)
	switch a {
	case Pass:
		if c.user != nil {
			c.user.Response(res)
		}
	case SendAck:
		if c.ack == nil {
			c.ack = []byte(ackFor(c.request, res).String())
		}
		c.send(c.ack)
	}
}

func (c *Client) failed(err error) {
	if c.user != nil {
		c.user.Fail(err)
	}
}

func (c *Client) ended() { delete(c.shard.clients, c.key) }

// Cancel sends CANCEL for an INVITE that has no final response (RFC 3261 9.1; the
// caller sees to it that a provisional one came). Its own outcome matters to nobody:
// the INVITE's final response tells.
func (c *Client) Cancel(headers ...sip.Header) {
	if c.state != Calling && c.state != Proceeding {
		return
	}
	c.shard.client(cancelFor(c.request, headers), c.flow, nil).begin()
}

// Abandon forgets a transaction whose final response is not worth waiting for any
// more (RFC 3261 9.1: 64*T1 after CANCEL). The user hears nothing of it.
func (c *Client) Abandon() {
	c.user = nil
	c.state = Terminated
	c.stopTimers()
	c.ended()
}

// Server is a request that we received. Its methods belong to the shard's goroutine.
type Server struct {
	tx
	// Request is the request until its final response.
	Request *sip.Request
	// Merged says that the same request came before by another path (RFC 3261 8.2.2.2).
	Merged bool
	// Failed, when set, is told that a response could not be delivered or was
	// not acknowledged.
	Failed func(error)
	// User is whatever the transaction user wants to find again.
	User any

	mergeKey string
}

// State is for logs and tests.
func (s *Server) State() State { return s.state }

// Respond sends a response. After a final one there are no others, except that a
// 2xx to an INVITE may be followed by itself.
func (s *Server) Respond(res *sip.Response) {
	e := responseEvent(res.StatusCode)
	if _, ok := s.machine.rules[s.state][e]; !ok {
		return
	}
	s.message = []byte(res.String())
	s.apply(e, res, nil)
	if e != Provisional {
		s.Request = nil
	}
	// RFC 3261 8.2.2.2 compares with ongoing requests: what is asked again after
	// its answer is asked anew. A 2xx makes a call, which a late copy must not
	// make twice.
	if e == Failure || e == Success && s.machine == &server {
		s.unmerge()
	}
}

// Repeat sends the 2xx of an INVITE again.
func (s *Server) Repeat() {
	if s.state == Accepted {
		s.apply(Success, nil, nil)
	}
}

func (s *Server) perform(a Action, msg sip.Message) {
	switch a {
	case SendTrying:
		s.message = []byte(sip.NewResponseFromRequest(s.Request, sip.StatusTrying, "Trying", nil).String())
		s.send(s.message)
	case Pass:
		s.shard.handler.Ack(msg.(*sip.Request))
	}
}

func (s *Server) failed(err error) {
	if s.Failed != nil {
		s.Failed(err)
	}
}

func (s *Server) ended() {
	delete(s.shard.servers, s.key)
	s.unmerge()
}

func (s *Server) unmerge() {
	if s.shard.merges[s.mergeKey] == s {
		delete(s.shard.merges, s.mergeKey)
	}
}
