package ua

import (
	"strconv"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transport"
)

// screen decides whether a request gets a transaction, and reads those outside
// of dialogs. Whoever knows a dialog of ours, or an INVITE that it cancels, is
// served. Who does not, or has proven nothing, costs no memory.
func (sh *shard) screen(req *sip.Request, flow transport.Flow) (m Message, served bool) {
	switch tag := tagOf(req.To().Params); {
	case req.Method == sip.CANCEL:
		served = sh.Cancelled(req) != nil
	case tag != "":
		served = sh.sessions[sessionKey{req.CallID().Value(), tag}] != nil
	default:
		return sh.screenStranger(req, flow)
	}
	if !served {
		sh.ua.refuseOnce(req, flow, Refusal{Code: sip.StatusCallTransactionDoesNotExists})
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

// refuseOnce answers a request of which nothing is kept.
func (u *UA) refuseOnce(req *sip.Request, flow transport.Flow, no Refusal) {
	res := u.response(req, no.Code, no.Phrase, u.tagFor(req))
	res.RemoveHeader("Server") // RFC 3261 20.35: not for everybody to know
	addHeaders(res, no.Headers)
	res.SetBody(nil)
	flow.Reply([]byte(res.String()))
}

// tagFor is the To tag of a response that is made again when its request comes
// again (RFC 3261 8.2.7).
func (u *UA) tagFor(req *sip.Request) string {
	return u.derive("to", req.CallID().Value(), tagOf(req.From().Params), req.Via().Params.GetOr("branch", ""),
		strconv.Itoa(int(req.CSeq().SeqNo)))
}
