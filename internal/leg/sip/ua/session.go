package ua

import "time"

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
	// Ended ends a session that was answered.
	Ended(Cause)
}

// RequestObserver is what an Observer implements besides to take requests inside
// its dialog that the user agent has no rule for, such as INFO. Without it they
// are answered 405 or, for INFO, 200 with no effect.
type RequestObserver interface {
	Request(*Request)
}

// Origin says who or what ended a session.
type Origin int

const (
	Remote    Origin = iota // the far end's response or BYE
	Local                   // our own Hangup or Reject
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

// Session is one INVITE session, placed or taken. See the package's promises.
type Session struct {
}

// CallID names the session on the wire.
func (s *Session) CallID() string { panic("ua: not yet") }

// Dialog is the newest state of its dialog; without RemoteTag there is none yet.
func (s *Session) Dialog() Dialog { panic("ua: not yet") }

// Ring sends a provisional response (180, 183 ...) to the caller, with SDP as early media when given.
func (s *Session) Ring(code int, sdp []byte, headers Headers) { panic("ua: not yet") }

// Answer accepts the call. Observer.Answered follows when the caller acknowledged it.
func (s *Session) Answer(sdp []byte, headers Headers) { panic("ua: not yet") }

// Reject refuses an incoming call with a final response. An empty phrase means the code's usual one.
func (s *Session) Reject(code int, phrase string, headers Headers) { panic("ua: not yet") }

// Hangup ends the session in whatever state it is: an incoming one that is not
// answered is refused with 480 unless the reason has a code, a placed one is
// cancelled, an answered one gets its BYE.
func (s *Session) Hangup(r Reason) { panic("ua: not yet") }

// Reason is told to the far end as a Reason header (RFC 3326) when it has a value.
type Reason struct {
	SIP  int    // SIP;cause=
	Q850 int    // Q.850;cause=
	Text string // text=
}

// Reinvite offers a new session description; Observer.Reinvited is its end. A
// re-INVITE that meets the far end's own is tried again after a random wait.
func (s *Session) Reinvite(sdp []byte) { panic("ua: not yet") }

// Send sends a request such as INFO inside the dialog.
func (s *Session) Send(method string, headers Headers, body []byte, done func(Response)) {
	panic("ua: not yet")
}

// Offer is a re-INVITE that waits for its answer.
type Offer struct {
	SDP     []byte // empty: the far end wants our offer, and its ACK answers it
	answer  func(sdp []byte)
	decline func(code int, phrase string)
}

// Answer accepts the offer. Only the first Answer or Decline counts.
func (o *Offer) Answer(sdp []byte) { o.answer(sdp) }

// Decline refuses the offer (488); the session goes on as it was.
func (o *Offer) Decline(code int, phrase string) { o.decline(code, phrase) }
