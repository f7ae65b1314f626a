package bridge

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/mixer"
	"strowger/internal/media/rtp"
)

// Witness is the sound of a leg that knows what became of what it sent.
type Witness interface {
	Mark() rtp.Mark
	Between(from, to rtp.Mark) rtp.Delivery
}

// hearer is somebody for whom a play is, from when it began or they came.
type hearer struct {
	address  call.Address
	witness  Witness
	from, to rtp.Mark
	sent     time.Duration
	left     atomic.Bool // the conversation, and reports no more
}

// lookEvery is how often it is looked whether a report has come, once a play is over.
const lookEvery = 50 * time.Millisecond

// proves reports whether it is to be told who has heard what.
func (c *conversation) proves() bool { return c.cfg.ProofOfHearing > 0 }

// watch notes where the stream to somebody is, for whom a play may be.
func (p *playing) watch(v voice) {
	w, ok := v.sound.(Witness)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hearers == nil {
		p.hearers = map[*mixer.Member]*hearer{}
	}
	p.hearers[v.member] = &hearer{address: v.address, witness: w, from: w.Mark()}
}

// watchAll notes it for all who are in the conversation.
func (c *conversation) watchAll(p *playing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, v := range c.voices {
		p.watch(v)
	}
}

// left is that somebody has left the conversation.
func (p *playing) left(m *mixer.Member) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h := p.hearers[m]; h != nil {
		h.left.Store(true)
	}
}

// prove says what became of a play to whom it was for: at the latest ProofOfHearing
// after its end, and before when no more reports will come.
func (c *conversation) prove(ctx context.Context, p *playing) []call.Hearing {
	hearers := p.heard()
	ctx, cancel := context.WithTimeout(ctx, c.cfg.ProofOfHearing)
	defer cancel()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		hearing, all := known(hearers)
		if all {
			return hearing
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			hearing, _ = known(hearers)
			return hearing
		}
	}
}

// heard are those who were given any of a play that is over.
func (p *playing) heard() (hearers []*hearer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for m, ticks := range p.playback.Heard() {
		if h := p.hearers[m]; h != nil && ticks > 0 {
			h.to = h.witness.Mark()
			h.sent = min(time.Duration(ticks), time.Duration(h.witness.Between(h.from, h.to).Sent)) * media.FrameDuration
			hearers = append(hearers, h)
		}
	}
	slices.SortFunc(hearers, func(a, b *hearer) int { return cmp.Compare(a.address, b.address) })
	return hearers
}

// known is what is known by now, and whether no more will be. Packets that are not reported
// yet are the last ones, and count as the play's: the first may not have been, for
// somebody who was let in amid it.
func known(hearers []*hearer) (hearing []call.Hearing, all bool) {
	all = true
	for _, h := range hearers {
		d := h.witness.Between(h.from, h.to)
		reported := max(h.sent-time.Duration(d.Sent-d.Reported)*media.FrameDuration, 0)
		lost := time.Duration(d.Lost) * media.FrameDuration
		hearing = append(hearing, call.Hearing{Participant: h.address, Sent: h.sent, Reported: reported, Received: max(reported-lost, 0)})
		all = all && (d.Reported == d.Sent || d.Mute || h.left.Load())
	}
	return hearing, all
}
