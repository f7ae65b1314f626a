package sip

import (
	"errors"
	"strconv"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// referral is a REFER of ours (RFC 3515): the far end is to call somebody else.
type referral struct {
	id       string // the CSeq of the REFER; empty until it was answered
	accepted bool   // LegReferred was signalled
}

// refer asks the far end to call somebody in place of us.
func (l *leg) refer(e call.Refer) {
	to, ok := l.legs.targetFor(l.peer, e.To)
	if !l.answered || !ok || l.referral != nil {
		l.signal(call.LegNotReferred{Leg: l.id()})
		return
	}
	r := &referral{}
	l.referral = r
	headers := ua.Headers{
		{Name: "Refer-To", Value: "<" + to + ">"},
		{Name: "Referred-By", Value: "<" + l.line.session.Dialog().LocalURI + ">"}, // RFC 3892 2.1
	}
	l.line.session.Send("REFER", headers, nil, func(res ua.Response) {
		l.tasks.put(func() { l.referAnswered(r, res) })
	})
	l.log.Info("the far end is referred", "to", to)
}

// targetFor is the URI at which a far end reaches somebody by itself: one of our
// users' phones calls us, a trunk knows its own numbers.
func (ls *Legs) targetFor(peer directory.Caller, to call.Address) (uri string, ok bool) {
	found, err := ls.cfg.Directory.ResolveReferral(peer, to)
	if err != nil || !peer.Refers() {
		return "", false
	}
	if _, isUser := peer.User(); isUser {
		return ls.caller(to, "").URI, true
	}
	via, ok := found.(directory.ViaTrunk)
	if !ok {
		return "", false
	}
	return address.URI{User: via.Number, HostPort: via.Trunk.Address, Transport: via.Trunk.Transport}.String(), true
}

// referAnswered: the far end goes (202), or does not.
func (l *leg) referAnswered(r *referral, res ua.Response) {
	if l.referral != r {
		return // a NOTIFY was faster
	}
	if res.Code >= 300 {
		l.referral = nil
		l.log.Info("the far end does not take the referral", "status", res.Code, "phrase", res.Phrase)
		l.signal(call.LegNotReferred{Leg: l.id()})
		return
	}
	r.id = strconv.FormatUint(uint64(res.CSeq), 10)
	l.goes(r)
}

func (l *leg) goes(r *referral) {
	if !r.accepted {
		r.accepted = true
		l.signal(call.LegReferred{Leg: l.id()})
	}
}

// notified: the far end says how far it is.
func (l *leg) notified(n *line, q *ua.Request) {
	r := l.referral
	said, err := readReport(q.Message)
	switch {
	case errors.Is(err, errOtherEvent):
		q.Respond(489, "", nil, nil) // RFC 6665 4.1.3
		return
	case n.over || n != l.line || r == nil || said.id != "" && r.id != "" && said.id != r.id:
		q.Respond(481, "", nil, nil)
		return
	case err != nil:
		q.Refuse(ua.Refusal{Code: 400, Reason: "its NOTIFY of a referral cannot be read: " + err.Error() + "; the far end has to correct it"})
		return
	}
	q.Respond(200, "", nil, nil)
	l.goes(r)
	if said.code < 200 && !said.over {
		return
	}
	l.referral = nil
	l.log.Info("the referral has ended", "status", said.code, "phrase", said.phrase)
	l.signal(call.LegReferralEnded{Leg: l.id(), Cause: said.cause()})
}

// cause is how the referred side's call has ended. A subscription that ends
// without a word about that has failed.
func (r report) cause() call.Cause {
	switch {
	case r.code < 200:
		return call.Cause{Reason: call.Failed}
	case r.code < 300:
		return call.Cause{Reason: call.Completed}
	}
	return call.Cause{Reason: reasonOf(r.code), SIPStatus: r.code, SIPPhrase: r.phrase}
}
