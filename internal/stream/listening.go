package stream

import (
	"context"
	"slices"
	"sync"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/mixer"
	"strowger/internal/speech/recognition"
)

// listen gives the ears what the room says, until there is no more of it, and has them
// tell what they have heard.
func (t *Transcript) listen(ctx context.Context) {
	defer close(t.heard)
	defer t.texts.close()
	defer t.tap.Close()
	var ending sync.WaitGroup
	defer ending.Wait()
	end := func(s *speaker) { ending.Go(func() { s.end(ctx) }) }
	for before := t.tap.First() - 1; ; {
		h, err := t.tap.Read(ctx)
		if err != nil || t.failed() != nil {
			break
		}
		for _, s := range t.present() {
			if !s.hear(h, t.tap.First(), before) {
				t.forget(s)
				end(s)
			}
		}
		before = h.Tick
	}
	for _, s := range t.leave() {
		if t.failed() != nil {
			s.ear.Close()
		} else {
			end(s)
		}
	}
}

// hear gives the ear a tick of the room that began with first, and silence for each that
// was dropped after the one before. It reports whether there may be more: somebody who
// has left is heard to their last tick.
func (s *speaker) hear(h *mixer.Heard, first, before uint64) bool {
	said := saidBy(h, s.member)
	if said == nil && s.gone.Load() {
		return false
	}
	if s.ticks.Load() == 0 {
		s.since.Store(h.Tick - first)
		before = h.Tick - 1
	}
	for range h.Tick - before - 1 {
		s.ear.Hear(nil, h.RateHz)
	}
	s.ear.Hear(said, h.RateHz)
	s.ticks.Add(h.Tick - before)
	return true
}

// end waits until the ear has told what it has heard, or ctx is done.
func (s *speaker) end(ctx context.Context) {
	defer s.ear.Close()
	defer context.AfterFunc(ctx, s.ear.Close)()
	s.ear.End()
}

// forget takes out somebody who has left.
func (t *Transcript) forget(s *speaker) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.speakers = slices.DeleteFunc(slices.Clone(t.speakers), func(other *speaker) bool { return other == s })
}

// leave takes out everybody, and lets nobody in any more.
func (t *Transcript) leave() []*speaker {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.speakers
	t.speakers, t.over = nil, true
	return all
}

// told takes what an ear tells of somebody.
func (t *Transcript) told(s *speaker, n recognition.News) {
	switch n := n.(type) {
	case recognition.Partial:
		heard := ticks(s.ticks.Load())
		t.texts.add(s.text(n.Heard, n.At, heard-n.At, intermediate), false)
	case recognition.Ended:
		if n.Text != "" {
			t.texts.add(s.text(n.Heard, n.At, n.Duration, final), true)
		}
	case recognition.Failed:
		t.fail(&n.Failure)
	}
}

func ticks(n uint64) time.Duration { return time.Duration(n) * media.FrameDuration }
