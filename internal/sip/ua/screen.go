package ua

import (
	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/notice"
	"strowger/internal/sip/transport"
)

// screen decides whether a request gets a transaction, and reads those outside
// of dialogs. Whoever knows a dialog of ours, or an INVITE that it cancels, is
// served. Who does not, or has proven nothing, costs no memory.
func (sh *shard) screen(req *sip.Request, flow transport.Flow) (m Message, served bool) {
	no := noCall
	switch tag := tagOf(req.To().Params); {
	case req.Method == sip.CANCEL:
		served, no = sh.Cancelled(req) != nil, noInvite
	case tag != "":
		served = sh.sessions[sessionKey{req.CallID().Value(), tag}] != nil
	default:
		return sh.screenStranger(req, flow)
	}
	if !served {
		sh.ua.refuseOnce(req, flow, no)
	}
	return m, served
}

func (sh *shard) screenStranger(req *sip.Request, flow transport.Flow) (Message, bool) {
	m := messageOf(req, flow)
	screener, ok := sh.ua.handler.(Screener)
	if !ok {
		return m, true
	}
	u := &Unproven{Message: m, Method: string(req.Method), refuse: func(no Refusal) { sh.ua.refuseOnce(req, flow, no) }}
	if m.Peer, ok = screener.Screen(u); ok {
		flow.Vouch()
	}
	return m, ok
}

// Unanswered puts a request on the list that a Screener answers with nothing.
func (u *UA) Unanswered(m Message, reason string) {
	u.notices.Tell(notice.Notice{
		Source: m.Source, Transport: m.Transport, CallID: m.CallID, From: m.From.URI, To: m.RequestURI, Reason: reason,
	})
}

// tagFor is the To tag of a response that is made again when its request comes
// again (RFC 3261 8.2.7). The request has a Via, and perhaps nothing else.
func (u *UA) tagFor(req *sip.Request) string {
	var callID, from, cseq string
	if h := req.CallID(); h != nil {
		callID = h.Value()
	}
	if h := req.From(); h != nil {
		from = tagOf(h.Params)
	}
	if h := req.CSeq(); h != nil {
		cseq = h.Value()
	}
	return u.derive("to", callID, from, req.Via().Params.GetOr("branch", ""), cseq)
}
