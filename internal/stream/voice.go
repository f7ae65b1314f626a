package stream

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"

	"strowger/internal/media"
	"strowger/internal/media/codec"
)

// VoiceMost is how much of what an application says may wait to be played, in samples at
// media.Wideband: five minutes. Whoever sends more is read more slowly.
const VoiceMost = 300 * media.Wideband

// voice is what an application says in a call: a media.Source. What it sends, in
// whatever pieces, is played on the clock's time. One goroutine says, another one, the
// clock's, reads; neither waits for the other.
type voice struct {
	// The sayer's.
	last   *piece
	up     codec.Resampler // to media.Wideband; nil when the application sends that
	rateHz int

	// The clock's.
	first   *piece
	taken   int  // of first
	waited  bool // a tick for more, before it begins
	playing bool

	written atomic.Uint64 // samples that were said
	played  atomic.Uint64 // samples that were played or left out
	until   atomic.Uint64 // what was said before is left out

	room chan struct{} // has a token when there may be room again

	mu    sync.Mutex // of what the clock does not touch
	marks []waitingMark
	done  []doneMark
}

// piece is sound that came in one message.
type piece struct {
	samples []int16
	next    atomic.Pointer[piece]
}

// waitingMark is to be answered when so many samples were played.
type waitingMark struct {
	id json.RawMessage
	at uint64
}

// doneMark is the answer to one.
type doneMark struct {
	id     json.RawMessage
	played bool
}

func newVoice(rateHz int) *voice {
	v := &voice{rateHz: rateHz, last: &piece{}, room: make(chan struct{}, 1)}
	v.first = v.last
	if rateHz != media.Wideband {
		v.up = codec.NewResampler(rateHz, media.Wideband)
	}
	return v
}

// say plays samples at the rate of the application, after those before. It waits while
// VoiceMost are there.
func (v *voice) say(ctx context.Context, samples []int16, mark json.RawMessage) error {
	for v.waiting() > VoiceMost {
		select {
		case <-v.room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p := &piece{samples: v.wideband(samples)}
	v.last.next.Store(p)
	v.last = p
	at := v.written.Add(uint64(len(p.samples)))
	if mark != nil {
		v.mu.Lock()
		v.marks = append(v.marks, waitingMark{mark, at})
		v.mu.Unlock()
	}
	return nil
}

// wideband is what samples become at media.Wideband. Between two messages the stream
// goes on.
func (v *voice) wideband(samples []int16) []int16 {
	if v.up == nil {
		return append([]int16(nil), samples...)
	}
	var out []int16
	var frame [media.MaxFrameSamples]int16
	for n := media.FrameSamples(v.rateHz); len(samples) > 0; samples = samples[min(n, len(samples)):] {
		made := v.up.Resample(frame[:], samples[:min(n, len(samples))])
		out = append(out, frame[:made]...)
	}
	return out
}

// stop leaves out what was said and was not played yet, and the marks in it.
func (v *voice) stop() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.settle()
	for _, m := range v.marks {
		v.done = append(v.done, doneMark{m.id, false})
	}
	v.marks = v.marks[:0]
	v.until.Store(v.written.Load())
}

// settle moves the marks that were reached to those that are done.
func (v *voice) settle() {
	n, played := 0, v.played.Load()
	for ; n < len(v.marks) && v.marks[n].at <= played; n++ {
		v.done = append(v.done, doneMark{v.marks[n].id, true})
	}
	v.marks = v.marks[n:]
}

// settled appends the marks that are done since it was asked last. It also lets who
// says go on when there is room.
func (v *voice) settled(dst []doneMark) []doneMark {
	if v.waiting() <= VoiceMost {
		select {
		case v.room <- struct{}{}:
		default:
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.settle()
	dst = append(dst, v.done...)
	v.done = v.done[:0]
	return dst
}

// waiting is how many samples are to be played.
func (v *voice) waiting() uint64 { return v.written.Load() - v.played.Load() }

// SampleRateHz implements media.Source.
func (v *voice) SampleRateHz() int { return media.Wideband }

// ReadFrame implements media.Source. A voice that begins has one tick's patience for a
// second frame: applications that send a frame each 20 ms do not do so exactly.
func (v *voice) ReadFrame(dst []int16) bool {
	if until, at := v.until.Load(), v.played.Load(); until > at {
		v.take(nil, until-at)
	}
	waiting := v.waiting()
	if waiting == 0 {
		v.playing, v.waited = false, false
		return false
	}
	if !v.playing && !v.waited && waiting < uint64(2*len(dst)) {
		v.waited = true
		return false
	}
	v.playing = true
	n := min(uint64(len(dst)), waiting)
	v.take(dst, n)
	clear(dst[n:])
	return true
}

// take moves n samples, which are there, to dst, or nowhere.
func (v *voice) take(dst []int16, n uint64) {
	v.played.Add(n)
	for n > 0 {
		if v.taken == len(v.first.samples) {
			v.first, v.taken = v.first.next.Load(), 0
			continue
		}
		some := v.first.samples[v.taken:]
		some = some[:min(uint64(len(some)), n)]
		if dst != nil {
			dst = dst[copy(dst, some):]
		}
		v.taken += len(some)
		n -= uint64(len(some))
	}
}
