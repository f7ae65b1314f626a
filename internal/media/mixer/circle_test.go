package mixer

import (
	"testing"

	"strowger/internal/media"
)

// group is an audio group beside the default one.
func group(n int) Groups { return 1 << n }

func TestWhoSharesAGroupHearsTheOtherOnce(t *testing.T) {
	r := NewRoom()
	a, b, c, d := join(r, 1000), join(r, 200), join(r, 30), join(r, 4)
	a.SetGroups(DefaultGroup | group(1))
	b.SetGroups(DefaultGroup | group(1) | group(2))
	r.Tick()
	hears(t, map[*person]int16{a: 234, b: 1034, c: 1204, d: 1230}) // the default group holds all

	a.SetGroups(group(1)) // a private line of two, beside the others
	b.SetGroups(group(1) | group(2))
	d.SetGroups(DefaultGroup | group(2))
	r.Tick()
	hears(t, map[*person]int16{a: 200, b: 1004, c: 4, d: 230})

	b.SetMuted(true)
	r.Tick()
	hears(t, map[*person]int16{a: 0, b: 1004, c: 4, d: 30})
	b.SetMuted(false)

	c.SetGroups(0) // in none
	r.Tick()
	hears(t, map[*person]int16{a: 200, b: 1004, c: 0, d: 200})

	for _, p := range []*person{a, b, c, d} {
		p.SetGroups(DefaultGroup)
	}
	r.Tick()
	hears(t, map[*person]int16{a: 234, b: 1034, c: 1204, d: 1230})
	if r.circles != nil {
		t.Error("a room in which all are together has circles")
	}
}

func TestWhoJoinsIsInTheDefaultGroup(t *testing.T) {
	r := NewRoom()
	a, b := join(r, 1000), join(r, 200)
	a.SetGroups(group(1))
	c := join(r, 30)
	r.Tick()
	hears(t, map[*person]int16{a: 0, b: 30, c: 200})
	r.Remove(a.Member)
	r.Tick()
	hears(t, map[*person]int16{b: 30, c: 200})
}

func TestWhatIsPlayedToGroupsIsHeardInThemAlone(t *testing.T) {
	r := NewRoom()
	a, b, c := join(r, 0), join(r, 0), join(r, 0)
	a.SetGroups(group(1))
	b.SetGroups(DefaultGroup | group(2))
	pb := r.Play(Play{Player: &notes{level: 500, frames: -1}, Groups: group(1) | group(2)})
	toAll := r.Play(Play{Player: &notes{level: 7, frames: -1}})
	toOne := r.Play(Play{Player: &notes{level: 60, frames: -1}, To: []*Member{a.Member}})
	for range 2 {
		r.Tick()
	}
	hears(t, map[*person]int16{a: 560, b: 507, c: 7})
	pb.SetGroups(0)
	for range 2 {
		r.Tick()
	}
	hears(t, map[*person]int16{a: 60, b: 507, c: 507})
	for _, p := range []*Playback{pb, toAll, toOne} {
		p.Stop()
	}
	for range 3 {
		r.Tick()
	}
	hears(t, map[*person]int16{a: 0, b: 0, c: 0})
}

func TestARoomHasNoCirclesAfterTheLastPlayToGroups(t *testing.T) {
	for end, frames := range map[End]int{Finished: 1, Stopped: -1} {
		r := NewRoom()
		a, b := join(r, 1000), join(r, 200)
		pb := r.Play(Play{Player: &notes{level: 7, frames: frames}, Groups: group(1)})
		r.Tick()
		r.Tick()
		if end == Stopped {
			pb.Stop()
		}
		if r.circles != nil {
			t.Errorf("circles are left when a play has %v", end)
		}
		r.Tick()
		hears(t, map[*person]int16{a: 200, b: 1000})
	}
}

// A tap hears all that is said, whoever it is for, but for who is in no group.
func TestATapHearsAllGroups(t *testing.T) {
	r := NewRoom()
	tap := r.Tap(TapConfig{Ticks: 4, Voices: true})
	defer tap.Close()
	a, b, c := join(r, 1000), join(r, 200), join(r, 30)
	a.SetGroups(group(1))
	b.SetGroups(group(2))
	c.SetGroups(0)
	r.Tick()
	h, err := tap.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if last := len(h.Mixed) - 1; h.Mixed[last] != 1200 || len(h.Said) != 3 || h.Said[2].Heard {
		t.Errorf("it hears %d of %d voices", h.Mixed[last], len(h.Said))
	}
}

// Groups stay right when the room changes its rate, and cost no allocation.
func TestGroupsThroughAChangeOfTheRoomsRate(t *testing.T) {
	r := NewRoom()
	a, b, c := join(r, 1000), join(r, 200), join(r, 30)
	a.SetGroups(group(1))
	b.SetGroups(group(1))
	d := joinAt(r, media.Wideband, 4)
	for range 5 {
		r.Tick()
	}
	hears(t, map[*person]int16{a: 200, b: 1000, c: 4, d: 30})
	if n := testing.AllocsPerRun(100, r.Tick); n != 0 {
		t.Errorf("a tick allocates %v times", n)
	}
}
