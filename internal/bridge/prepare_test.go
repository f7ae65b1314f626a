package bridge

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/player"
)

func prepare(op call.OperationID, files ...string) call.PreparePlayer {
	return call.PreparePlayer{Operation: op, Sources: play(op, false, nil, files...).Sources}
}

// pause plays "a" and then "b", which takes half a second to be fetched, and gives
// how many ticks of silence lie between them.
func pause(t *testing.T, prepared bool) (ticks int) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.fetch = func(src string) {
				if src == "b" {
					<-time.After(500 * time.Millisecond)
				}
			}
			f.length = 8 * media.Narrowband / 10
			f.do(call.Join{Leg: legA}, play(1, false, nil, "a"))
			if prepared {
				f.do(prepare(2, "b"))
			}
			f.expect(t, call.PlayerStarted{Operation: 1}, call.PlayerFinished{Operation: 1})
			f.do(play(2, false, nil, "b"))
			f.expect(t, call.PlayerStarted{Operation: 2}, call.PlayerFinished{Operation: 2})
			frames := f.legs[legA].each()
			from := len(frames) - 1
			for frames[from] != 7 {
				from--
			}
			ticks = slices.Index(frames[from:], 9) - 1
		})
	})
	return ticks
}

func TestAPreparedPlayFollowsWithoutAPause(t *testing.T) {
	before, after := pause(t, false), pause(t, true)
	t.Logf("ticks of silence between two plays, of which the second takes 25 to be fetched: %d, and %d when it is prepared", before, after)
	if before < 25 || after > 2 {
		t.Errorf("%d ticks of silence, and %d when it is prepared", before, after)
	}
}

func TestNothingIsHeardOrToldOfAPlayBeforeItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.do(call.Join{Leg: legA}, prepare(1, "a"), prepare(2, "missing"), prepare(3, "a", "missing"))
			<-time.After(time.Minute)
			if n := len(f.signals); n != 0 || slices.Contains(f.legs[legA].each(), 7) {
				t.Fatalf("%d signals came, and %v was heard", n, f.legs[legA].each())
			}
			f.do(play(2, false, nil, "missing"))
			f.expect(t, call.PlayerFailed{Operation: 2, Reason: call.PlayDownload, Detail: "no such file"})
			f.do(play(3, false, nil, "a", "missing"))
			f.expect(t, call.PlayerStarted{Operation: 3}, call.PlayerFailed{Operation: 3, Source: 1, Reason: call.PlayDownload, Detail: "no such file"})
			f.do(play(1, false, []call.LegID{legB}, "a")) // to somebody who has left
			f.expect(t, call.PlayerFinished{Operation: 1})
		})
	})
}

// What an engine or a server refuses now it may give in a minute: the play is not due yet.
func TestWhatCannotBePreparedIsTriedAgainInItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.do(call.Join{Leg: legA}, prepare(1, "late"), prepare(2, "a", "late", "b"), prepare(3, "late"))
			synctest.Wait()
			f.files["late"] = 13
			f.do(play(1, false, nil, "late"))
			f.expect(t, call.PlayerStarted{Operation: 1}, call.PlayerFinished{Operation: 1})
			f.do(play(2, false, nil, "a", "late", "b"))
			f.expect(t, call.PlayerStarted{Operation: 2}, call.PlayerFinished{Operation: 2})
			heard := slices.DeleteFunc(slices.Compact(f.legs[legA].each()), func(level int16) bool { return level == 0 })
			if !slices.Equal(heard, []int16{13, 7, 13, 9}) {
				t.Errorf("heard %v", heard)
			}
			f.do(call.StopPlayer{Operation: 3})
			synctest.Wait()
			if c := f.bridge.find(testCall); len(c.players) != 0 || len(f.signals) != 0 {
				t.Errorf("%d players are left and %d signals", len(c.players), len(f.signals))
			}
		})
	})
}

// broken is a source that breaks off in the middle, once.
type broken struct {
	opened int
	most   int // samples before it breaks off
}

func (b *broken) Open(context.Context, call.PlaySource) (Sound, error) {
	if b.opened++; b.opened > 1 {
		return &levels{samples: 2 * rate, level: 5}, nil
	}
	return &breaking{levels{samples: 2 * rate, level: 5}, b.most}, nil
}

