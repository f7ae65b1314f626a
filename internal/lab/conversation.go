package lab

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/player"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/sdp"
	"strowger/internal/sip/ua"
)

// conversation is one call to one number. It is its session's observer, and the
// ticker that moves its sound.
type conversation struct {
	lab     *Lab
	number  Number
	offer   []byte
	log     *slog.Logger
	session *ua.Session
	offers  chan *ua.Offer // re-INVITEs

	acked    chan struct{} // closed by Answered
	gone     chan struct{} // closed by the end
	goneOnce sync.Once

	// Set by run before anything ticks.
	negotiation sdp.Negotiation
	rtp         *rtp.Session

	// What the number does with the sound; read by the clock.
	echo  atomic.Bool
	say   atomic.Pointer[player.Player]
	frame [media.Narrowband / 50]int16
}

func newConversation(l *Lab, n Number, offer []byte) *conversation {
	return &conversation{
		lab: l, number: n, offer: offer, log: l.log.With("number", n.E164),
		offers: make(chan *ua.Offer, 4), acked: make(chan struct{}), gone: make(chan struct{}),
	}
}

// run does what the number does, until the call is over.
func (c *conversation) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if c.number.rings {
		c.wait(ctx, nil)
		return
	}
	io, err := c.lab.cfg.Ports.Listen(c.lab.Addr().Addr())
	if err != nil {
		c.log.Warn("no port", "error", err)
		c.session.Reject(503, "", nil)
		return
	}
	c.rtp = rtp.NewSession(rtp.Config{Transport: io})
	var wg sync.WaitGroup
	defer wg.Wait()
	defer c.rtp.Close()
	wg.Go(func() { _ = c.rtp.Run(ctx) })
	if !c.answer() || !c.wait(ctx, c.acked) {
		return
	}
	c.lab.clock.Attach(c)
	defer c.lab.clock.Detach(c)
	wg.Go(func() { c.number.then(ctx, c) })
	c.wait(ctx, nil)
	cancel()
}

func (c *conversation) answer() bool {
	local := c.rtp.LocalAddr()
	c.negotiation = sdp.Negotiation{Codecs: codec.G711, Session: uint64(local.Port()), Local: local}
	body, err := c.accept(c.offer)
	if err != nil {
		c.log.Info("offer cannot be used", "error", err)
		c.session.Reject(488, "", nil)
		return false
	}
	c.session.Answer(body, nil)
	return true
}

func (c *conversation) accept(offer []byte) ([]byte, error) {
	body, agreed, err := c.negotiation.Answer(offer)
	if err != nil {
		return nil, err
	}
	return body, c.rtp.Update(agreed)
}

// wait answers re-INVITEs until something happens, and reports whether the call
// is still there.
func (c *conversation) wait(ctx context.Context, something <-chan struct{}) bool {
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
		}
	}
}

func (c *conversation) renegotiate(o *ua.Offer) {
	if len(o.SDP) == 0 {
		o.Answer(c.negotiation.Offer())
		return
	}
	body, err := c.accept(o.SDP)
	if err != nil {
		o.Decline(488, "")
		return
	}
	o.Answer(body)
}

func (c *conversation) hangUp() { c.session.Hangup(ua.Reason{}) }

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

// The methods of ua.Observer, on a SIP shard.

// Progress: the lab dials nobody.
func (c *conversation) Progress(int, []byte, ua.Dialog) {}

// Answered: our answer was acknowledged.
func (c *conversation) Answered([]byte, ua.Dialog) { close(c.acked) }

// Reinvited: what was answered to our offer changes nothing but the address.
func (c *conversation) Reinvited(code int, body []byte, _ ua.Dialog) {
	if agreed, err := c.negotiation.Agree(body); err == nil && code < 300 {
		_ = c.rtp.Update(agreed)
	}
}

// Offer is a re-INVITE.
func (c *conversation) Offer(o *ua.Offer) {
	select {
	case c.offers <- o:
	default:
		o.Decline(500, "")
	}
}

// Failed and Ended: the call is over.
func (c *conversation) Failed(ua.Cause) { c.goneOnce.Do(func() { close(c.gone) }) }

// Ended is Failed after the answer.
func (c *conversation) Ended(cause ua.Cause) { c.Failed(cause) }
