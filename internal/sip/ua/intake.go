package ua

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transaction"
	"strowger/internal/sip/transport"
)

// supported are the option tags that we understand in Require (RFC 3261 8.2.2.3).
// 100rel, timer and replaces will stand here.
var supported []string

// receive is called by the readers, in order for each connection.
func (u *UA) receive(msg sip.Message, from transport.Flow) {
	req, isRequest := msg.(*sip.Request)
	reply := from
	if isRequest {
		reply = from.ReplyTo(req.Via())
	}
	err := u.transactions.Receive(msg, reply)
	switch {
	case err == nil:
	case errors.Is(err, transaction.ErrBusy):
		u.busy.Add(1)
		if isRequest && req.Method != sip.ACK && req.Method != sip.CANCEL && tagOf(req.To().Params) == "" {
			res := u.response(req, sip.StatusServiceUnavailable, "", newTag())
			res.AppendHeader(sip.NewHeader("Retry-After", "5"))
			reply.Reply([]byte(res.String()))
		}
	default:
		u.malformed.Add(1)
		// Without these there is nobody to tell.
		if isRequest && req.Method != sip.ACK && req.Via() != nil && req.From() != nil && req.To() != nil &&
			req.CallID() != nil && req.CSeq() != nil {
			reply.Reply([]byte(u.response(req, sip.StatusBadRequest, "", newTag()).String()))
		}
	}
}

// sessionKey finds the session that a message from the far end belongs to. Ours is
// the only tag in it, because the far end's differs between forks.
type sessionKey struct{ callID, localTag string }

// shard is the user agent's part of a transaction shard: the sessions of its Call-IDs.
type shard struct {
	*transaction.Shard
	ua       *UA
	sessions map[sessionKey]*Session
}

// Request implements transaction.Handler.
func (sh *shard) Request(req *sip.Request, from transaction.Flow) {
	flow := from.(transport.Flow)
	if m, ok := sh.screen(req, flow); ok {
		sh.serve(sh.Accept(req, flow), flow, m)
	}
}

// serve handles a request in the order of RFC 3261 8.2.
func (sh *shard) serve(tx *transaction.Server, flow transport.Flow, m Message) {
	req := tx.Request
	toTag := tagOf(req.To().Params)
	switch {
	case req.Method == sip.CANCEL:
		sh.cancel(tx)
	case !strings.EqualFold(req.SipVersion, "SIP/2.0"):
		sh.refuse(tx, 505)
	case !knownScheme(req.Recipient.Scheme):
		sh.refuse(tx, 416)
	case toTag == "" && tx.Merged:
		sh.refuse(tx, sip.StatusLoopDetected)
	case len(unsupported(req)) > 0:
		res := sh.ua.response(req, sip.StatusBadExtension, "", newTag())
		res.AppendHeader(sip.NewHeader("Unsupported", strings.Join(unsupported(req), ", ")))
		tx.Respond(res)
	case toTag != "":
		if s := sh.sessions[sessionKey{req.CallID().Value(), toTag}]; s != nil {
			s.inside(tx, flow)
			return
		}
		sh.refuse(tx, sip.StatusCallTransactionDoesNotExists)
	default:
		sh.outside(tx, flow, m)
	}
}

// outside is a request that belongs to no dialog.
func (sh *shard) outside(tx *transaction.Server, flow transport.Flow, m Message) {
	req := tx.Request
	switch {
	case req.Method == sip.BYE || req.Method == sip.PRACK || req.Method == sip.UPDATE:
		sh.refuse(tx, sip.StatusCallTransactionDoesNotExists)
	case req.Method == sip.INVITE && tagOf(req.From().Params) == "":
		sh.refuse(tx, sip.StatusBadRequest)
	case req.Method == sip.INVITE && (req.Contact() == nil || req.Contact().Address.Wildcard || req.Contact().Address.Host == ""):
		sh.refuse(tx, sip.StatusBadRequest) // RFC 3261 8.1.1.8: there is nobody to send a BYE to
	case req.Method == sip.INVITE && !acceptableBody(req):
		tx.Respond(sh.ua.unsupportedBody(req))
	case req.Method == sip.INVITE:
		sh.invited(tx, flow, m)
	case slices.Contains(sh.ua.cfg.Methods, string(req.Method)):
		sh.ua.handler.Request(sh.answerable(tx, m, newTag()))
	default:
		tx.Respond(sh.ua.notAllowed(req))
	}
}

