package bridge

import (
	"context"
	"io"

	"strowger/internal/call"
	"strowger/internal/media/player"
)

// openSpeech begins to speak, and returns when the first of it can be heard. What was
// spoken before in the same way is there at once.
func (l *Library) openSpeech(ctx context.Context, src call.PlaySource, rateHz int) (Sound, error) {
	key := keyOf(src)
	if r := l.find(key); r != nil {
		return &keptSound{samples: l.at(r, rateHz).Samples()}, nil
	}
	r, err := l.speaker.Speak(ctx, *src.Speech)
	if err != nil {
		return nil, err
	}
	return newStream(&learning{Reader: r, library: l, key: key}, rateHz), nil
}

// find is what is kept under a key, or nil.
func (l *Library) find(key soundKey) *recording {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.kept[key]
	if e == nil {
		return nil
	}
	l.order.MoveToFront(e)
	return e.Value.(*recording)
}

// learning is sound that the library keeps once it was read to its end, if it is
// small enough and there is room meanwhile.
type learning struct {
	Reader
	library *Library
	key     soundKey
	samples []int16
	held    int  // bytes of the budget for fetches
	over    bool // it is kept already, or never will be
}

// Read implements Reader.
func (r *learning) Read(samples []int16) (int, error) {
	n, err := r.Reader.Read(samples)
	if more := 2 * n; !r.over {
		if r.held+more > keptMost || !r.library.fetches.take(more) {
			r.forget()
		} else {
			r.held += more
			r.samples = append(r.samples, samples[:n]...)
		}
	}
	if err == io.EOF && !r.over {
		r.library.keep(r.key, &player.Audio{RateHz: r.RateHz(), Samples: r.samples})
		r.forget()
	}
	return n, err
}

// forget gives back what was held.
func (r *learning) forget() {
	r.library.fetches.give(r.held)
	r.samples, r.held, r.over = nil, 0, true
}

// Close implements Reader.
func (r *learning) Close() {
	r.forget()
	r.Reader.Close()
}
