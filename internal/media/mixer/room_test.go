package mixer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"strowger/internal/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// person says one steady level and remembers what it heard last.
type person struct {
	*Member
	hz    int
	says  int16
	heard int16
	ticks int
}

func (p *person) SampleRateHz() int { return p.hz }

func (p *person) ReadFrame(dst []int16) bool {
	for i := range dst {
		dst[i] = p.says
	}
	return p.says != 0
}

func (p *person) WriteFrame(src []int16) {
	p.heard = src[len(src)-1]
	p.ticks++
}

func join(r *Room, says int16) *person { return joinAt(r, media.Narrowband, says) }

func joinAt(r *Room, hz int, says int16) *person {
	p := &person{hz: hz, says: says}
	p.Member = r.Add(p, p)
	return p
}

// notes is a player of some frames of one level; -1 frames never end.
type notes struct {
	level  int16
	frames int
}

func (n *notes) SampleRateHz() int { return media.Narrowband }

func (n *notes) ReadFrame(dst []int16) bool {
	if n.frames == 0 {
		return false
	}
	n.frames--
	for i := range dst {
		dst[i] = n.level
	}
	return true
}

func hears(t *testing.T, want map[*person]int16) {
	t.Helper()
	for p, level := range want {
		if p.heard != level {
			t.Errorf("who says %d hears %d, want %d", p.says, p.heard, level)
		}
	}
}

func TestEveryoneHearsEveryoneButThemselves(t *testing.T) {
	r := NewRoom()
	a, b, c, d := join(r, 100), join(r, 20), join(r, 3), join(r, 0)
	r.Tick()
	hears(t, map[*person]int16{a: 23, b: 103, c: 120, d: 123})
}

func TestMixMinusIsExactWhateverIsSaid(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 10, 50} {
		r := NewRoom()
		var people []*person
		for range n {
			people = append(people, joinAt(r, media.Wideband, int16(random.Uint32())))
		}
		r.Tick()
		r.Tick()
		for _, p := range people {
			var want int32
			for _, other := range people {
				if other != p {
					want += int32(other.says)
				}
			}
			if p.heard != clip(want) {
				t.Errorf("of %d, one hears %d, want %d", n, p.heard, clip(want))
			}
		}
	}
}

func TestALoudCrowdSaturatesAndDoesNotWrap(t *testing.T) {
	r := NewRoom()
	a, b, c := join(r, 30000), join(r, 30000), join(r, -30000)
	d := join(r, -30000)
	e := join(r, -30000)
	r.Tick()
	hears(t, map[*person]int16{a: -32768, b: -32768, c: 0, d: 0, e: 0})
}

func TestWhoOnlySpeaksOrOnlyListensIsAMemberToo(t *testing.T) {
	r := NewRoom()
	a := join(r, 100)
	speaker, listener := &person{hz: media.Narrowband, says: 20}, &person{hz: media.Wideband}
	speaker.Member, listener.Member = r.Add(speaker, nil), r.Add(nil, listener)
	for range 3 {
		r.Tick()
	}
	hears(t, map[*person]int16{a: 20, listener: 120})
	if speaker.ticks != 0 {
		t.Error("who only speaks was given sound")
	}
	if r.Weight() != 3 {
		t.Errorf("the room weighs %d", r.Weight())
	}
}

func TestAMutedMemberHearsButIsNotHeard(t *testing.T) {
	r := NewRoom()
	a, b := join(r, 100), join(r, 20)
	a.SetMuted(true)
	r.Tick()
	hears(t, map[*person]int16{a: 20, b: 0})
	a.SetMuted(false)
	r.Tick()
	hears(t, map[*person]int16{a: 20, b: 100})
}

func TestAnIsolatedMemberHearsOnlyWhatIsPlayedToItAlone(t *testing.T) {
	r := NewRoom()
	a, b := join(r, 100), join(r, 20)
	r.Play(Play{Player: &notes{level: 5, frames: -1}})
	a.SetIsolated(true)
	r.Tick()
	hears(t, map[*person]int16{a: 0, b: 5})
	r.Play(Play{Player: &notes{level: 7, frames: -1}, To: []*Member{a.Member}})
	r.Tick()
	hears(t, map[*person]int16{a: 7, b: 5})
	a.SetIsolated(false)
	r.Tick()
	hears(t, map[*person]int16{a: 32, b: 105})
}

func TestMembersComeAndGoBetweenTicks(t *testing.T) {
	r := NewRoom()
	a, b := join(r, 100), join(r, 20)
	r.Tick()
	r.Remove(b.Member)
	c := join(r, 3)
	r.Tick()
	hears(t, map[*person]int16{a: 3, c: 100})
	if b.ticks != 1 {
		t.Errorf("who left was called %d times", b.ticks)
	}
	r.Remove(b.Member) // again, for nothing
	if r.Weight() != 2 {
		t.Errorf("the room weighs %d", r.Weight())
	}
}

func TestSeveralPlayersAreSummedForThoseTheyAreFor(t *testing.T) {
	r := NewRoom()
	a, b, silent := join(r, 100), join(r, 20), join(r, 0)
	r.Play(Play{Player: &notes{level: 1000, frames: -1}})
	r.Play(Play{Player: &notes{level: 2000, frames: -1}, To: []*Member{a.Member}})
	r.Play(Play{Player: &notes{level: 4000, frames: -1}, To: []*Member{a.Member, silent.Member}})
	r.Tick()
	hears(t, map[*person]int16{a: 7020, b: 1100, silent: 5120})
}

