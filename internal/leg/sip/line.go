package sip

import (
	"errors"
	"fmt"

	"strowger/internal/directory"
	"strowger/internal/sip/sdp"
	"strowger/internal/sip/ua"
)

// line is one SIP session of a leg: the caller's, or one for each contact
// that is rung. It is the session's observer.
type line struct {
	leg     *leg
	session *ua.Session
	flow    directory.Flow // where the phone registered; empty for others
	over    bool
	cause   ua.Cause
}

func (n *line) hangUp(r ua.Reason) {
	if !n.over {
		n.over = true
		n.session.Hangup(r)
	}
}

// The methods of ua.Observer run on a SIP shard: they only leave a task.

func (n *line) Progress(code int, body []byte, d ua.Dialog) {
	n.leg.news(func() { n.leg.progress(n, code, body) })
}

func (n *line) Answered(body []byte, d ua.Dialog) {
	n.leg.tasks.put(func() { n.leg.pickedUp(n, body, d) })
}

func (n *line) Offer(o *ua.Offer) {
	if !n.leg.news(func() { n.leg.reoffered(n, o) }) {
		o.Refuse(ua.Refusal{Code: 500, Reason: tooMuch})
	}
}

func (n *line) Reinvited(code int, body []byte, d ua.Dialog) {
	n.leg.news(func() { n.leg.reagreed(n, code, body) })
}

func (n *line) Failed(c ua.Cause) { n.leg.tasks.put(func() { n.leg.failed(n, c) }) }
func (n *line) Ended(c ua.Cause)  { n.leg.tasks.put(func() { n.leg.ended(n, c) }) }

// pickedUp: the far end answered, or acknowledged our answer.
func (l *leg) pickedUp(n *line, body []byte, d ua.Dialog) {
	switch {
	case n.over:
	case l.taking != nil && n == l.taking.line:
		l.tookOver(body, d)
	case l.line != nil:
		l.acknowledged(n, body, d)
	default:
		l.won(n, body, d)
	}
}

// failed: a session ended before it was answered.
func (l *leg) failed(n *line, c ua.Cause) {
	if n.over {
		return
	}
	n.over, n.cause = true, c
	if l.taking != nil && n == l.taking.line {
		l.stays()
		return
	}
	if l.line != nil {
		l.end(giveUp(c))
		return
	}
	l.lost(n)
}

// ended: the far end said goodbye, or was lost. It comes without an answer when
// the ACK of ours never came.
func (l *leg) ended(n *line, c ua.Cause) {
	if n.over {
		return
	}
	n.over = true
	if l.taking != nil && n == l.taking.line {
		l.stays()
		return
	}
	if !l.answered {
		l.end(giveUp(c))
		return
	}
	l.end(goodbye(c))
}

// reoffered: the far end holds, resumes, or moves its media (RFC 3264 8).
func (l *leg) reoffered(n *line, o *ua.Offer) {
	if n != l.line || n.over || l.sound == nil {
		o.Refuse(ua.Refusal{Code: 481, Reason: "the call is ending"})
		return
	}
	if len(o.SDP) == 0 {
		o.Answer(l.sound.negotiation.Offer()) // its ACK comes as Reinvited
		return
	}
	answer, agreed, err := l.sound.negotiation.Answer(o.SDP)
	if err == nil {
		err = l.sound.apply(agreed)
	}
	if err != nil {
		o.Refuse(offerRefused(err))
		return
	}
	l.log.Info("media changed", "direction", agreed.Direction.String(), "codec", agreed.Codec.Name, "media", agreed.Remote.String())
	o.Answer(answer)
}

// reagreed: the far end answered the offer that it had asked us for.
func (l *leg) reagreed(n *line, code int, body []byte) {
	if n != l.line || n.over || l.sound == nil || code >= 300 {
		return
	}
	if err := l.sound.agree(body); err != nil {
		l.log.Warn("media stays as it was", "error", err)
	}
}

// tooMuch is why a leg refuses what it has no room for.
const tooMuch = "too much happens on this call at once; see what the far end repeats"

// offerRefused is how an offer is refused that cannot be used.
func offerRefused(err error) ua.Refusal {
	if errors.Is(err, sdp.ErrMalformed) {
		return ua.Refusal{Code: 400, Phrase: "Bad SDP", Reason: fmt.Sprintf("its SDP cannot be used: %v; the far end has to correct it", err)}
	}
	return ua.Refusal{Code: 488, Reason: fmt.Sprintf("its offer cannot be used: %v; have it offer PCMU or PCMA over RTP/AVP", err)}
}
