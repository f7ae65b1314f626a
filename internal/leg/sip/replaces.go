package sip

import (
	"fmt"
	"strings"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/ua"
)

// dialogKey finds the leg of a dialog.
type dialogKey struct{ callID, localTag string }

// replaced is the dialog that a Replaces header names (RFC 3891 6.1), as the one
// sees it who is to give it up.
type replaced struct {
	dialogKey
	remoteTag string
	earlyOnly bool // only if it is not answered yet
}

func parseReplaces(value string) (r replaced, ok bool) {
	id, params, _ := strings.Cut(value, ";")
	r.callID = strings.TrimSpace(id)
	for param := range strings.SplitSeq(params, ";") {
		name, v, _ := strings.Cut(param, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "to-tag":
			r.localTag = strings.TrimSpace(v)
		case "from-tag":
			r.remoteTag = strings.TrimSpace(v)
		case "early-only":
			r.earlyOnly = true
		}
	}
	return r, r.callID != "" && r.localTag != "" && r.remoteTag != "" && len(value) <= 512
}

// taker is a call that is taking the place of a leg's line.
type taker struct {
	line   *line
	who    call.LegArrived
	before rtp.Params // of the sound until then
	offers bool       // we do; its ACK answers
}

// TakeOver lets a call take the place of the one that it names, when both are of
// the same user or trunk: the leg goes on with the new far end. Otherwise it says
// how the call is refused. It is called within ua.Handler.Invite and does not wait.
func (ls *Legs) TakeOver(in *ua.Incoming, from directory.Caller, who call.LegArrived) *ua.Refusal {
	values := in.Headers.Values("Replaces")
	r, ok := parseReplaces(values[0])
	if len(values) != 1 || !ok { // RFC 3891 3
		return &ua.Refusal{Code: 400, Reason: fmt.Sprintf("its Replaces cannot be read: %.128q; the far end has to correct it", values)}
	}
	l, speaks := ls.inDialog(r)
	switch {
	case l == nil, !speaks:
		return &ua.Refusal{Code: 481, Reason: "it wants to replace a call that is not here, or not answered: it may have ended"}
	case !l.peer.Same(from): // RFC 3891 5
		return &ua.Refusal{Code: 403, Reason: "it wants to replace a call of another user or trunk, which it may not"}
	case r.earlyOnly:
		return &ua.Refusal{Code: 486, Reason: "it wants to replace a call only as long as that rings, and it has been answered"}
	}
	n := &line{leg: l}
	if !l.taker.CompareAndSwap(nil, n) {
		return &ua.Refusal{Code: 491, Reason: "another call is taking the place of the same one; the far end tries again by itself"}
	}
	n.session = in.Take(n)
	l.tasks.put(func() { l.takeOver(n, in, who) })
	if _, here := ls.find(l.id()); !here {
		n.session.Reject(481, "", nil) // the leg has ended and does no tasks any more
	}
	return nil
}

// inDialog finds the leg whose dialog it is, nil when there is none, and reports
// whether it is answered.
func (ls *Legs) inDialog(r replaced) (l *leg, speaks bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l = ls.dialogs[r.dialogKey]
	if l == nil || l.remoteTag != r.remoteTag {
		return nil, false
	}
	return l, l.speaks
}

// speaksIn notes the dialog in which a leg speaks from now on.
func (ls *Legs) speaksIn(l *leg, d ua.Dialog) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	delete(ls.dialogs, l.dialog)
	l.dialog, l.remoteTag, l.speaks = dialogKey{d.CallID, d.LocalTag}, d.RemoteTag, true
	ls.dialogs[l.dialog] = l
}

// takeOver accepts the call that takes the place of the leg's line.
func (l *leg) takeOver(n *line, in *ua.Incoming, who call.LegArrived) {
	t := &taker{line: n, who: who, before: l.sound.params, offers: len(in.Body) == 0}
	body := l.sound.negotiation.Offer()
	if !t.offers {
		answer, agreed, err := l.sound.negotiation.Answer(in.Body)
		if err == nil {
			err = l.sound.apply(agreed)
		}
		if err != nil {
			no := offerRefused(err)
			n.over = true
			n.session.Reject(no.Code, no.Phrase, no.Headers)
			l.taker.Store(nil)
			return
		}
		body = answer
	}
	l.taking = t
	n.session.Answer(body, l.headers)
}

// tookOver: the new far end has acknowledged that it has the place.
func (l *leg) tookOver(body []byte, d ua.Dialog) {
	t := l.taking
	if t.offers {
		if err := l.sound.agree(body); err != nil {
			l.log.Info("answer in the ACK cannot be used", "error", err)
			t.line.hangUp(ua.Reason{SIP: 488, Text: "answer cannot be used"})
			l.stays()
			return
		}
	}
	l.taking = nil
	old := l.line
	l.line, l.lines = t.line, []*line{t.line}
	old.hangUp(ua.Reason{}) // RFC 3891 3: with a BYE
	l.referral, l.referrer = nil, ""
	l.legs.speaksIn(l, d)
	l.taker.Store(nil)
	l.log.Info("the leg has another far end", "from", string(t.who.From))
	dialog := dialogOf(d)
	dialog.Media = l.sound.media()
	l.replaced = &call.LegReplaced{Leg: l.id(), From: t.who.From, Name: t.who.FromName, Dialog: dialog, TakesRefer: l.takesRefer(d)}
	l.signal(*l.replaced)
}

// stays: the call that was taking the leg's place has not come about.
func (l *leg) stays() {
	t := l.taking
	l.taking = nil
	l.taker.Store(nil)
	if err := l.sound.apply(t.before); err != nil {
		l.log.Warn("media cannot go back", "error", err)
	}
}
