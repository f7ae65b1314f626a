package ua

import (
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transaction"
)

// Observer hears what becomes of one session, in order, on its shard goroutine.
// It must not block. Failed or Ended is the last call.
type Observer interface {
	// Progress is a provisional response above 100 to our INVITE. The dialog is
	// early: its RemoteTag tells forks apart.
	Progress(code int, sdp []byte, d Dialog)
	// Answered: the far end answered our INVITE (its ACK has been sent), or our
	// answer has been acknowledged (sdp is then the ACK's body, nearly always nil).
	Answered(sdp []byte, d Dialog)
	// Offer is a re-INVITE of the far end. Answer or refuse it, now or later.
	Offer(*Offer)
	// Reinvited is the end of our Reinvite: the answer, or why there is none
	// (code >= 300; the session goes on unless Ended follows).
	Reinvited(code int, sdp []byte, d Dialog)
	// Failed ends a session that was never answered.
	Failed(Cause)
	// Ended ends a session that was answered. It comes without Answered when our
	// own answer was not acknowledged, and without Reinvited when it came first.
	Ended(Cause)
}

// RequestObserver is what an Observer implements besides to take requests inside
// its dialog that the user agent has no rule for, such as INFO. Without it they
// are answered 405, and INFO 415, or 200 when there is nothing in it.
type RequestObserver interface {
	Request(*Request)
}

// deaf observes for those who do not care.
type deaf struct{}

func (deaf) Progress(int, []byte, Dialog)  {}
func (deaf) Answered([]byte, Dialog)       {}
func (deaf) Offer(o *Offer)                { o.Refuse(Refusal{}) }
func (deaf) Reinvited(int, []byte, Dialog) {}
func (deaf) Failed(Cause)                  {}
func (deaf) Ended(Cause)                   {}

// Origin says who or what ended a session.
type Origin int

const (
	Remote    Origin = iota // the far end's response or BYE
	Local                   // our own Hangup or Reject (or a request that could not be built, Code 400)
	Cancelled               // the caller gave up before we answered
	Timeout                 // nobody answered a request (Code 408), or no ACK came
	Transport               // it could not be sent (Code 503)
)

// Cause is why a session ended.
type Cause struct {
	Origin Origin
	Code   int    // SIP status; 0 for a BYE
	Phrase string // as it was sent
	Q850   int    // cause value of a Reason header with protocol Q.850, else 0
	Reason string // the Reason header as it came
	// RetryAfter is the far end's wish, 0 when it has none.
	RetryAfter time.Duration
	// Contacts are where a 3xx sends us.
	Contacts []string
}

// Reason is told to the far end as a Reason header (RFC 3326) when it has a value.
type Reason struct {
	SIP  int    // SIP;cause=
	Q850 int    // Q.850;cause=
	Text string // text=
}

// Session is one INVITE session, placed or taken. See the package's promises.
type Session struct {
	ua      *UA
	shard   *shard
	key     sessionKey
	dialog  atomic.Pointer[Dialog]
	waiting atomic.Int32 // commands that the shard has not run yet
	hungUp  atomic.Bool

	// What follows belongs to the shard's goroutine.
	obs         Observer
	credentials Credentials
	over        bool // Failed or Ended has been called
	established bool // a 2xx was sent or received

	// Caller.
	invite      *pending
	acks        map[string]*acknowledgement // by the far end's tag, for 2xx that repeat
	cancelling  bool
	giveUp      *transaction.Alarm
	patience    *transaction.Alarm
	lastReasons []sip.Header

	// Callee.
	incoming *incoming
	reliable *reliable   // nil unless the caller requires it; after the answer, for PRACKs that are late
	accepted *acceptance // our 2xx, initial or not, until its ACK

	// Both, in the confirmed dialog.
	byeAfterAck bool
	reinvite    *reinvite
	offered     *offered
	described   []byte // our last description
	timer       sessionTimer
}

// maxWaiting bounds the commands of a session that its shard has not run yet.
const maxWaiting = 32

// post runs a command on the shard.
func (s *Session) post(f func()) {
	if s.waiting.Add(1) > maxWaiting {
		s.waiting.Add(-1)
		s.ua.log.Warn("session has too many commands waiting", "call_id", s.key.callID)
		return
	}
	s.shard.Post(func() {
		s.waiting.Add(-1)
		f()
	})
}

// Dialog is the newest state of its dialog; without RemoteTag there is none yet.
func (s *Session) Dialog() Dialog {
	if d := s.dialog.Load(); d != nil {
		return *d
	}
	return Dialog{CallID: s.key.callID, LocalTag: s.key.localTag}
}

func (s *Session) setDialog(d Dialog) { s.dialog.Store(&d) }

// nextCSeq counts a request of ours (RFC 3261 12.2.1.1).
func (s *Session) nextCSeq() uint32 {
	d := s.Dialog()
	d.LocalCSeq++
	s.setDialog(d)
	return d.LocalCSeq
}

// Hangup ends the session in whatever state it is: an incoming one that is not
// answered is refused with 480 unless the reason has a SIP code, a placed one is
// cancelled, an answered one gets its BYE.
func (s *Session) Hangup(r Reason) {
	if s.hungUp.Swap(true) {
		return
	}
	s.shard.Post(func() {
		if s.over {
			return
		}
		switch {
		case s.incoming != nil && !s.established:
			code := r.SIP
			if code < 300 || code > 699 {
				code = sip.StatusTemporarilyUnavailable
			}
			s.refuse(code, "", nil, r)
		default:
			s.end(Cause{Origin: Local})
			s.leave(r)
		}
	})
}

// end makes the one last call to the observer.
func (s *Session) end(c Cause) {
	if s.over {
		return
	}
	s.over = true
	s.timer.alarm.Stop()
	if s.established {
		s.obs.Ended(c)
	} else {
		s.obs.Failed(c)
	}
	s.obs = deaf{}
}

// leave does what the protocol owes when we are the one who goes.
func (s *Session) leave(r Reason) {
	s.lastReasons = r.headers()
	switch {
	case !s.established:
		s.cancel()
	case s.accepted != nil && s.accepted.initial:
		// RFC 3261 15: no BYE before our 2xx is acknowledged or given up.
		s.byeAfterAck = true
	default:
		s.bye()
	}
}

// bye ends the dialog (RFC 3261 15.1.1): whatever comes back, or nothing, it is over.
func (s *Session) bye() {
	s.stopAnswering()
	s.request(dialogRequest{method: "BYE", reasons: s.lastReasons, done: func(*sip.Response, error) { s.forget() }})
}

func (s *Session) remember() {
	s.shard.sessions[s.key] = s
	s.ua.census.add(1)
}

func (s *Session) forget() {
	s.giveUp.Stop()
	s.patience.Stop()
	if s.shard.sessions[s.key] == s {
		delete(s.shard.sessions, s.key)
		s.ua.census.add(-1)
	}
}

func (s *Session) resume() {
	s.established = true
	if s.shard.sessions[s.key] != nil {
		s.end(Cause{Origin: Local, Code: sip.StatusBadRequest, Phrase: "the dialog is alive in this process"})
		return
	}
	s.remember()
}
