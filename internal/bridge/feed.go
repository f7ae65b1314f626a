package bridge

import (
	"context"
	"io"
	"sync"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/player"
)

// Sound is one source that was opened. It belongs to one goroutine.
type Sound interface {
	// Next is the next piece of it, or io.EOF, or why there is no more.
	Next() (Piece, error)
	Close()
}

// Piece is a stretch of sound, at the rate that was asked for. Nobody changes it.
type Piece struct {
	Samples []int16
	Kept    bool // by a library, which counts its bytes
}

func (p Piece) bytes() int { return 2 * len(p.Samples) }

// idleMost is how long a source that was opened ahead of need may wait for its turn
// before it is let go: a server does not keep a connection for ever.
const idleMost = 10 * time.Second

// feed brings the sources of one play to its tape, ahead of the clock but not far:
// one source is opened and read, as fast as the tape takes it, and the next is
// opened at the same time. After run, end is called.
type feed struct {
	sources []call.PlaySource
	loop    bool
	open    func(ctx context.Context, src call.PlaySource) (Sound, error)
	tape    *player.Tape
	budget  *budget         // of the call
	begun   func()          // called when there is something on the tape
	turn    <-chan struct{} // closed when the tape may be played; before, only its beginning is brought

	tasks  sync.WaitGroup
	coming *coming // the source that is being opened ahead
	held   int     // bytes of the budget for what is on the tape
	round  round
}

// coming is a source that is being opened.
type coming struct {
	source int
	early  bool        // before the turn
	opened chan opened // closed when the source was let go
}

type opened struct {
	sound Sound
	err   error
}

// round is what a loop has played, as long as that may be kept.
type round struct {
	pieces []Piece
	held   int // bytes of the budget
	over   bool
}

// run returns when all is on the tape, or which source could not be brought there
// and why. Nothing of it is left running then.
func (f *feed) run(ctx context.Context) (source int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer f.tasks.Wait()
	defer cancel()
	f.round.over = !f.loop
	for {
		size := 0
		for i := range f.sources {
			n, err := f.bring(ctx, i)
			if err != nil {
				return i, err
			}
			size += n
		}
		if !f.loop || size == 0 {
			return 0, nil // a loop over nothing ends rather than spins
		}
		if !f.round.over {
			return 0, f.repeat(ctx)
		}
	}
}

// bring puts one source on the tape and returns how many bytes that was. One that fails
// before its turn is tried again then: an engine may have room, or a file be there.
func (f *feed) bring(ctx context.Context, source int) (size int, err error) {
	mine := f.coming
	f.openNext(ctx, source)
	early := !f.due()
	if mine != nil {
		early = mine.early
	}
	sound, err := f.sound(ctx, source, mine)
	if err != nil && early && f.await(ctx) {
		sound, err = f.open(ctx, f.sources[source])
	}
	if err != nil {
		return 0, err
	}
	s := &bookmark{Sound: sound, open: func() (Sound, error) { return f.open(ctx, f.sources[source]) }}
	defer s.Close()
	for {
		if err := f.wait(ctx, s); err != nil {
			return size, err
		}
		early := !f.due()
		p, err := s.Next()
		switch {
		case err == io.EOF:
			return size, nil
		case err != nil && early && f.await(ctx):
			s.Close()
			continue
		case err != nil:
			return size, err
		}
		f.put(p)
		f.remember(p)
		size += p.bytes()
	}
}

