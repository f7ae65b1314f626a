package mixer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/media"
)

// describe prints the level at the end of each frame of a tick.
func describe(h *Heard, names map[*Member]string) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%d:", h.Tick)
	if h.Mixed != nil {
		fmt.Fprintf(&s, " %d", h.Mixed[len(h.Mixed)-1])
	}
	if h.Played != nil {
		fmt.Fprintf(&s, " played=%d", h.Played[len(h.Played)-1])
	}
	for _, said := range h.Said {
		fmt.Fprintf(&s, " %s=%d", names[said.Member], said.Samples[len(said.Samples)-1])
		if !said.Heard {
			s.WriteString("!")
		}
	}
	return s.String()
}

func TestATapHearsTheMixAndEachMemberTickByTick(t *testing.T) {
	r := NewRoom()
	a, b := join(r, 100), join(r, 20)
	silent := join(r, 0)
	names := map[*Member]string{a.Member: "a", b.Member: "b", silent.Member: "silent"}
	tap := r.Tap(TapConfig{Ticks: 8, Voices: true})
	expect := func(want string) {
		t.Helper()
		r.Tick()
		h, err := tap.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := describe(h, names); got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
	expect("1: 120 a=100 b=20")
	a.SetMuted(true)
	expect("2: 20 a=100! b=20")
	b.SetIsolated(true)
	r.Play(Play{Player: &notes{level: 7, frames: 1}})
	r.Play(Play{Player: &notes{level: 9, frames: -1}, To: []*Member{b.Member}})
	expect("3: 7 played=7 a=100! b=20!") // what is played to b alone is b's
	r.Remove(a.Member)
	r.Remove(b.Member)
	r.Tick() // the end of the note
	expect("4: 0 played=0")
	expect("5:")
}

func TestATapThatIsNotReadDropsAndCountsAndTheClockGoesOn(t *testing.T) {
	r := NewRoom()
	a := join(r, 1)
	tap := r.Tap(TapConfig{Ticks: 3, Voices: true})
	for range 10 {
		r.Tick()
	}
	if a.ticks != 10 || tap.Dropped() != 7 {
		t.Errorf("%d ticks, %d dropped", a.ticks, tap.Dropped())
	}
	var heard []uint64
	for range 3 {
		h, _ := tap.Read(t.Context())
		heard = append(heard, h.Tick)
	}
	// The third is still being looked at: there is room for two.
	for range 3 {
		r.Tick()
	}
	tap.Close()
	tap.Close()
	r.Tick()
	for {
		h, err := tap.Read(t.Context())
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			break
		}
		heard = append(heard, h.Tick)
	}
	if got := fmt.Sprint(heard, tap.Dropped(), tap.Last()); got != "[1 2 3 11 12] 8 13" {
		t.Errorf("heard, dropped and last %s", got)
	}
}

func TestATapSeesWhatTheClockSkippedAsAGap(t *testing.T) {
	r := NewRoom()
	join(r, 5)
	tap := r.Tap(TapConfig{Ticks: 3})
	r.Tick()
	r.Skip(40)
	r.Tick()
	for _, want := range []uint64{1, 42} {
		if h, err := tap.Read(t.Context()); err != nil || h.Tick != want {
			t.Errorf("heard %+v (%v), want tick %d", h, err, want)
		}
	}
	if tap.Dropped() != 0 {
		t.Errorf("%d dropped", tap.Dropped())
	}
}

// A recorder that reads on its own goroutine misses nothing, also through a
// change of the room's rate, while the clock ticks.
func TestARecorderKeepsUpWithTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := media.NewClock(1)
		ctx, cancel := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() { defer close(stopped); _ = clock.Run(ctx) }()
		synctest.Wait() // its first tick is over

		r := NewRoom()
		tap := r.Tap(TapConfig{Ticks: 4, Voices: true})
		rates := map[int]int{}
		recorded := make(chan error, 1)
		go func() {
			for next := uint64(1); ; next++ {
				h, err := tap.Read(ctx)
				if err != nil {
					recorded <- err
					return
				}
				if h.Tick != next || len(h.Mixed) != media.FrameSamples(h.RateHz) {
					t.Errorf("tick %d of %d samples at %d Hz, want tick %d", h.Tick, len(h.Mixed), h.RateHz, next)
				}
				rates[h.RateHz]++
			}
		}()
		a := &singer{hz: media.Narrowband, tone: 440, amplitude: 10000}
		a.Member = r.Add(a, nil)
		clock.Attach(r)
		time.Sleep(30*media.FrameDuration - time.Millisecond)
		wide := r.Add(nil, &person{hz: media.Wideband})
		time.Sleep(30 * media.FrameDuration)
		r.Remove(wide)
		time.Sleep(30 * media.FrameDuration)
		clock.Detach(r)
		tap.Close()
		if err := <-recorded; !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		if tap.Dropped() != 0 || rates[media.Wideband] != 30 || rates[media.Narrowband] != 59 {
			t.Errorf("%d dropped, ticks by rate %v", tap.Dropped(), rates)
		}
		cancel()
		<-stopped
	})
}

func TestATappedTickDoesNotAllocate(t *testing.T) {
	r := NewRoom()
	for range 20 {
		join(r, 1)
	}
	tap := r.Tap(TapConfig{Ticks: 4, Voices: true})
	tick := func() {
		r.Tick()
		if _, err := tap.Read(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for range 8 {
		tick()
	}
	if n := testing.AllocsPerRun(100, tick); n != 0 {
		t.Errorf("%v allocations per tick", n)
	}
}

func TestATapHasMemoryForAsManyTicksAsItsReaderIsBehind(t *testing.T) {
	r := NewRoom()
	join(r, 1)
	tap := r.Tap(TapConfig{Ticks: 20, Every: 5})
	behind := func(ticks int) {
		for range 20 {
			for range ticks {
				r.Tick()
			}
			for range ticks {
				if _, err := tap.Read(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, most := range []int{5, 20} {
		behind(most - 1) // the last that was read is still looked at
		memory := map[*tapped]bool{}
		for _, each := range tap.ticks {
			if each != nil {
				memory[each] = true
			}
		}
		if len(memory) != most {
			t.Errorf("memory for %d ticks, want %d", len(memory), most)
		}
	}
	if tap.Dropped() != 0 {
		t.Errorf("%d dropped", tap.Dropped())
	}
}

func TestATapOfTheMixWakesItsReaderOnceInSoManyTicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRoom()
		join(r, 100)
		tap := r.Tap(TapConfig{Ticks: 8, Every: 3})
		heard := make(chan string)
		go func() {
			for {
				h, err := tap.Read(t.Context())
				if err != nil {
					close(heard)
					return
				}
				heard <- describe(h, nil)
			}
		}()
		synctest.Wait() // it waits by now
		r.Tick()
		r.Tick()
		synctest.Wait()
		select {
		case got := <-heard:
			t.Errorf("woken before the third tick: %s", got)
		default:
		}
		r.Tick()
		r.Tick()
		for _, want := range []string{"1: 100", "2: 100", "3: 100", "4: 100"} { // all that are there by then
			if got := <-heard; got != want {
				t.Errorf("heard %q, want %q", got, want)
			}
		}
		r.Tick()
		tap.Close()
		if got := <-heard; got != "5: 100" {
			t.Errorf("after the end: heard %q", got)
		}
		if _, more := <-heard; more {
			t.Error("heard something after the end")
		}
	})
}
