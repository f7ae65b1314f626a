package bridge

import (
	"context"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/greeting"
	"strowger/internal/media/mixer"
)

// How much of a leg a detection may be behind: two seconds, read every second tick. What
// it is behind by is silence to it, and counts as time.
const (
	detectedTicks = 100
	detectedEvery = 2
)

// detectMachine has it heard who has answered on a leg, beside the conversation. A leg
// that is over already has said so.
func (c *conversation) detectMachine(ctx context.Context, leg call.LegID) {
	v, ok := c.voices[leg]
	if !ok {
		return
	}
	tap := c.room.Tap(mixer.TapConfig{Ticks: detectedTicks, Every: detectedEvery, Voices: true})
	c.detecting[leg] = tap
	d := &detection{leg: leg, member: v.member, tap: tap, detector: greeting.NewDetector(), signal: func(sig call.Signal) { c.cfg.Signals.Signal(c.id, sig) }}
	c.tasks.Go(func() { d.run(ctx) })
}

func (c *conversation) stopDetecting(leg call.LegID) {
	if tap := c.detecting[leg]; tap != nil {
		tap.Close()
		delete(c.detecting, leg)
	}
}

// detection listens to one leg. It belongs to one goroutine.
type detection struct {
	leg      call.LegID
	member   *mixer.Member
	tap      *mixer.Tap
	detector *greeting.Detector
	signal   func(call.Signal)

	halver codec.Resampler // of a wideband room; made when first needed
	narrow [media.Narrowband / 50]int16
}

// run returns when there is nothing more to find out, or the tap or ctx is done.
func (d *detection) run(ctx context.Context) {
	defer d.tap.Close()
	tick := d.tap.First()
	for {
		heard, err := d.tap.Read(ctx)
		if err != nil {
			return
		}
		for ; tick < heard.Tick; tick++ { // dropped
			if d.write(nil) {
				return
			}
		}
		tick++
		if d.write(d.voice(heard)) {
			return
		}
	}
}

// voice is what the leg said in a tick, at 8 kHz; nil for silence.
func (d *detection) voice(h *mixer.Heard) []int16 {
	for _, said := range h.Said {
		if said.Member != d.member {
			continue
		}
		if h.RateHz == media.Narrowband {
			return said.Samples
		}
		if d.halver == nil {
			d.halver = codec.NewResampler(media.Wideband, media.Narrowband)
		}
		d.halver.Resample(d.narrow[:], said.Samples)
		return d.narrow[:]
	}
	return nil
}

// write gives the detector a frame and tells what it finds. It reports whether that was
// the last.
func (d *detection) write(frame []int16) (done bool) {
	switch d.detector.Write(frame) {
	case greeting.Judged:
		v := d.detector.Verdict()
		d.signal(call.AnswererHeard{Leg: d.leg, Answerer: answerers[v.Answerer], Confidence: v.Confidence})
		return v.Answerer != greeting.Machine
	case greeting.Ended:
		d.signal(call.GreetingHeard{Leg: d.leg, End: endings[d.detector.Ending()]})
		return true
	}
	return false
}

// What is heard, in the words of the rules.
var (
	answerers = map[greeting.Answerer]call.Answerer{
		greeting.Human: call.AnsweredByHuman, greeting.Machine: call.AnsweredByMachine, greeting.Fax: call.AnsweredByFax, greeting.Unknown: call.AnsweredByUnknown,
	}
	endings = map[greeting.Ending]call.GreetingEnd{
		greeting.Beep: call.EndedByBeep, greeting.Silence: call.EndedBySilence, greeting.Limit: call.EndedByLimit,
	}
)
