package ua

import (
	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transaction"
)

// place sends the INVITE.
func (s *Session) place(out Outgoing) {
	if s.over {
		return
	}
	p, err := s.shard.invitation(out, s.key, s.nextCSeq())
	if err != nil {
		s.end(Cause{Origin: Local, Code: sip.StatusBadRequest, Phrase: err.Error()})
		return
	}
	p.auth, p.nextCSeq = authorizer{credentials: out.Credentials}, s.nextCSeq
	p.provisional, p.final = s.progress, s.inviteDone
	s.invite = p
	s.acks = map[string]*acknowledgement{}
	s.remember()
	p.send()
	if out.Patience > 0 {
		s.patience = s.shard.After(out.Patience, s.unheard)
	}
}

// invitation is the INVITE of a call, not sent yet.
func (sh *shard) invitation(out Outgoing, key sessionKey, cseq uint32) (*pending, error) {
	hop, err := firstHop(out.Hop, out.Route, out.RequestURI)
	if err != nil {
		return nil, err
	}
	req, err := draft{
		method: "INVITE", target: out.RequestURI, route: out.Route, from: out.From, to: out.To, fromTag: key.localTag,
		callID: key.callID, cseq: cseq, headers: out.Headers, contentType: "application/sdp", body: out.SDP,
		userAgent: sh.ua.cfg.UserAgent, allowed: sh.ua.allow, extensions: sh.ua.cfg.Extensions,
	}.request()
	return &pending{shard: sh, request: req, hop: hop, withContact: true, contactUser: out.ContactUser, initial: true}, err
}

// unheard: nobody has said anything. Should somebody after all, it is taken back.
func (s *Session) unheard() {
	if s.over || s.established || s.invite.alive {
		return
	}
	s.end(causeOf(nil, transaction.ErrTimeout))
	s.leave(Reason{})
}

// progress is a provisional response.
func (s *Session) progress(res *sip.Response) {
	if s.over {
		s.cancel()
		return
	}
	if res.StatusCode == sip.StatusTrying || s.established {
		return
	}
	d := callerDialog(s.invite, res)
	d.LocalCSeq = s.Dialog().LocalCSeq
	s.setDialog(d)
	s.obs.Progress(res.StatusCode, sdpOf(res), d)
}

// cancel takes the INVITE back. RFC 3261 9.1: not before a provisional response
// came; until then it waits for one, or for the transaction to end by itself.
func (s *Session) cancel() {
	if s.invite == nil {
		return
	}
	s.invite.stopped = true
	if s.cancelling || !s.invite.heard {
		return
	}
	s.cancelling = true
	s.invite.tx.Cancel(s.lastReasons...)
	s.giveUp = s.shard.After(64*transaction.T1, func() {
		s.invite.tx.Abandon()
		s.forget()
	})
}

// inviteDone is a final response to the INVITE, or its failure. More than one 2xx
// may come: repeated ones, and those of other forks (RFC 3261 13.2.2.4).
func (s *Session) inviteDone(res *sip.Response, err error) {
	if res == nil || !res.IsSuccess() {
		if s.established {
			return // some fork answered already
		}
		s.end(causeOf(res, err))
		s.forget()
		return
	}
	tag := tagOf(res.To().Params)
	if ack, known := s.acks[tag]; known {
		ack.send()
		return
	}
	d := callerDialog(s.invite, res)
	ack, err := s.invite.ack(d)
	if err != nil {
		s.ua.log.Warn("cannot acknowledge an answer", "call_id", s.key.callID, "error", err)
	}
	s.acks[tag] = ack
	ack.send()
	switch {
	case s.established:
		s.endFork(d)
	case s.over:
		// The answer crossed our CANCEL: the far end believes in a call, so it gets a BYE.
		s.established = true
		s.giveUp.Stop()
		s.setDialog(d)
		s.bye()
	default:
		s.established = true
		d.LocalCSeq = s.Dialog().LocalCSeq
		s.setDialog(d)
		if err != nil { // an answer that leads nowhere is no call
			s.end(failureOf(err))
			s.bye()
			return
		}
		s.obs.Answered(sdpOf(res), d)
	}
}

// endFork hangs up on a fork that answered after another one had.
func (s *Session) endFork(d Dialog) { s.shard.endDialog(d, s.credentials, nil) }

// endDialog says BYE in a dialog that no session of ours is about.
func (sh *shard) endDialog(d Dialog, c Credentials, reasons []sip.Header) {
	s := &Session{
		ua: sh.ua, shard: sh, key: sessionKey{d.CallID, d.LocalTag}, obs: deaf{},
		over: true, established: true, credentials: c, lastReasons: reasons,
	}
	s.setDialog(d)
	s.bye()
}
