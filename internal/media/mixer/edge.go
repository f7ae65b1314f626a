package mixer

import (
	"fmt"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/codec"
)

// edge is where a stream enters the room or leaves it: it brings frames from
// one rate to another.
//
// Every edge delays its stream by codec.Latency, also one between equal rates,
// which could do without. So a stream can pass from one edge to another that
// has heard the same, and no sample is lost, doubled or moved in time.
type edge struct {
	fromHz, toHz int

	resampler codec.Resampler // nil between equal rates
	line      []int16         // equal rates: what is held back, then the frame
	fresh     []int16         // the frame that comes in
	due       []int16         // the frame that goes out
	quiet     bool            // what is held back is silence
}

func newEdge(fromHz, toHz int) *edge {
	e := &edge{fromHz: fromHz, toHz: toHz, quiet: true}
	if fromHz != toHz {
		e.resampler = codec.NewResampler(fromHz, toHz)
		e.fresh = make([]int16, media.FrameSamples(fromHz))
		e.due = make([]int16, media.FrameSamples(toHz))
		return e
	}
	frame, held := media.FrameSamples(fromHz), int(codec.Latency*time.Duration(fromHz)/time.Second)
	e.line = make([]int16, held+frame)
	e.fresh, e.due = e.line[held:], e.line[:frame]
	return e
}

// from is an edge for a stream that may have changed its rate: e itself while
// it has not.
func (e *edge) from(hz int) *edge {
	if e.fromHz == hz {
		return e
	}
	return newEdge(hz, e.toHz)
}

// to is from for the other side of the edge.
func (e *edge) to(hz int) *edge {
	if e.toHz == hz {
		return e
	}
	return newEdge(e.fromHz, hz)
}

// turned is a new edge that leads to another rate and is about to pass the frame
// that e passed last.
func (e *edge) turned(toHz int) *edge {
	n := newEdge(e.fromHz, toHz)
	copy(n.fresh, e.fresh)
	return n
}

// next is where the next frame goes. The frame that is due is gone with it.
func (e *edge) next() []int16 {
	if e.resampler == nil {
		copy(e.line, e.line[len(e.due):])
	}
	return e.fresh
}

// pass takes the frame in next, or silence when that is not voiced. It gives
// the frame that is due, or reports that it is silent.
func (e *edge) pass(voiced bool) (due []int16, sounds bool) {
	if !voiced {
		clear(e.fresh)
		if e.quiet {
			return nil, false
		}
	}
	e.quiet = !voiced // a frame is longer than what is held back
	if e.resampler != nil {
		e.resampler.Resample(e.due, e.fresh)
	}
	return e.due, true
}

// String prints the stage that the edge is, or nothing when it changes nothing
// but the time.
func (e *edge) String() string {
	if e.resampler == nil {
		return ""
	}
	return fmt.Sprintf(" → Resample(%d)", e.toHz)
}
