package player

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// levels are pieces of one steady level each, of 4 samples to be short.
func levels(all ...int16) (samples []int16) {
	for _, l := range all {
		samples = append(samples, l, l, l, l)
	}
	return samples
}

func play(t *Tape, frames int) (heard []int16) {
	for range frames {
		var frame [4]int16
		if !t.ReadFrame(frame[:]) {
			break
		}
		heard = append(heard, frame[3])
	}
	return heard
}

func TestWhatIsAppendedIsPlayedInOrderAndEnds(t *testing.T) {
	tape := NewTape(200)
	tape.Append(levels(1, 2))
	tape.Append(nil)
	tape.Append(levels(3))
	tape.End()
	if n := tape.Waiting(); n != 12 {
		t.Errorf("%d samples wait", n)
	}
	if heard := play(tape, 10); !slices.Equal(heard, []int16{1, 2, 3}) {
		t.Fatalf("heard %v", heard)
	}
	if n := tape.Waiting(); n != 0 {
		t.Errorf("%d samples wait", n)
	}
}

func TestPiecesFollowEachOtherWithinAFrameAndTheLastIsFilledUp(t *testing.T) {
	tape := NewTape(200)
	tape.Append([]int16{1, 1, 1})
	tape.Append([]int16{2, 2, 2})
	tape.End()
	for _, want := range [][4]int16{{1, 1, 1, 2}, {2, 2, 0, 0}} {
		var frame [4]int16
		if !tape.ReadFrame(frame[:]) || frame != want {
			t.Errorf("a frame is %v, want %v", frame, want)
		}
	}
	if tape.ReadFrame(make([]int16, 4)) {
		t.Error("there is more")
	}
}

func TestATapeThatRunsDryIsSilentUntilMoreComes(t *testing.T) {
	tape := NewTape(200)
	tape.Append(levels(1))
	if heard := play(tape, 3); !slices.Equal(heard, []int16{1, 0, 0}) {
		t.Fatalf("heard %v", heard)
	}
	if d := tape.Starved(); d != 40*time.Millisecond {
		t.Errorf("starved for %v", d)
	}
	tape.Append(levels(2))
	tape.End()
	if heard := play(tape, 3); !slices.Equal(heard, []int16{2}) {
		t.Fatalf("heard %v", heard)
	}
}

func TestAnEmptyTapeThatHasEndedEndsAtOnce(t *testing.T) {
	tape := NewTape(200)
	tape.End()
	if tape.ReadFrame(make([]int16, 4)) {
		t.Error("it plays")
	}
}

func TestWriterAndClockDoNotWaitForEachOther(t *testing.T) {
	tape := NewTape(200)
	var writer sync.WaitGroup
	const pieces = 2000
	writer.Go(func() {
		for n := range pieces {
			tape.Append(levels(int16(n + 1)))
		}
		tape.End()
	})
	var heard []int16
	for frame := [4]int16{}; tape.ReadFrame(frame[:]); {
		if frame[0] != 0 && (len(heard) == 0 || heard[len(heard)-1] != frame[0]) {
			heard = append(heard, frame[0])
		}
	}
	writer.Wait()
	if len(heard) != pieces || !slices.IsSorted(heard) {
		t.Errorf("heard %d of %d pieces", len(heard), pieces)
	}
}

func TestPlayingDoesNotAllocateAndLetsGoOfWhatWasPlayed(t *testing.T) {
	tape := NewTape(200)
	for range 1000 {
		tape.Append(levels(1, 2, 3))
	}
	frame := make([]int16, 4)
	if n := testing.AllocsPerRun(100, func() { tape.ReadFrame(frame) }); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
	if waits, held := tape.Waiting(), 0; true {
		for p := tape.now; p != nil; p = p.next.Load() {
			held += len(p.samples)
		}
		if held > waits+12 {
			t.Errorf("%d samples are held, %d wait", held, waits)
		}
	}
}

func TestAPromptIsPlayedByManyAtOnce(t *testing.T) {
	p := &Prompt{rateHz: 200, samples: levels(1, 2, 3)}
	a, b := p.Tape(), p.Tape()
	for range 3 {
		if x, y := play(a, 1), play(b, 1); !slices.Equal(x, y) {
			t.Errorf("%v and %v", x, y)
		}
	}
}
