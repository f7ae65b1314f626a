package lab

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/dtmf"
	"strowger/internal/media/player"
	"strowger/internal/sip/ua"
)

const (
	// notesMost is what may wait to be reported; the clock drops what is more.
	notesMost = 64
	// keysApart is the silence between two keys with no comma between them.
	keysApart = 200 * time.Millisecond
	// worthTelling is the shortest silence that is reported.
	worthTelling = time.Second
)

// caller is one call that the lab places: its session's observer, and the ticker
// that moves its sound. Its goroutine (run) is the only one that reports.
type caller struct {
	side
	cfg   CallConfig
	clock *media.Clock
	began time.Time

	rings chan []byte // provisional responses: their sound, if any
	notes chan string
	say   atomic.Pointer[player.Tape]
	said  chan struct{} // closed when all was said

	// Run's own.
	rang  bool
	hears bool // the clock ticks

	// The clock's own until it is detached.
	ear      ear
	heardAny bool
	heard    []int16
	frame    [media.Narrowband / 50]int16
}

func newCaller(cfg CallConfig) *caller {
	return &caller{
		side: newSide(), cfg: cfg, clock: media.NewClock(1), began: time.Now(),
		rings: make(chan []byte, 16), notes: make(chan string, notesMost), said: make(chan struct{}),
		heard: make([]int16, 0, media.FrameSamples(media.Narrowband)*media.Frames(cfg.For)),
	}
}

func (c *caller) run(ctx context.Context) (result CallResult) {
	if c.ring(ctx) {
		result.Answered = true
		c.talk(ctx)
	}
	if c.hears {
		c.clock.Detach(c)
	}
	result.Heard = &player.Audio{RateHz: media.Narrowband, Samples: c.heard}
	return result
}

func (c *caller) report(what string) { c.cfg.Report(time.Since(c.began), what) }

// ring waits for the answer, and reports whether it came.
func (c *caller) ring(ctx context.Context) bool {
	gaveUp := "not answered: hung up"
	patience, done := time.NewTimer(ringsMost), ctx.Done()
	defer patience.Stop()
	for {
		select {
		case sdp := <-c.rings:
			c.progress(sdp)
		case body := <-c.answered:
			c.up(body)
			return true
		case <-c.gone:
			return c.unanswered(gaveUp)
		case <-patience.C:
			gaveUp = "not answered: gave up after " + seconds(ringsMost)
			c.hangUp()
		case <-done:
			done = nil
			c.hangUp()
		}
	}
}

// unanswered says why nobody answered, unless somebody did just before the end.
func (c *caller) unanswered(gaveUp string) (answered bool) {
	select {
	case body := <-c.answered:
		c.up(body)
		return true
	default:
	}
	c.progressSoFar()
	if c.cause.Origin == ua.Local && c.cause.Code != 400 {
		c.report(gaveUp)
	} else {
		c.report(ending(c.cause, false, c.cfg.Server))
	}
	return false
}

// progress is told once: that it rings, or that there is sound before the answer.
func (c *caller) progress(sdp []byte) {
	if len(sdp) > 0 && !c.hears && c.listen(sdp) {
		c.report("sound before the answer")
		return
	}
	if !c.rang {
		c.rang = true
		c.report("ringing")
	}
}

func (c *caller) progressSoFar() {
	for {
		select {
		case sdp := <-c.rings:
			c.progress(sdp)
		default:
			return
		}
	}
}

// up begins a conversation with the answer to our offer.
func (c *caller) up(body []byte) {
	c.progressSoFar()
	c.report("answered")
	if !c.listen(body) {
		c.report("what was answered cannot be used: no sound")
	}
}

// listen lets sound go both ways as an answer says.
func (c *caller) listen(answer []byte) bool {
	if err := c.agree(answer); err != nil {
		return false
	}
	if !c.hears {
		c.hears = true
		c.clock.Attach(c)
	}
	return true
}

// talk does what the caller is to do until the call is over.
func (c *caller) talk(ctx context.Context) {
	doing, cancel := context.WithCancel(ctx)
	var script sync.WaitGroup
	script.Go(func() { c.script(doing) })
	defer script.Wait()
	defer cancel()
	end, done := time.NewTimer(c.cfg.For), ctx.Done()
	defer end.Stop()
	why := "hung up"
	for {
		select {
		case note := <-c.notes:
			c.report(note)
		case o := <-c.offers:
			c.renegotiate(o)
		case answer := <-c.answers:
			c.listen(answer)
		case <-end.C:
			why = "hung up after " + seconds(c.cfg.For)
			c.hangUp()
		case <-done:
			done = nil
			c.hangUp()
		case <-c.gone:
			c.over(why)
			return
		}
	}
}

// over reports what was heard last, and who ended the call.
func (c *caller) over(why string) {
	if c.hears {
		c.clock.Detach(c)
		c.hears = false
	}
	for len(c.notes) > 0 {
		c.report(<-c.notes)
	}
	if last := c.ear.stretch(); last.sound {
		c.report(last.String())
	} else if !c.heardAny {
		c.report("nothing was heard")
	}
	if c.cause.Origin != ua.Local {
		why = ending(c.cause, true, c.cfg.Server)
	}
	c.report(why)
}

// script speaks and presses keys.
func (c *caller) script(ctx context.Context) {
	if !pause(ctx, c.cfg.Wait) {
		return
	}
	if p := c.cfg.Say; p != nil {
		c.say.Store(p.Tape())
		select {
		case <-c.said:
			c.note(ctx, "spoke for "+seconds(p.Duration()))
		case <-ctx.Done():
			return
		}
	}
	for _, s := range c.cfg.Press.strokes {
		if !pause(ctx, s.pause) || !c.press(ctx, s.key) {
			return
		}
	}
}

// press is told before: whoever waits for the key may hang up as soon as it is
// heard.
func (c *caller) press(ctx context.Context, key dtmf.Digit) bool {
	if !c.note(ctx, "pressing "+key.String()) {
		return false
	}
	select {
	case err := <-c.rtp.SendDTMF([]dtmf.Digit{key}, keyTone, keysApart):
		if err != nil {
			return c.note(ctx, key.String()+" was not pressed: "+err.Error())
		}
		return true
	case <-ctx.Done():
		return false
	}
}

// note is reported by run. It reports whether the call is still there.
func (c *caller) note(ctx context.Context, what string) bool {
	select {
	case c.notes <- what:
		return true
	case <-ctx.Done():
		return false
	}
}

// overheard is note for those who must not wait.
func (c *caller) overheard(what string) {
	select {
	case c.notes <- what:
	default:
	}
}

func (c *caller) keyHeard(key dtmf.Digit, _ time.Time) { c.overheard("heard key " + key.String()) }

// Progress is a provisional response.
func (c *caller) Progress(_ int, sdp []byte, _ ua.Dialog) {
	select {
	case c.rings <- sdp:
	default:
	}
}

// Tick moves one frame each way.
func (c *caller) Tick() {
	frame := c.frame[:]
	if !c.rtp.ReadFrame(frame) {
		clear(frame)
	}
	if ended, ok := c.ear.hear(frame); ok && (ended.sound || ended.length >= worthTelling) {
		c.overheard(ended.String())
	}
	c.heardAny = c.heardAny || c.ear.sounding
	c.heard = append(c.heard, frame...)
	if p := c.say.Load(); p != nil && !p.ReadFrame(frame) {
		c.say.Store(nil)
		close(c.said)
	} else if p == nil {
		clear(frame)
	}
	c.rtp.WriteFrame(frame)
}
