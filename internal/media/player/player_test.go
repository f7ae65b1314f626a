package player

import (
	"slices"
	"testing"
)

// prompt is frames of one steady level each, of 4 samples to be short.
func prompt(levels ...int16) *Prompt {
	p := &Prompt{rateHz: 200}
	for _, l := range levels {
		p.samples = append(p.samples, l, l, l, l)
	}
	return p
}

func play(p *Player, frames int) (heard []int16) {
	for range frames {
		var frame [4]int16
		if !p.ReadFrame(frame[:]) {
			break
		}
		heard = append(heard, frame[3])
	}
	return heard
}

func TestPromptsArePlayedInOrderAndEnd(t *testing.T) {
	p := New([]*Prompt{prompt(1, 2), prompt(3)}, false)
	if heard := play(p, 10); !slices.Equal(heard, []int16{1, 2, 3}) {
		t.Fatalf("heard %v", heard)
	}
	if p.Index() != 1 {
		t.Errorf("ended in prompt %d", p.Index())
	}
}

func TestIndexFollowsThePromptBeingPlayed(t *testing.T) {
	p := New([]*Prompt{prompt(1, 2), prompt(3)}, false)
	for i, want := range []int{0, 0, 1} {
		play(p, 1)
		if p.Index() != want {
			t.Errorf("in frame %d prompt %d is played, want %d", i, p.Index(), want)
		}
	}
}

func TestALoopBeginsAgainAtTheFirst(t *testing.T) {
	p := New([]*Prompt{prompt(1), prompt(2)}, true)
	if heard := play(p, 5); !slices.Equal(heard, []int16{1, 2, 1, 2, 1}) {
		t.Fatalf("heard %v", heard)
	}
}

func TestPromptsFollowEachOtherWithinAFrameAndTheLastIsFilledUp(t *testing.T) {
	a, b := &Prompt{samples: []int16{1, 1, 1}}, &Prompt{samples: []int16{2, 2, 2}}
	p := New([]*Prompt{a, b}, false)
	var frame [4]int16
	p.ReadFrame(frame[:])
	if frame != [4]int16{1, 1, 1, 2} {
		t.Errorf("first frame %v", frame)
	}
	p.ReadFrame(frame[:])
	if frame != [4]int16{2, 2, 0, 0} {
		t.Errorf("second frame %v", frame)
	}
	if p.ReadFrame(frame[:]) {
		t.Error("there is more")
	}
}

func TestNothingToPlayEndsAtOnceEvenInALoop(t *testing.T) {
	for _, prompts := range [][]*Prompt{nil, {{}}, {{}, {}}} {
		if New(prompts, true).ReadFrame(make([]int16, 4)) {
			t.Errorf("%d empty prompts play", len(prompts))
		}
	}
}

func TestOnePromptIsPlayedByManyWithoutAllocating(t *testing.T) {
	shared := []*Prompt{prompt(1, 2, 3)}
	a, b := New(shared, true), New(shared, true)
	frame := make([]int16, 4)
	if n := testing.AllocsPerRun(100, func() { a.ReadFrame(frame); b.ReadFrame(frame) }); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
}