// sound is a source, which was perhaps opened ahead.
func (f *feed) sound(ctx context.Context, source int, ahead *coming) (Sound, error) {
	if ahead != nil && ahead.source == source {
		select {
		case o, ok := <-ahead.opened:
			if ok {
				return o.sound, o.err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return f.open(ctx, f.sources[source])
}

// openNext begins to open the source after this one. What a loop keeps is not
// opened again.
func (f *feed) openNext(ctx context.Context, source int) {
	f.coming = nil
	next := source + 1
	if next == len(f.sources) {
		if next = 0; !f.loop || !f.round.over {
			return
		}
	}
	c := &coming{source: next, early: !f.due(), opened: make(chan opened)}
	f.coming = c
	f.tasks.Go(func() {
		s, err := f.open(ctx, f.sources[next])
		select {
		case c.opened <- opened{s, err}:
			return
		case <-time.After(idleMost):
		case <-ctx.Done():
		}
		if err == nil {
			s.Close()
		}
		close(c.opened)
	})
}

// wait returns when there is room for another piece. Before its turn there may be
// none for long: then the source is let go of.
func (f *feed) wait(ctx context.Context, s *bookmark) error {
	for {
		waiting := 2 * f.tape.Waiting()
		f.settle(waiting)
		most, patience := aheadMost, time.Duration(waiting/4)*time.Second/time.Duration(f.tape.SampleRateHz())
		turn := f.turn
		if f.due() {
			turn = nil
		} else {
			most, patience = preparedMost, idleMost
		}
		after := waiting + 2*pieceSamples
		if after <= leastAhead || after <= most && f.hold(after-leastAhead) {
			return ctx.Err()
		}
		select {
		case <-time.After(max(patience, media.FrameDuration)):
			if turn != nil {
				s.Close()
			}
		case <-turn:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// due reports whether the tape may be played.
func (f *feed) due() bool {
	select {
	case <-f.turn:
		return true
	default:
		return f.turn == nil
	}
}

// await waits for the turn, and reports whether it came.
func (f *feed) await(ctx context.Context) bool {
	select {
	case <-f.turn:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// settle gives back what was held for sound that has been played.
func (f *feed) settle(waiting int) {
	if over := f.held - max(waiting-leastAhead, 0); over > 0 {
		f.held -= over
		f.budget.give(over)
	}
}

// hold reports whether so many bytes may be on the tape beyond the least.
func (f *feed) hold(bytes int) bool {
	more := bytes - f.held
	if more > 0 {
		if !f.budget.take(more) {
			return false
		}
		f.held += more
	}
	return true
}

func (f *feed) put(p Piece) {
	f.tape.Append(p.Samples)
	if f.begun != nil {
		f.begun()
		f.begun = nil
	}
}

// remember keeps a piece for the next round of a loop, if there is room for the
// whole round.
func (f *feed) remember(p Piece) {
	r := &f.round
	if r.over {
		return
	}
	cost := p.bytes()
	if p.Kept {
		cost = 0
	}
	if r.held+cost > loopMost || cost > 0 && !f.budget.take(cost) {
		f.forget()
		return
	}
	r.held += cost
	r.pieces = append(r.pieces, p)
}

func (f *feed) forget() {
	f.budget.give(f.round.held)
	f.round = round{over: true}
}

// repeat plays a round that was kept, until it is stopped.
func (f *feed) repeat(ctx context.Context) error {
	for {
		for _, p := range f.round.pieces {
			if err := f.wait(ctx, &bookmark{}); err != nil {
				return err
			}
			f.put(p)
		}
	}
}

// end ends the tape, and gives back what was held for it when it may be played.
func (f *feed) end(ctx context.Context) {
	f.tape.End()
	if f.turn != nil {
		select {
		case <-f.turn:
		case <-ctx.Done():
		}
	}
	f.budget.give(f.held)
	f.held = 0
	f.forget()
}

// bookmark is a source that can be let go of in the middle and gone on with.
type bookmark struct {
	Sound // nil: it was let go of
	open  func() (Sound, error)
	read  int // samples
}

// Next implements Sound.
func (b *bookmark) Next() (Piece, error) {
	if b.Sound == nil {
		s, err := b.open()
		if err != nil {
			return Piece{}, err
		}
		b.Sound = s
		return b.pass(b.read)
	}
	return b.pass(0)
}

// pass is the next piece after so many samples that were read before.
func (b *bookmark) pass(samples int) (Piece, error) {
	for {
		p, err := b.Sound.Next()
		if err != nil {
			return Piece{}, err
		}
		if n := len(p.Samples); n <= samples && samples > 0 {
			samples -= n
			continue
		}
		p.Samples = p.Samples[samples:]
		b.read += len(p.Samples)
		return p, nil
	}
}

// Close implements Sound.
func (b *bookmark) Close() {
	if b.Sound != nil {
		b.Sound.Close()
		b.Sound = nil
	}
}
