package ua

import (
	"slices"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/meter"
	"strowger/internal/sip/transaction"
	"strowger/internal/sip/transport"
)

const (
	// mostTries is how many INVITEs a call that is challenged takes: the first, one
	// with credentials, and one with a nonce that is not stale.
	mostTries = 3
	// How many answers that are nobody's are ended, for each host: a second, and
	// at once.
	strayRate  = 20
	strayBurst = 500
)

// TakeBack ends a call that an earlier process with the same Secret has placed
// with the same words, and that may ring, be answered, or be over by now: whoever
// rings is cancelled, and an answer that comes is acknowledged and followed by a
// BYE. Nobody is told.
func (u *UA) TakeBack(out Outgoing, r Reason) {
	t := &takenBack{shard: u.shard(out.CallID), out: out, reasons: r.headers(), acks: map[string]*acknowledgement{}}
	t.shard.Post(t.begin)
}

// takenBack are the INVITEs of one such call. It belongs to the shard's
// goroutine.
type takenBack struct {
	shard   *shard
	out     Outgoing
	reasons []sip.Header
	acks    map[string]*acknowledgement // by the far end's tag
}

// begin cancels whatever may have been sent: how often the far end asked for
// credentials is not known, nor whether it took TCP. It answers 481 to what
// there is not.
func (t *takenBack) begin() {
	key := sessionKey{t.out.CallID, t.shard.ua.callerTag(t.out.CallID)}
	tries := uint32(1)
	if t.out.Credentials.Username != "" {
		tries = mostTries
	}
	for cseq := uint32(1); cseq <= tries; cseq++ {
		for _, udpOnly := range []bool{false, true} {
			p, err := t.shard.invitation(t.out, key, cseq)
			if err != nil {
				t.shard.ua.log.Warn("cannot take a call back", "call_id", t.out.CallID, "error", err)
				return
			}
			p.udpOnly, p.stopped = udpOnly, true
			t.cancel(p)
			if !p.large {
				break
			}
		}
	}
}

func (t *takenBack) cancel(p *pending) {
	via, err := p.prepare()
	if err != nil {
		t.shard.ua.log.Warn("cannot take a call back", "call_id", t.out.CallID, "error", err)
		return
	}
	p.final = func(res *sip.Response, _ error) { t.answered(p, res) }
	p.tx = t.shard.Adopt(p.sent, via, p.flow, p)
	p.tx.Cancel(t.reasons...)
	t.shard.After(64*transaction.T1, func() { p.tx.Abandon() })
}

// answered: a final response came. Refusals are acknowledged by the transaction.
func (t *takenBack) answered(p *pending, res *sip.Response) {
	if res == nil || !res.IsSuccess() {
		return
	}
	tag := tagOf(res.To().Params)
	if ack, known := t.acks[tag]; known {
		ack.send()
		return
	}
	d := callerDialog(p, res)
	ack, err := p.ack(d)
	if err != nil {
		t.shard.ua.log.Warn("cannot acknowledge an answer", "call_id", d.CallID, "error", err)
	}
	t.acks[tag] = ack
	ack.send()
	t.shard.endDialog(d, t.out.Credentials, t.reasons)
}

// answeredNobody ends what a 2xx began of which no session knows, when the call is
// provably ours: of an earlier process, most likely (RFC 3261 13.2.2.4).
func (sh *shard) answeredNobody(res *sip.Response, from transport.Flow) {
	d := strayDialog(res, from)
	if d.LocalTag != sh.ua.callerTag(d.CallID) || !sh.ua.strays.Take(meter.Host(from.Remote().Addr()), 1) {
		return
	}
	sh.ua.log.Info("ending an answer to nobody", "call_id", d.CallID, "source", from.Remote().String())
	ack, err := sh.ack(d, d.LocalCSeq, nil)
	if err != nil {
		sh.ua.log.Warn("cannot acknowledge an answer", "call_id", d.CallID, "error", err)
	}
	ack.send()
	d.LocalCSeq += resumeGap
	sh.endDialog(d, Credentials{}, nil)
}

// strayDialog is the dialog that a 2xx makes, from nothing else.
func strayDialog(res *sip.Response, from transport.Flow) Dialog {
	d := Dialog{
		CallID: res.CallID().Value(), Role: Caller,
		LocalTag: tagOf(res.From().Params), RemoteTag: tagOf(res.To().Params),
		LocalURI: res.From().Address.String(), RemoteURI: res.To().Address.String(),
		RemoteTarget: res.To().Address.String(), RouteSet: recordRoutes(res), LocalCSeq: res.CSeq().SeqNo,
	}
	slices.Reverse(d.RouteSet)
	if c := res.Contact(); c != nil {
		d.RemoteTarget = c.Address.String()
	}
	d.aim(from, from.Remote())
	return d
}
