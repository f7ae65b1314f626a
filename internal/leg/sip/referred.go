package sip

import (
	"fmt"
	"strconv"
	"strings"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// asked: the far end wants somebody else to have its place (REFER, RFC 3515). It
// may have whom it might call.
func (l *leg) asked(n *line, q *ua.Request) {
	switch {
	case n.over || n != l.line:
		q.Respond(481, "", nil, nil)
		return
	case !l.answered:
		q.Respond(480, "not answered yet", nil, nil)
		return
	case l.referrer != "":
		q.Respond(491, "", nil, nil)
		return
	}
	to, no := l.legs.referTarget(l.peer, q.Headers)
	if no != nil {
		q.Refuse(*no)
		return
	}
	q.Respond(202, "", nil, nil)
	l.referrer = strconv.FormatUint(uint64(q.CSeq), 10)
	l.report(100, false) // RFC 3515 2.4.4: at once
	if to.other != nil {
		l.putsThrough(to)
		return
	}
	l.log.Info("the far end refers to somebody else", "to", string(to.address), "replaces", to.replaces)
	l.signal(call.LegRefers{Leg: l.id(), To: to.address, Replaces: to.replaces})
}

// tellReferrer says how it went, and that this was all.
func (l *leg) tellReferrer(cause call.Cause) {
	if l.referrer == "" {
		return
	}
	code := 200
	if cause.Reason != call.Completed {
		code = statusOf(cause)
	}
	l.report(code, true)
}

func (l *leg) report(code int, over bool) {
	r := report{id: l.referrer, code: code, phrase: ua.StatusPhrase(code), over: over}
	l.line.session.Send("NOTIFY", r.headers(), r.body(), nil)
	if over {
		l.referrer = ""
	}
}

// referTo is whom a REFER names.
type referTo struct {
	address  call.Address
	replaces string // RFC 3891: the dialog there that the call to it takes over

	// In place of these, when that dialog is one with us: the far end's other call.
	other    *leg
	replaced replaced
}

// putsThrough: the far end wants whom it talks to in its two calls to talk to each
// other. What RFC 3891 3 says to an INVITE with that Replaces is reported: a 481 to
// the REFER itself would end this call.
func (l *leg) putsThrough(to referTo) {
	other, speaks := l.legs.inDialog(to.replaced)
	switch {
	case other == nil, !speaks:
		l.report(481, true)
	case to.replaced.earlyOnly:
		l.report(486, true)
	default:
		l.log.Info("the far end puts the others of two calls through", "other", string(other.id()))
		l.signal(call.LegPutsThrough{Leg: l.id(), Other: other.id()})
	}
}

// referTarget reads whom a far end refers to, and whether it may.
func (ls *Legs) referTarget(peer directory.Caller, headers ua.Headers) (to referTo, no *ua.Refusal) {
	if !peer.Refers() {
		return to, &ua.Refusal{Code: 403, Reason: "its REFER is not served: set refer of the trunk if it may hand calls on"}
	}
	values := headers.Values("Refer-To")
	if len(values) != 1 { // RFC 3515 2.4.2
		return to, &ua.Refusal{Code: 400, Reason: fmt.Sprintf("its REFER has %d Refer-To in place of one; the far end has to correct it", len(values))}
	}
	value, err := address.ParseValue(values[0])
	query, ok := address.ParseQuery(value.URI)
	if err != nil || !ok {
		return to, &ua.Refusal{Code: 400, Reason: fmt.Sprintf("its Refer-To cannot be read: %.128q; the far end has to correct it", values[0])}
	}
	if query.Method != "" && query.Method != "INVITE" {
		return to, &ua.Refusal{Code: 501, Reason: "it asks for a " + query.Method + " to somebody else; calls can be handed on, nothing else"}
	}
	to.replaces = query.Headers["replaces"]
	if to.replaces != "" {
		if to.replaced, ok = parseReplaces(to.replaces); !ok {
			return to, &ua.Refusal{Code: 400, Reason: fmt.Sprintf("its Refer-To has a Replaces that cannot be read: %.128q; the far end has to correct it", to.replaces)}
		}
		to.other, _ = ls.inDialog(to.replaced)
	}
	switch {
	case to.other == nil:
		to.address, no = ls.referred(peer, value.URI)
	case !to.other.peer.Same(peer):
		no = &ua.Refusal{Code: 403, Reason: "it refers to a call of another user or trunk, which it may not replace"}
	}
	return to, no
}

// referred is whom a URI names for a peer, if the peer may have a call there.
func (ls *Legs) referred(peer directory.Caller, uri string) (call.Address, *ua.Refusal) {
	a, ok := address.Parse(uri)
	_, isUser := peer.User()
	switch {
	case !ok:
		return "", &ua.Refusal{Code: 416, Reason: "whom it refers to cannot be read; that has to be a sip, sips or tel URI"}
	case isUser && a.Host != "" && a.Host != strings.ToLower(ls.cfg.Domain) && !ls.cfg.UA.OwnsHost(a.Host):
		return "", &ua.Refusal{Code: 404, Phrase: "not our domain", Reason: fmt.Sprintf("a phone refers to somebody in the domain %q; it may hand calls on to whom it might call", a.Host)}
	}
	to, err := ls.cfg.Directory.Dialled(peer.Plan(), directory.SIPName(a.User, a.Password), a.Context)
	if err == nil {
		_, err = ls.cfg.Directory.ResolveReferral(peer, to)
	}
	if err != nil {
		return "", &ua.Refusal{Code: statusOf(refused(err, to)), Reason: fmt.Sprintf("it refers to somebody whom it may not call: %v", err)}
	}
	return to, nil
}
