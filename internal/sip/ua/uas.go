package ua

import (
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/notice"
	"strowger/internal/sip/transaction"
	"strowger/internal/sip/transport"
)

// incoming is an INVITE that has no final response.
type incoming struct {
	tx      *transaction.Server
	request *sip.Request
	notice  notice.Notice
	again   *transaction.Alarm
}

// invited makes the session of an initial INVITE and shows it to the handler.
func (sh *shard) invited(tx *transaction.Server, flow transport.Flow, m Message) {
	req := tx.Request
	s := sh.ua.newSession(req.CallID().Value(), newTag(), nil)
	n := noticeOf(req, flow)
	s.incoming = &incoming{tx: tx, request: req, notice: n}
	s.reliable = newReliable(req)
	s.setDialog(calleeDialog(req, s.key.localTag, flow))
	s.remember()
	tx.User = s
	tx.Failed = func(err error) { s.undelivered(err) }
	var taken, refused atomic.Bool // a refusal may come later
	sh.ua.handler.Invite(&Incoming{
		Message: m, Dialog: s.Dialog(),
		take: func(obs Observer) *Session {
			taken.Store(true)
			if obs != nil {
				s.obs = obs
			}
			return s
		},
		refuse: func(no Refusal) {
			refused.Store(true)
			sh.ua.note(n, no)
			s.Reject(no.Code, no.Phrase, no.Headers)
		},
	})
	switch {
	case refused.Load():
	case !taken.Load():
		s.refuse(sip.StatusInternalServerError, "", nil, Reason{})
	case s.obs != (deaf{}):
		sh.ua.served(n, sip.StatusTrying)
	}
}

// Ring sends a provisional response (180, 183 ...) to the caller, with SDP as early
// media when given. Where the caller requires that (RFC 3262), it is sent until it is
// acknowledged, after those before it; with no offer of the caller's it is not sent.
func (s *Session) Ring(code int, sdp []byte, headers Headers) {
	s.post(func() {
		if s.over || s.incoming == nil || s.established || code <= 100 || code > 199 {
			return
		}
		s.ring(code, sdp, headers)
	})
}

func (s *Session) ring(code int, sdp []byte, headers Headers) {
	in := s.incoming
	if s.reliable != nil {
		s.ringReliably(provisional{code, sdp, headers})
	} else {
		in.tx.Respond(s.inviteResponse(in.request, code, sdp, headers))
	}
	// RFC 3261 13.3.1.1: proxies give up on a call that says nothing for three minutes.
	in.again.Stop()
	in.again = s.shard.After(time.Minute, func() { s.ring(code, sdp, headers) })
}

// inviteResponse is a response that makes or confirms the dialog.
func (s *Session) inviteResponse(req *sip.Request, code int, sdp []byte, headers Headers) *sip.Response {
	res := s.ua.response(req, code, "", s.key.localTag)
	contact, _ := parseURI(s.Dialog().LocalContact)
	res.AppendHeader(&sip.ContactHeader{Address: contact})
	res.AppendHeader(sip.NewHeader("Allow", s.ua.allow))
	res.AppendHeader(sip.NewHeader("Supported", s.ua.supported))
	addHeaders(res, headers)
	withSDP(res, sdp)
	return res
}

// Answer accepts the call. Observer.Answered follows when the caller acknowledged it.
func (s *Session) Answer(sdp []byte, headers Headers) {
	s.post(func() {
		answer := func() {
			if s.over || s.incoming == nil || s.established {
				return
			}
			in := s.incoming
			in.again.Stop()
			s.reliable.stop()
			s.established = true
			s.accept(in.tx, in.request, true, sdp, headers)
			in.request = nil
		}
		if !s.answerAfterPRACK(answer) {
			answer()
		}
	})
}

// acceptance is a 2xx of ours that waits for its ACK.
type acceptance struct {
	tx       *transaction.Server
	cseq     uint32
	initial  bool
	interval time.Duration
	again    *transaction.Alarm
	deadline *transaction.Alarm
}

