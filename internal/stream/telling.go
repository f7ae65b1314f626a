package stream

import (
	"context"
	"math"
	"slices"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/mixer"
)

// telling is what is told over one socket.
type telling struct {
	*Stream
	socket *socket
	first  uint64 // the room's tick that it begins with
	began  time.Time

	mixed   *person // everybody, of a stream that is mixed
	sum     [media.MaxFrameSamples]int32
	all     [media.MaxFrameSamples]int16
	wide    [media.MaxFrameSamples]int16 // a frame at media.Wideband
	fast    [fastest / 50]int16          // and at a higher rate
	message []byte
	marks   []doneMark
}

// tick tells of a tick: of keys and marks first, and then of each voice.
func (t *telling) tick(ctx context.Context, h *mixer.Heard) error {
	if err := t.settle(ctx); err != nil {
		return err
	}
	at := t.began.Add(time.Duration(h.Tick-t.first) * media.FrameDuration)
	if !t.spec.Spec.Unmixed {
		return t.frame(ctx, at, t.mixed, t.everybody(h), h.RateHz)
	}
	for _, p := range t.people(h) {
		if err := t.frame(ctx, at, p, saidBy(h, p.member), h.RateHz); err != nil {
			return err
		}
	}
	return nil
}

// settle tells of keys that were pressed and of marks that were reached.
func (t *telling) settle(ctx context.Context) error {
	for {
		select {
		case key := <-t.keys:
			if err := t.socket.write(ctx, tone(key)); err != nil {
				return err
			}
			continue
		default:
		}
		break
	}
	if t.voice == nil {
		return nil
	}
	t.marks = t.voice.settled(t.marks[:0])
	for _, m := range t.marks {
		status := "Completed"
		if !m.played {
			status = "Cancelled"
		}
		if err := t.socket.write(ctx, mark(m.id, status)); err != nil {
			return err
		}
	}
	return nil
}

// people are whose voices are told of. Who has left is until there is no more of it.
func (t *telling) people(h *mixer.Heard) []*person {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.voices = slices.DeleteFunc(t.voices, func(p *person) bool { return p.gone && saidBy(h, p.member) == nil })
	return slices.Clone(t.voices)
}

// saidBy is what a member said in a tick that the others heard; nil: nothing.
func saidBy(h *mixer.Heard, m *mixer.Member) []int16 {
	for _, said := range h.Said {
		if said.Member == m && said.Heard {
			return said.Samples
		}
	}
	return nil
}

// everybody is what all said, but for the application itself; nil: nothing. What is
// played to them is not among it.
func (t *telling) everybody(h *mixer.Heard) []int16 {
	samples, voices := media.FrameSamples(h.RateHz), 0
	clear(t.sum[:samples])
	for _, said := range h.Said {
		if said.Member == t.speaker || !said.Heard {
			continue
		}
		voices++
		for i, s := range said.Samples {
			t.sum[i] += int32(s)
		}
	}
	if voices == 0 {
		return nil
	}
	for i, s := range t.sum[:samples] {
		t.all[i] = int16(min(max(s, math.MinInt16), math.MaxInt16))
	}
	return t.all[:samples]
}

// frame tells of one voice in one tick.
func (t *telling) frame(ctx context.Context, at time.Time, p *person, samples []int16, rateHz int) error {
	silent := samples == nil && p.quiet // what a filter holds back is sound yet
	p.quiet = samples == nil
	p.track.Lay(&t.wide, samples, rateHz)
	out := t.wide[:]
	if to := t.spec.Spec.RateHz; to != media.Wideband {
		if p.up == nil {
			p.up = codec.NewResampler(media.Wideband, to)
		}
		out = t.fast[:p.up.Resample(t.fast[:], out)]
	}
	t.message = audio(t.message[:0], at, p.name, out, silent)
	return t.socket.write(ctx, t.message)
}
