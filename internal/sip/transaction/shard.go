package transaction

import (
	"container/heap"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// ErrBusy is Receive's answer when the shard's queue is full.
var ErrBusy = errors.New("too many messages are waiting")

// Handler is the transaction user of one shard; it is called on the shard's goroutine.
type Handler interface {
	// Request is a new request, never an ACK; from is where its answer goes. Either
	// the handler calls Shard.Accept and has it answered by Respond, now or later; or
	// it does not, and then nothing is kept of it (RFC 3261 8.2.7).
	Request(req *sip.Request, from Flow)
	// Ack is the ACK of a 2xx.
	Ack(req *sip.Request)
	// Stray is a response that no transaction waits for.
	Stray(res *sip.Response, from Flow)
}

// Shard owns the transactions of its share of all Call-IDs. Only Post may be
// called from other goroutines.
type Shard struct {
	handler Handler
	clients map[string]*Client
	servers map[string]*Server
	merges  map[string]*Server
	alarms  alarms

	mu       sync.Mutex
	queue    []item
	messages int // how many of the queue are messages, which have a bound
	bound    int
	wake     chan struct{}
}

// item is a message, or a call when msg is nil.
type item struct {
	msg  sip.Message
	from Flow
	call func()
}

func newShard(bound int) *Shard {
	return &Shard{
		clients: map[string]*Client{},
		servers: map[string]*Server{},
		merges:  map[string]*Server{},
		bound:   bound,
		wake:    make(chan struct{}, 1),
	}
}

// Post runs f on the shard's goroutine after everything that is already queued.
// It never blocks; its callers bound how much they post.
func (s *Shard) Post(f func()) { s.push(item{call: f}) }

func (s *Shard) push(it item) error {
	s.mu.Lock()
	if it.msg != nil {
		if s.messages >= s.bound {
			s.mu.Unlock()
			return ErrBusy
		}
		s.messages++
	}
	s.queue = append(s.queue, it)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default: // it will look again anyway
	}
	return nil
}

func (s *Shard) run(ctx context.Context) {
	clock := time.NewTimer(time.Hour)
	defer clock.Stop()
	var batch []item
	for {
		clock.Reset(s.alarms.next())
		select {
		case <-ctx.Done():
			return
		case <-clock.C:
			s.ring()
		case <-s.wake:
			batch = s.take(batch)
			for i := range batch {
				s.handle(batch[i])
				batch[i] = item{}
			}
		}
	}
}

// take swaps the queue for an empty one, so that senders wait for no handler.
func (s *Shard) take(empty []item) []item {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := s.queue
	s.queue = empty[:0]
	s.messages = 0
	return batch
}

func (s *Shard) handle(it item) {
	switch msg := it.msg.(type) {
	case nil:
		it.call()
	case *sip.Request:
		s.request(msg, it.from)
	case *sip.Response:
		s.response(msg, it.from)
	}
	s.ring() // a long batch must not hold up timers
}

func (s *Shard) request(req *sip.Request, from Flow) {
	key := serverKey(req, req.Method)
	if t := s.servers[key]; t != nil {
		if req.Method == sip.ACK {
			t.apply(Ack, req, nil)
		} else {
			t.apply(Request, req, nil)
		}
		return
	}
	if req.Method == sip.ACK {
		s.handler.Ack(req)
		return
	}
	s.handler.Request(req, from)
}

// Accept makes the transaction of a request. It is called within
// Handler.Request, once.
func (s *Shard) Accept(req *sip.Request, from Flow) *Server {
	key := serverKey(req, req.Method)
	t := &Server{Request: req, mergeKey: mergeKey(req)}
	t.tx = tx{shard: s, machine: &server, key: key, flow: from, actions: t}
	if req.Method == sip.INVITE {
		t.machine = &inviteServer
	}
	s.servers[key] = t
	if t.mergeKey != "" {
		if s.merges[t.mergeKey] != nil {
			t.Merged = true
		} else {
			s.merges[t.mergeKey] = t
		}
	}
	t.begin()
	return t
}

// Len counts the transactions that are kept.
func (s *Shard) Len() int { return len(s.clients) + len(s.servers) }

// Unanswered counts requests of ours, other than INVITEs, that still wait for their answer.
func (s *Shard) Unanswered() (n int) {
	for _, c := range s.clients {
		if c.machine == &client && c.state != Completed {
			n++
		}
	}
	return n
}

// Cancelled is the INVITE that a CANCEL is meant for, nil when there is none (RFC 3261 9.2).
func (s *Shard) Cancelled(cancel *sip.Request) *Server {
	return s.servers[serverKey(cancel, sip.INVITE)]
}

func (s *Shard) response(res *sip.Response, from Flow) {
	via := res.Via()
	// RFC 3261 18.1.2, 17.1.3: matched by our branch.
	if t := s.clients[clientKey(via.Params.GetOr("branch", ""), res.CSeq().MethodName)]; t != nil {
		t.response(res)
		return
	}
	s.handler.Stray(res, from)
}

// Client sends a request in a new transaction; it adds the Via, and the branch
// when that has none.
func (s *Shard) Client(req *sip.Request, via *sip.ViaHeader, flow Flow, user ClientUser) *Client {
	if !via.Params.Has("branch") {
		via.Params.Add("branch", newBranch())
	}
	req.PrependHeader(via)
	c := s.client(req, flow, user)
	c.begin()
	return c
}

// Adopt makes the transaction of an INVITE that an earlier process has sent and
// that was answered provisionally or may have been. Its Via has the branch.
func (s *Shard) Adopt(invite *sip.Request, via *sip.ViaHeader, flow Flow, user ClientUser) *Client {
	invite.PrependHeader(via)
	c := s.client(invite, flow, user)
	c.state = Proceeding
	return c
}

func (s *Shard) client(req *sip.Request, flow Flow, user ClientUser) *Client {
	c := &Client{request: req, user: user}
	c.tx = tx{
		shard: s, machine: &client, flow: flow, actions: c,
		key:     clientKey(req.Via().Params.GetOr("branch", ""), req.Method),
		message: []byte(req.String()),
	}
	if req.Method == sip.INVITE {
		c.machine = &inviteClient
	}
	s.clients[c.key] = c
	return c
}

// Alarm is a call that waits for its time.
type Alarm struct {
	shard *Shard
	at    time.Time
	call  func()
	index int // in the heap, -1 when it is not there
}

// After calls f on the shard's goroutine when d has passed.
func (s *Shard) After(d time.Duration, f func()) *Alarm {
	a := &Alarm{shard: s, at: time.Now().Add(d), call: f}
	heap.Push(&s.alarms, a)
	return a
}

// Stop makes sure that the call does not happen any more. A nil alarm is stopped.
func (a *Alarm) Stop() {
	if a != nil && a.index >= 0 {
		heap.Remove(&a.shard.alarms, a.index)
	}
}

func (s *Shard) ring() {
	for len(s.alarms) > 0 && !s.alarms[0].at.After(time.Now()) {
		heap.Pop(&s.alarms).(*Alarm).call()
	}
}

// alarms is a heap by time.
type alarms []*Alarm

func (h alarms) next() time.Duration {
	if len(h) == 0 {
		return time.Hour
	}
	return time.Until(h[0].at)
}

func (h alarms) Len() int           { return len(h) }
func (h alarms) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h alarms) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *alarms) Push(x any) {
	a := x.(*Alarm)
	a.index = len(*h)
	*h = append(*h, a)
}
func (h *alarms) Pop() any {
	old := *h
	a := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	a.index = -1
	return a
}