// accept answers an INVITE with 200 and repeats that until the ACK comes, on every
// transport, T1 doubling to T2, for 64*T1 (RFC 3261 13.3.1.4).
func (s *Session) accept(tx *transaction.Server, req *sip.Request, initial bool, sdp []byte, headers Headers) {
	s.stopAnswering()
	a := &acceptance{tx: tx, cseq: req.CSeq().SeqNo, initial: initial, interval: transaction.T1}
	s.accepted = a
	res := s.inviteResponse(req, sip.StatusOK, sdp, headers)
	s.agreeTimer(req, res)
	s.described = sdp
	tx.Respond(res)
	var repeat func()
	repeat = func() {
		a.tx.Repeat()
		a.interval = min(2*a.interval, transaction.T2)
		a.again = s.shard.After(a.interval, repeat)
	}
	a.again = s.shard.After(a.interval, repeat)
	a.deadline = s.shard.After(64*transaction.T1, func() {
		s.stopAnswering()
		s.end(Cause{Origin: Timeout, Code: sip.StatusRequestTimeout, Phrase: "no ACK came"})
		s.bye()
	})
}

func (s *Session) stopAnswering() {
	if a := s.accepted; a != nil {
		a.again.Stop()
		a.deadline.Stop()
		s.accepted = nil
	}
}

// acknowledged is the ACK of our 2xx. One that repeats finds nothing waiting.
func (s *Session) acknowledged(ack *sip.Request) {
	a := s.accepted
	if a == nil || ack.CSeq().SeqNo != a.cseq {
		return
	}
	s.stopAnswering()
	switch {
	case s.byeAfterAck:
		s.byeAfterAck = false
		s.bye()
	case s.over:
	case a.initial:
		s.incoming = nil
		s.obs.Answered(sdpOf(ack), s.Dialog())
		s.nextReinvite()
	default:
		if sdp := sdpOf(ack); sdp != nil { // it answers the offer in our 2xx
			s.obs.Reinvited(sip.StatusOK, sdp, s.Dialog())
		}
	}
}

// Reject refuses an incoming call with a final response. An empty phrase means the code's usual one.
func (s *Session) Reject(code int, phrase string, headers Headers) {
	s.post(func() { s.refuse(code, phrase, headers, Reason{}) })
}

func (s *Session) refuse(code int, phrase string, headers Headers, r Reason) {
	if s.over || s.incoming == nil || s.established || code < 300 || code > 699 {
		return
	}
	s.closeIncoming(code, phrase, headers, r)
	s.end(Cause{Origin: Local, Code: code, Phrase: phrase})
}

// closeIncoming sends the INVITE's final refusal; the transaction repeats it.
func (s *Session) closeIncoming(code int, phrase string, headers Headers, r Reason) {
	in := s.incoming
	in.again.Stop()
	s.reliable.stop()
	res := s.ua.response(in.request, code, phrase, s.key.localTag)
	for _, h := range r.headers() {
		res.AppendHeader(h)
	}
	addHeaders(res, headers)
	res.SetBody(nil)
	in.tx.Respond(res)
	s.forget()
}

// cancelled: the caller gave up (RFC 3261 9.2). After a final response it has no effect.
func (s *Session) cancelled(req *sip.Request) {
	if s.over || s.established || s.incoming == nil {
		return
	}
	c := Cause{Origin: Cancelled, Code: sip.StatusRequestTerminated, Phrase: StatusPhrase(sip.StatusRequestTerminated)}
	c.read(req)
	s.closeIncoming(sip.StatusRequestTerminated, "", nil, Reason{})
	s.end(c)
}

// undelivered: a response to the initial INVITE could not be sent. Once it is
// answered the missing ACK decides; a refusal that nobody hears changes nothing.
func (s *Session) undelivered(err error) {
	if s.over || s.established {
		return
	}
	s.incoming.again.Stop()
	s.reliable.stop()
	s.end(failureOf(err))
	s.forget()
}