func TestWhatIsPlayedToEveryoneIsHeardByThoseWhoComeLater(t *testing.T) {
	r := NewRoom()
	r.Play(Play{Player: &notes{level: 9, frames: -1}})
	r.Tick()
	late := join(r, 0)
	r.Tick()
	hears(t, map[*person]int16{late: 9})
}

// diary writes down what is reported of a playback.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) write(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

func (d *diary) read() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.lines)
}

func (d *diary) play(name string, p Player, to ...*Member) Play {
	return Play{
		Player: p, To: to,
		OnStart: func() { d.write(name + " started") },
		OnEnd:   func(e End) { d.write(fmt.Sprint(name, " ", e)) },
	}
}

func TestPlaybacksReportTheirStartAndTheirOneEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRoom()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		a, b := join(r, 0), join(r, 0)

		var d diary
		expect := func(lines ...string) {
			t.Helper()
			synctest.Wait()
			if got := d.read(); !slices.Equal(got, lines) {
				t.Errorf("reported %q, want %q", got, lines)
			}
			d.lines = nil
		}
		short := r.Play(d.play("short", &notes{level: 1, frames: 2}))
		expect()
		r.Tick()
		expect("short started")
		r.Tick()
		expect()
		r.Tick()
		expect("short finished")
		short.Stop()
		expect()

		long := r.Play(d.play("long", &notes{level: 1, frames: -1}))
		r.Tick()
		long.Stop()
		long.Stop()
		expect("long started", "long stopped")
		r.Tick()
		hears(t, map[*person]int16{a: 0})

		unheard := r.Play(d.play("unheard", &notes{level: 1, frames: -1}))
		unheard.Stop()
		expect("unheard stopped")

		r.Play(d.play("empty", &notes{}))
		r.Tick()
		expect("empty finished")

		r.Play(d.play("private", &notes{level: 1, frames: -1}, a.Member, b.Member))
		r.Tick()
		r.Remove(a.Member)
		expect("private started")
		r.Remove(b.Member)
		expect("private abandoned")
		r.Play(d.play("nobody", &notes{level: 1, frames: -1}, a.Member))
		expect("nobody abandoned")

		// What was reported before Run ends is still delivered.
		r.Play(d.play("last", &notes{level: 1, frames: -1})).Stop()
		cancel()
		<-done
		expect("last stopped")
	})
}

func TestCallbacksMayCallTheRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRoom()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		a := join(r, 0)
		r.Play(Play{Player: &notes{level: 1, frames: 1}, OnEnd: func(End) {
			r.Play(Play{Player: &notes{level: 2, frames: 1}})
		}})
		r.Tick()
		r.Tick()
		synctest.Wait()
		r.Tick()
		hears(t, map[*person]int16{a: 2})
		cancel()
		<-done
	})
}

func TestChangesWhileTheRoomRunsAreSafe(t *testing.T) {
	r := NewRoom()
	var changing sync.WaitGroup
	for range 4 {
		changing.Go(func() {
			for range 200 {
				p := join(r, 1)
				p.SetMuted(true)
				p.SetIsolated(true)
				pb := r.Play(Play{Player: &notes{level: 1, frames: -1}, To: []*Member{p.Member}})
				r.Remove(p.Member)
				pb.Stop()
			}
		})
	}
	changed := make(chan struct{})
	go func() { changing.Wait(); close(changed) }()
	for done := false; !done; {
		r.Tick()
		select {
		case <-changed:
			done = true
		default:
		}
	}
	if r.Weight() != 0 {
		t.Errorf("%d left in the room", r.Weight())
	}
}

func TestATickDoesNotAllocate(t *testing.T) {
	r := NewRoom()
	a := join(r, 100)
	for range 20 {
		join(r, 1)
	}
	joinAt(r, media.Wideband, 1)
	r.Play(Play{Player: &notes{level: 1, frames: -1}})
	r.Play(Play{Player: &notes{level: 1, frames: -1}, To: []*Member{a.Member}})
	r.Tick()
	if n := testing.AllocsPerRun(100, r.Tick); n != 0 {
		t.Errorf("%v allocations per tick", n)
	}
}

func BenchmarkTick(b *testing.B) {
	for _, members := range []int{2, 100} {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			r := NewRoom()
			for range members {
				join(r, 100)
			}
			b.ReportAllocs()
			for b.Loop() {
				r.Tick()
			}
		})
	}
}

func TestAPlaybackKnowsWhoWasGivenIt(t *testing.T) {
	r := NewRoom()
	all, apart, leaves := join(r, 0), join(r, 0), join(r, 0)
	apart.SetIsolated(true)
	everyone := r.Play(Play{Player: &notes{level: 5, frames: 10}, Counted: true})
	one := r.Play(Play{Player: &notes{level: 5, frames: 10}, To: []*Member{apart.Member}, Counted: true})
	for range 4 {
		r.Tick()
	}
	r.Remove(leaves.Member)
	comes := joinAt(r, media.Wideband, 0) // the room changes its rate, and counts no tick twice
	apart.SetIsolated(false)
	for range 20 {
		r.Tick()
	}
	heard := everyone.Heard()
	for p, want := range map[*person]int{all: 10, apart: 6, leaves: 4, comes: 6} {
		if heard[p.Member] != want {
			t.Errorf("given for %d ticks, want %d", heard[p.Member], want)
		}
	}
	if heard := one.Heard(); len(heard) != 1 || heard[apart.Member] != 10 {
		t.Errorf("what was for one was given to %v", heard)
	}
}
