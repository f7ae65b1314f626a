package sip

import (
	"errors"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/sip/ua"
)

// silenceMost is how long a destination may say nothing at all, not even 100
// Trying, before it counts as unreachable.
const silenceMost = 10 * time.Second

// dial reaches for whom the call names.
func (l *leg) dial(e call.Dial) {
	to, err := l.legs.cfg.Directory.Resolve(directory.ByApplication(), e.To)
	if err != nil {
		l.end(refused(err, e.To))
		return
	}
	switch to := to.(type) {
	case directory.Application:
		l.unclaimed(to)
	case directory.Endpoints:
		l.ringUser(e, to)
	case directory.ViaTrunk:
		l.ringNumber(e, to)
	}
}

// unclaimed: nobody rings, an application may answer. No leg is left that could
// end, so this is its only signal.
func (l *leg) unclaimed(to directory.Application) {
	l.over = true
	l.giveBack()
	l.log.Info("left to an application", "to", string(to.Address))
	l.signal(call.LegUnclaimed{Leg: l.id()})
}

// ringUser rings every contact that the user has registered, at once.
func (l *leg) ringUser(e call.Dial, to directory.Endpoints) {
	l.peer, l.remote, l.name = directory.ByUser(to.User), to.Bindings[0].Flow.Remote.Addr(), to.User.ShownName()
	if !l.prepare() {
		return
	}
	for i, out := range l.legs.toUser(e, to, l.sound.negotiation.Offer) {
		l.invite(out, to.Bindings[i].Flow)
	}
	l.log.Info("ringing a user", "user", to.User.Name, "contacts", len(to.Bindings))
}

// ringNumber places the call on a trunk, when that has room for it.
func (l *leg) ringNumber(e call.Dial, to directory.ViaTrunk) {
	release, err := l.legs.cfg.Directory.Take(to.Trunk.Name)
	if err != nil {
		l.log.Info("trunk is full", "trunk", to.Trunk.Name, "error", err)
		l.end(refused(err, e.To))
		return
	}
	l.release, l.peer = release, directory.ByTrunk(to.Trunk)
	l.remote = l.legs.cfg.Locate(to.Trunk.Address)
	if !l.prepare() {
		return
	}
	l.warnOfCallerID(e.From, to.Trunk)
	l.invite(l.legs.toNumber(e, to, l.sound.negotiation.Offer), directory.Flow{})
	l.log.Info("ringing a number", "number", to.Number, "trunk", to.Trunk.Name)
}

// warnOfCallerID: most carriers let nobody call with a number that they have not
// given to them. What they say then seldom names the reason.
func (l *leg) warnOfCallerID(from call.Address, over directory.Trunk) {
	if n := from.Phone(); n != "" && len(over.Numbers) > 0 && !l.legs.cfg.Directory.Ours(n) {
		l.log.Warn("the caller id is none of our numbers: a carrier may refuse the call, or show another",
			"caller_id", n, "trunk", over.Name, "advice", "name one of the trunk's numbers as sourceCallerIdNumber, or add this one to trunks.numbers")
	}
}

// prepare takes the port for a leg that is dialled.
func (l *leg) prepare() bool {
	if err := l.open(); err != nil {
		l.log.Error("cannot dial", "error", err)
		l.end(call.Cause{Reason: call.Overloaded})
		return false
	}
	return true
}

func (l *leg) invite(out ua.Outgoing, flow directory.Flow) {
	out.Patience = silenceMost
	n := &line{leg: l, flow: flow}
	l.lines = append(l.lines, n)
	n.session = l.legs.cfg.UA.Invite(out, n)
	l.legs.counters.dialled.Add(1)
}

// progress: one of the lines rings, or lets us hear something already.
func (l *leg) progress(n *line, code int, body []byte) {
	if l.answered || n.over || code < 180 {
		return
	}
	// Early media of one line only: with several the port could not tell whom
	// it hears.
	if len(body) > 0 && len(l.lines) == 1 {
		l.legs.expectNAT(l.sound, n.flow.Remote.Addr())
		if err := l.sound.agree(body); err != nil {
			l.log.Info("early media not understood", "error", err)
		}
	}
	if !l.ringing {
		l.ringing = true
		l.signal(call.LegRinging{Leg: l.id()})
	}
}

// won: a line was answered, the first of them. The others stop ringing.
func (l *leg) won(n *line, body []byte, d ua.Dialog) {
	l.legs.expectNAT(l.sound, n.flow.Remote.Addr())
	if err := l.agreeFinally(body); err != nil {
		l.log.Info("answer cannot be used", "error", err)
		n.hangUp(ua.Reason{SIP: 488, Text: "answer cannot be used"})
		l.end(call.Cause{Reason: call.NotAcceptable})
		return
	}
	for _, other := range l.lines {
		if other != n {
			// RFC 3326 2: so that a phone does not list the call as missed.
			other.hangUp(ua.Reason{SIP: 200, Text: "Call completed elsewhere"})
		}
	}
	l.lines = []*line{n}
	l.answeredOn(n, d)
}

// agreeFinally applies the answer in a 2xx. One without a body confirms the
// description of a provisional response (RFC 3261 13.2.1).
func (l *leg) agreeFinally(body []byte) error {
	if len(body) == 0 && l.sound.params.Codec != nil {
		return nil
	}
	return l.sound.agree(body)
}

// lost: a line was refused or reached nobody. A 6xx speaks for all of them.
func (l *leg) lost(n *line) {
	if o := n.cause.Origin; (o == ua.Transport || o == ua.Timeout) && n.flow.Transport != "udp" {
		// RFC 5626 5.3: a phone whose connection broke has to register again.
		l.legs.cfg.Directory.FlowLost(n.flow)
	}
	best := n.cause
	for _, other := range l.lines {
		if !other.over && n.cause.Code < 600 {
			return
		}
		if other.over && other != n && better(other.cause, best) {
			best = other.cause
		}
	}
	l.end(failure(best))
}

// refused turns the directory's refusal into the call's words.
func refused(err error, to call.Address) call.Cause {
	var r *directory.Refusal
	if !errors.As(err, &r) {
		return call.Cause{Reason: call.Failed}
	}
	switch r.Kind {
	case directory.Forbidden:
		return call.Cause{Reason: call.NotAllowed}
	case directory.Busy:
		return call.Cause{Reason: call.Overloaded}
	}
	if to.IsPhone() {
		return call.Cause{Reason: call.NoTrunk, Detail: r.Reason}
	}
	return call.Cause{Reason: call.UnknownAddress}
}
