package sip

import (
	"strowger/internal/call"
	"strowger/internal/sip/ua"
)

// ring tells the caller that somebody is alerted.
func (l *leg) ring() {
	if l.waits() && l.sound == nil {
		l.line.session.Ring(180, nil, l.headers)
	}
}

// answer accepts the caller. LegAnswered follows with its ACK.
func (l *leg) answer() {
	if !l.waits() || l.sound != nil {
		return
	}
	if err := l.open(); err != nil {
		l.log.Error("cannot answer", "error", err)
		l.reject(call.Cause{Reason: call.Overloaded})
		return
	}
	body, err := l.describe()
	if err != nil {
		l.log.Info("offer cannot be used", "error", err)
		l.reject(call.Cause{Reason: call.NotAcceptable})
		return
	}
	l.line.session.Answer(body, l.headers)
}

// describe answers the caller's offer, or makes ours when it has none (RFC 3261
// 14.1 calls that a delayed offer: the ACK answers).
func (l *leg) describe() ([]byte, error) {
	if len(l.offer) == 0 {
		return l.sound.negotiation.Offer(), nil
	}
	body, agreed, err := l.sound.negotiation.Answer(l.offer)
	if err != nil {
		return nil, err
	}
	return body, l.sound.apply(agreed)
}

// reject refuses the caller with the status that the cause means.
func (l *leg) reject(cause call.Cause) {
	if !l.waits() {
		return
	}
	l.line.over = true
	phrase := ""
	if passesOn(cause.SIPStatus) {
		phrase = cause.SIPPhrase
	}
	l.line.session.Reject(statusOf(cause), phrase, l.headers)
	l.end(cause)
}

// waits reports whether the caller is there and not in the call yet.
func (l *leg) waits() bool { return l.incoming && !l.line.over && !l.answered }

// acknowledged: the caller has our answer.
func (l *leg) acknowledged(n *line, body []byte, d ua.Dialog) {
	if l.sound == nil || l.answered {
		return
	}
	if len(l.offer) == 0 {
		if err := l.sound.agree(body); err != nil {
			l.log.Info("answer in the ACK cannot be used", "error", err)
			n.hangUp(ua.Reason{SIP: 488, Text: "answer cannot be used"})
			l.end(call.Cause{Reason: call.NotAcceptable})
			return
		}
	}
	l.answeredOn(n, d)
}
