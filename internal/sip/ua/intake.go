package ua

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/notice"
	"strowger/internal/sip/transaction"
	"strowger/internal/sip/transport"
)

// supported are the option tags that we understand in Require (RFC 3261 8.2.2.3).
// Config.Extensions stand beside them.
var supported = []string{"100rel", "timer"}

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
		if isRequest {
			u.tooMuch(req, reply)
		}
	default:
		u.malformed.Add(1)
		u.unreadable(msg, err, from)
	}
}

// tooMuch turns away a request that its shard has no room for.
func (u *UA) tooMuch(req *sip.Request, flow transport.Flow) {
	if req.Method == sip.ACK || req.Method == sip.CANCEL || tagOf(req.To().Params) != "" {
		return // it comes again, or belongs to what is served
	}
	u.refuseOnce(req, flow, Refusal{
		Code: sip.StatusServiceUnavailable, Headers: Headers{{"Retry-After", "5"}},
		Reason: "too many messages wait to be handled; see who sends so many, or give the server more processors",
	})
}

// unheard notes a source that nobody knows and that is not read.
func (u *UA) unheard(src netip.AddrPort, transport string) {
	u.notices.Tell(notice.Notice{Source: src, Transport: transport, Reason: "nobody is known to call from this source, or it sends too much; " +
		"if it is a carrier's, add it to the sources of the trunk"})
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
		sh.cancel(tx, flow)
	case !strings.EqualFold(req.SipVersion, "SIP/2.0"):
		sh.refuse(tx, flow, otherVersion(req))
	case !knownScheme(req.Recipient.Scheme):
		sh.refuse(tx, flow, otherScheme(req))
	case toTag == "" && tx.Merged:
		sh.refuse(tx, flow, loop)
	case len(sh.ua.unsupported(req)) > 0:
		sh.refuse(tx, flow, otherExtensions(sh.ua.unsupported(req)))
	case toTag != "":
		if s := sh.sessions[sessionKey{req.CallID().Value(), toTag}]; s != nil {
			s.inside(tx, flow)
			return
		}
		sh.refuse(tx, flow, noCall)
	default:
		sh.outside(tx, flow, m)
	}
}

// outside is a request that belongs to no dialog.
func (sh *shard) outside(tx *transaction.Server, flow transport.Flow, m Message) {
	req := tx.Request
	switch {
	case req.Method == sip.BYE || req.Method == sip.PRACK || req.Method == sip.UPDATE:
		sh.refuse(tx, flow, noCall)
	case req.Method == sip.INVITE:
		sh.invite(tx, flow, m)
	case slices.Contains(sh.ua.cfg.Methods, string(req.Method)):
		sh.ua.handler.Request(sh.answerable(tx, flow, m, newTag()))
	default:
		sh.refuse(tx, flow, sh.ua.otherMethod(req))
	}
}

// invite is an initial INVITE, which the handler gets when it is whole.
func (sh *shard) invite(tx *transaction.Server, flow transport.Flow, m Message) {
	req := tx.Request
	sdp, err := sessionDescription(req)
	brief, isBrief := tooBrief(req)
	switch {
	case !hasContact(req) && !isOld(req): // RFC 3261 8.1.1.8
		sh.refuse(tx, flow, noContact)
	case err != nil:
		sh.refuse(tx, flow, otherBody(err.Error()))
	case !acceptsSDP(req):
		sh.refuse(tx, flow, noAnswerInSDP(req))
	case isBrief:
		sh.refuse(tx, flow, brief)
	default:
		m.Body = sdp
		sh.invited(tx, flow, m)
	}
}

func hasContact(req *sip.Request) bool {
	c := req.Contact()
	return c != nil && !c.Address.Wildcard && c.Address.Host != ""
}

// isOld reports whether a request comes from an element of RFC 2543, which knew no
// magic cookie (RFC 3261 8.1.1.7). It may lack a From tag (12.1.1), and Contact: then
// From says where it is.
func isOld(req *sip.Request) bool {
	return !strings.HasPrefix(req.Via().Params.GetOr("branch", ""), sip.RFC3261BranchMagicCookie)
}

// answerable is a request for someone else to answer.
func (sh *shard) answerable(tx *transaction.Server, flow transport.Flow, m Message, tag string) *Request {
	req := tx.Request
	n := noticeOf(req, flow)
	var answered atomic.Bool
	return &Request{
		Message: m, Method: string(req.Method), CSeq: req.CSeq().SeqNo,
		respond: func(r Refusal, body []byte) {
			if answered.Swap(true) {
				return
			}
			if r.Code < 300 {
				sh.ua.served(n, r.Code)
			} else {
				sh.ua.note(n, r)
			}
			sh.Post(func() {
				res := sh.ua.response(req, r.Code, r.Phrase, tag)
				switch {
				case req.Method == sip.OPTIONS && r.Code < 300:
					addHeaders(res, sh.ua.abilities())
				case r.Code == sip.StatusMethodNotAllowed:
					res.AppendHeader(sip.NewHeader("Allow", sh.ua.allow))
				}
				addHeaders(res, r.Headers)
				res.SetBody(body)
				tx.Respond(res)
			})
		},
	}
}

// cancel is RFC 3261 9.2. The CANCEL is answered whatever becomes of its INVITE.
func (sh *shard) cancel(tx *transaction.Server, flow transport.Flow) {
	invite := sh.Cancelled(tx.Request)
	if invite == nil {
		sh.refuse(tx, flow, noInvite)
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

// capabilities answers OPTIONS inside a dialog (RFC 3261 11.2).
func (u *UA) capabilities(req *sip.Request) *sip.Response {
	res := u.response(req, sip.StatusOK, "", newTag())
	addHeaders(res, u.abilities())
	return res
}

func (u *UA) abilities() Headers {
	return Headers{{"Allow", u.allow}, {"Accept", acceptedBodies}, {"Supported", u.supported}}
}

func (u *UA) unsupported(req *sip.Request) []string {
	var tags []string
	for _, h := range req.GetHeaders("Require") {
		for _, tag := range strings.Split(h.Value(), ",") {
			if tag = strings.TrimSpace(tag); tag != "" && !u.supports(strings.ToLower(tag)) {
				tags = append(tags, oneLine(tag))
			}
		}
	}
	return tags
}

func (u *UA) supports(tag string) bool {
	return slices.Contains(supported, tag) || slices.Contains(u.cfg.Extensions, tag)
}

func knownScheme(s string) bool { return s == "" || s == "sip" || s == "sips" || s == "tel" }

func sourceOf(req *sip.Request) netip.AddrPort {
	a, _ := netip.ParseAddrPort(req.Source())
	return a
}