// answerable is a request for someone else to answer.
func (sh *shard) answerable(tx *transaction.Server, m Message, tag string) *Request {
	req := tx.Request
	var answered atomic.Bool
	return &Request{
		Message: m, Method: string(req.Method), CSeq: req.CSeq().SeqNo,
		respond: func(code int, phrase string, headers Headers, body []byte) {
			if answered.Swap(true) {
				return
			}
			sh.Post(func() {
				res := sh.ua.response(req, code, phrase, tag)
				if req.Method == sip.OPTIONS || code == sip.StatusMethodNotAllowed {
					res.AppendHeader(sip.NewHeader("Allow", sh.ua.allow))
				}
				addHeaders(res, headers)
				res.SetBody(body)
				tx.Respond(res)
			})
		},
	}
}

// cancel is RFC 3261 9.2. The CANCEL is answered whatever becomes of its INVITE.
func (sh *shard) cancel(tx *transaction.Server) {
	invite := sh.Cancelled(tx.Request)
	if invite == nil {
		sh.refuse(tx, sip.StatusCallTransactionDoesNotExists)
		return
	}
	req := tx.Request
	s, _ := invite.User.(*Session)
	tag := newTag()
	if s != nil {
		tag = s.key.localTag
	}
	tx.Respond(sh.ua.response(req, sip.StatusOK, "", tag))
	switch {
	case s == nil:
	case s.offered != nil && s.offered.tx == invite:
		s.closeOffered(sip.StatusRequestTerminated, "")
		s.nextReinvite()
	default:
		s.cancelled(req)
	}
}

// Ack implements transaction.Handler.
func (sh *shard) Ack(req *sip.Request) {
	s := sh.sessions[sessionKey{req.CallID().Value(), tagOf(req.To().Params)}]
	if s != nil && tagOf(req.From().Params) == s.Dialog().RemoteTag {
		s.acknowledged(req)
	}
}

// Stray implements transaction.Handler: a 2xx may come again after its transaction
// is gone, and is then still acknowledged (RFC 3261 13.2.2.4).
func (sh *shard) Stray(res *sip.Response, from transaction.Flow) {
	if res.CSeq().MethodName != sip.INVITE || !res.IsSuccess() {
		return
	}
	s := sh.sessions[sessionKey{res.CallID().Value(), tagOf(res.From().Params)}]
	switch {
	case s == nil:
		sh.answeredNobody(res, from.(transport.Flow))
	case s.invite != nil:
		s.acks[tagOf(res.To().Params)].send()
	}
}

func (sh *shard) refuse(tx *transaction.Server, code int) {
	tx.Respond(sh.ua.response(tx.Request, code, "", newTag()))
}

func (u *UA) notAllowed(req *sip.Request) *sip.Response {
	res := u.response(req, sip.StatusMethodNotAllowed, "", newTag())
	res.AppendHeader(sip.NewHeader("Allow", u.allow))
	return res
}

// capabilities answers OPTIONS (RFC 3261 11.2).
func (u *UA) capabilities(req *sip.Request) *sip.Response {
	res := u.response(req, sip.StatusOK, "", newTag())
	res.AppendHeader(sip.NewHeader("Allow", u.allow))
	res.AppendHeader(sip.NewHeader("Accept", "application/sdp"))
	res.AppendHeader(sip.NewHeader("Supported", strings.Join(supported, ", ")))
	return res
}

func (u *UA) unsupportedBody(req *sip.Request) *sip.Response {
	res := u.response(req, sip.StatusUnsupportedMediaType, "", newTag())
	res.AppendHeader(sip.NewHeader("Accept", "application/sdp"))
	res.AppendHeader(sip.NewHeader("Accept-Encoding", "identity"))
	return res
}

func unsupported(req *sip.Request) []string {
	var tags []string
	for _, h := range req.GetHeaders("Require") {
		for _, tag := range strings.Split(h.Value(), ",") {
			if tag = strings.TrimSpace(tag); tag != "" && !slices.Contains(supported, strings.ToLower(tag)) {
				tags = append(tags, oneLine(tag))
			}
		}
	}
	return tags
}

func knownScheme(s string) bool { return s == "" || s == "sip" || s == "sips" || s == "tel" }

// acceptableBody: an INVITE carries a session description or nothing.
func acceptableBody(req *sip.Request) bool {
	for _, name := range []string{"Content-Encoding", "e"} {
		for _, h := range req.GetHeaders(name) {
			if !strings.EqualFold(strings.TrimSpace(h.Value()), "identity") {
				return false
			}
		}
	}
	return len(req.Body()) == 0 || isSDP(req)
}

func isSDP(msg sip.Message) bool {
	hs := msg.GetHeaders("Content-Type")
	if len(hs) == 0 {
		return false
	}
	kind, _, _ := strings.Cut(hs[0].Value(), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/sdp")
}

func sourceOf(req *sip.Request) netip.AddrPort {
	a, _ := netip.ParseAddrPort(req.Source())
	return a
}
