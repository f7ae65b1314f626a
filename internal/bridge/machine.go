package bridge

import (
	"context"
	"maps"
	"sync"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/greeting"
	"strowger/internal/media/mixer"
)

// detectedEvery is after how many ticks a detection is woken.
const detectedEvery = 2

// detectMachine has it heard who has answered on a leg, beside the conversation.
func (c *conversation) detectMachine(ctx context.Context, leg call.LegID) {
	o, ok := c.overhear(leg, detectedEvery)
	if !ok {
		return
	}
	c.detecting[leg] = o.tap
	d := &detection{leg: leg, detector: greeting.NewDetector(), counts: &c.of.answers, signal: func(sig call.Signal) { c.cfg.Signals.Signal(c.id, sig) }}
	c.tasks.Go(func() { o.each(ctx, d.hear) })
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
	detector *greeting.Detector
	counts   *answerCounts
	signal   func(call.Signal)

	halver codec.Resampler // of a wideband room; made when first needed
	narrow [media.Narrowband / 50]int16
}

// hear takes the next tick, and reports whether there is more to find out.
func (d *detection) hear(said *mixer.Said, rateHz int) (more bool) {
	if said == nil {
		return d.write(nil)
	}
	return d.write(d.narrowed(said.Samples, rateHz))
}

// narrowed is a frame at 8 kHz.
func (d *detection) narrowed(frame []int16, rateHz int) []int16 {
	if rateHz == media.Narrowband {
		return frame
	}
	if d.halver == nil {
		d.halver = codec.NewResampler(media.Wideband, media.Narrowband)
	}
	d.halver.Resample(d.narrow[:], frame)
	return d.narrow[:]
}

// write gives the detector a frame and tells what it finds.
func (d *detection) write(frame []int16) (more bool) {
	switch d.detector.Write(frame) {
	case greeting.Judged:
		v := d.detector.Verdict()
		d.counts.add(answerers[v.Answerer])
		d.signal(call.AnswererHeard{Leg: d.leg, Answerer: answerers[v.Answerer], Confidence: v.Confidence})
		return v.Answerer == greeting.Machine
	case greeting.Ended:
		d.signal(call.GreetingHeard{Leg: d.leg, End: endings[d.detector.Ending()]})
		return false
	}
	return true
}

// answerCounts count who has answered.
type answerCounts struct {
	mu  sync.Mutex
	all map[call.Answerer]uint64
}

func (c *answerCounts) add(who call.Answerer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[call.Answerer]uint64{}
	}
	c.all[who]++
}

// Answerers is how often who has answered was heard to be whom.
func (b *Bridge) Answerers() map[call.Answerer]uint64 {
	b.answers.mu.Lock()
	defer b.answers.mu.Unlock()
	return maps.Clone(b.answers.all)
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