type breaking struct {
	levels
	left int
}

func (b *breaking) Next() (Piece, error) {
	if b.left <= 0 {
		return Piece{}, errors.New("the connection is lost")
	}
	p, err := b.levels.Next()
	b.left -= len(p.Samples)
	return p, err
}

// playOut plays a tape to its end, and counts the samples that sources of level 5 gave.
func playOut(tape *player.Tape) (samples int) {
	for frame := make([]int16, rate/50); tape.ReadFrame(frame); <-time.After(media.FrameDuration) {
		for _, sample := range frame {
			if sample == 5 {
				samples++
			}
		}
	}
	return samples
}

func TestASourceThatBreaksOffWhileItIsPreparedIsGoneOnWithInItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{most: pieceSamples}
		turn := make(chan struct{})
		f := &feed{sources: []call.PlaySource{{File: "a"}}, open: b.Open, tape: player.NewTape(rate), budget: &budget{most: callMost}, turn: turn}
		done := make(chan error)
		go func() {
			_, err := f.run(t.Context())
			f.end(t.Context())
			done <- err
		}()
		synctest.Wait()
		if b.opened != 1 {
			t.Errorf("it was opened %d times before its turn", b.opened)
		}
		close(turn)
		played := playOut(f.tape)
		if err := <-done; err != nil || played != 2*rate {
			t.Errorf("%d samples were heard: %v", played, err)
		}
	})
}

func TestAPlayThatIsCanceledBeforeItsTurnFetchesNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.do(call.Join{Leg: legA}, prepare(1, "slow"), prepare(2, "a"), call.StopPlayer{Operation: 1}, call.StopPlayer{Operation: 2})
			synctest.Wait()
			c := f.bridge.find(testCall)
			if n := len(c.players); n != 0 || c.budget.taken() != 0 || len(f.signals) != 0 {
				t.Errorf("%d players are left, %d bytes and %d signals", n, c.budget.taken(), len(f.signals))
			}
		})
	})
}

// A prompt that waits for long lets go of its server, and is heard whole all the same.
func TestAPreparedSourceIsLetGoOfWhileItWaitsAndGoneOnWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{length: map[string]int{"a": 20 * rate, "b": rate}}
		turn, begun := make(chan struct{}), make(chan struct{})
		f := &feed{
			sources: []call.PlaySource{{File: "a"}, {File: "b"}}, open: s.Open,
			tape: player.NewTape(rate), budget: &budget{most: callMost}, turn: turn, begun: func() { close(begun) },
		}
		done := make(chan error)
		go func() {
			_, err := f.run(t.Context())
			f.end(t.Context())
			done <- err
		}()
		<-begun
		synctest.Wait()
		if open, held := s.isOpen(), f.budget.taken(); open != 2 || 2*f.tape.Waiting() > preparedMost || held > preparedMost {
			t.Errorf("%d sources are open, %d bytes on the tape and %d of the budget", open, 2*f.tape.Waiting(), held)
		}
		<-time.After(time.Hour)
		synctest.Wait()
		if open := s.isOpen(); open != 0 {
			t.Errorf("after an hour %d sources are open", open)
		}
		close(turn)
		played := playOut(f.tape)
		if err := <-done; err != nil || played != 21*rate || f.tape.Starved() != 0 || s.open != 0 || f.budget.used != 0 {
			t.Errorf("%d samples were heard, after %v of silence, %d sources and %d bytes are left: %v", played, f.tape.Starved(), s.open, f.budget.used, err)
		}
	})
}

func TestAPreparedLoopWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{length: map[string]int{"a": rate}}
		f := &feed{
			sources: []call.PlaySource{{File: "a"}}, loop: true, open: s.Open,
			tape: player.NewTape(rate), budget: &budget{most: callMost}, turn: make(chan struct{}),
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err := f.run(ctx)
		f.end(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || 2*f.tape.Waiting() > preparedMost+2*rate || f.budget.used != 0 {
			t.Errorf("%d bytes on the tape, %d of the budget: %v", 2*f.tape.Waiting(), f.budget.used, err)
		}
	})
}
