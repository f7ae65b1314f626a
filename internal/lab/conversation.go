package lab

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"strowger/internal/media"
	"strowger/internal/media/player"
)

// conversation is one call to one number. It is its session's observer, and the
// ticker that moves its sound.
type conversation struct {
	side
	lab    *Lab
	number Number
	offer  []byte
	log    *slog.Logger

	// What the number does with the sound; read by the clock.
	echo  atomic.Bool
	say   atomic.Pointer[player.Tape]
	frame [media.Narrowband / 50]int16
}

func newConversation(l *Lab, n Number, offer []byte) *conversation {
	return &conversation{side: newSide(), lab: l, number: n, offer: offer, log: l.log.With("number", n.E164)}
}

// run does what the number does, until the call is over.
func (c *conversation) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if c.number.rings {
		c.wait(ctx, nil)
		return
	}
	stop, err := c.openSound(ctx, c.lab.cfg.Ports, c.lab.Addr().Addr(), nil)
	if err != nil {
		c.log.Warn("no port", "error", err)
		c.session.Reject(503, "", nil)
		return
	}
	defer stop()
	if !c.answer() || !c.wait(ctx, c.answered) {
		return
	}
	c.lab.clock.Attach(c)
	defer c.lab.clock.Detach(c)
	var doing sync.WaitGroup
	doing.Go(func() { c.number.then(ctx, c) })
	defer doing.Wait()
	c.wait(ctx, nil)
	cancel()
}

func (c *conversation) answer() bool {
	body, err := c.accept(c.offer)
	if err != nil {
		c.log.Info("offer cannot be used", "error", err)
		c.session.Reject(488, "", nil)
		return false
	}
	c.session.Answer(body, nil)
	return true
}

// wait answers re-INVITEs until something happens, and reports whether the call
// is still there.
func (c *conversation) wait(ctx context.Context, something <-chan []byte) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-c.gone:
			return false
		case <-something:
			return true
		case o := <-c.offers:
			c.renegotiate(o)
		case answer := <-c.answers:
			c.keep(answer)
		}
	}
}

// keep agrees to what was answered to an offer of ours, if it can be used.
func (c *conversation) keep(answer []byte) {
	if err := c.agree(answer); err != nil {
		c.log.Info("answer cannot be used", "error", err)
	}
}

// Tick moves one frame each way.
func (c *conversation) Tick() {
	frame := c.frame[:]
	heard := c.rtp.ReadFrame(frame) && c.echo.Load()
	if p := c.say.Load(); p != nil {
		heard = p.ReadFrame(frame)
	}
	if !heard {
		clear(frame)
	}
	c.rtp.WriteFrame(frame)
}
