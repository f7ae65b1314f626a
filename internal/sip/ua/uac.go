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
	p := &pending{
		shard: s.shard, withContact: true, contactUser: out.ContactUser,
		auth: authorizer{credentials: out.Credentials}, nextCSeq: s.nextCSeq,
		provisional: s.progress, final: s.inviteDone,
	}
	req, err := draft{
		method: "INVITE", target: out.RequestURI, route: out.Route, from: out.From, to: out.To, fromTag: s.key.localTag,
		callID: s.key.callID, cseq: s.nextCSeq(), headers: out.Headers, contentType: "application/sdp", body: out.SDP,
		userAgent: s.ua.cfg.UserAgent, allowed: s.ua.allow,
	}.request()
	if err == nil {
		p.hop, err = firstHop(out.Hop, out.Route, out.RequestURI)
	}
	if err != nil {
		s.end(Cause{Origin: Local, Code: sip.StatusBadRequest, Phrase: err.Error()})
		return
	}
	p.request = req
	s.invite = p
	s.acks = map[string]*acknowledgement{}
	s.remember()
	p.send()
	if out.Patience > 0 {
		s.patience = s.shard.After(out.Patience, s.unheard)
	}
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
func (s *Session) endFork(d Dialog) {
	fork := &Session{ua: s.ua, shard: s.shard, key: s.key, obs: deaf{}, over: true, established: true, credentials: s.credentials}
	fork.setDialog(d)
	fork.bye()
}

// sdpOf is the session description of a message, nil when it has another body.
func sdpOf(msg sip.Message) []byte {
	if len(msg.Body()) == 0 || !isSDP(msg) {
		return nil
	}
	return msg.Body()
}
