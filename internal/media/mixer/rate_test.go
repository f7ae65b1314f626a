package mixer

import (
	"math"
	"testing"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/codec"
)

// singer sings a tone, sample after sample without end, and writes down all that
// it hears.
type singer struct {
	*Member
	hz        int
	tone      float64 // in Hz; 0: silent
	amplitude float64
	sung      int
	heard     []int16
}

func (s *singer) SampleRateHz() int { return s.hz }

func (s *singer) ReadFrame(dst []int16) bool {
	for i := range dst {
		dst[i] = s.at(float64(s.sung) / float64(s.hz))
		s.sung++
	}
	return s.tone != 0
}

func (s *singer) WriteFrame(src []int16) { s.heard = append(s.heard, src...) }

// at is the singer's tone at a time.
func (s *singer) at(seconds float64) int16 {
	return int16(math.Round(s.amplitude * math.Sin(2*math.Pi*s.tone*seconds)))
}

func sing(r *Room, hz int, tone float64) *singer {
	s := &singer{hz: hz, tone: tone, amplitude: 10000}
	s.Member = r.Add(s, s)
	return s
}

// throughRoom is how long sound takes from a source to a sink.
const throughRoom = 2 * codec.Latency

// follows checks that what a listener heard from a sample on is the sum of what
// singers sang, each with its own start, to within a hundredth of one voice: one
// sample lost or doubled would be off by a third of it.
func (s *singer) follows(t *testing.T, from int, began time.Duration, singers ...*singer) {
	t.Helper()
	for i := from; i < len(s.heard); i++ {
		at := began.Seconds() + float64(i)/float64(s.hz) - throughRoom.Seconds()
		var want int
		for _, other := range singers {
			want += int(other.at(at))
		}
		if got := int(s.heard[i]); math.Abs(float64(got-want)) > 100*float64(len(singers)) {
			t.Fatalf("sample %d (tick %d) is %d, want %d", i, i/media.FrameSamples(s.hz), got, want)
		}
	}
}

func TestARoomMixesAtTheLowestRateThatServesItsMembers(t *testing.T) {
	r := NewRoom()
	expect := func(hz int) {
		t.Helper()
		r.Tick()
		if r.rateHz != hz || r.RateHz() != hz {
			t.Errorf("the room mixes at %d Hz and says %d, want %d", r.rateHz, r.RateHz(), hz)
		}
	}
	expect(media.Narrowband)
	a := joinAt(r, media.Narrowband, 1)
	expect(media.Narrowband)
	b := joinAt(r, media.Wideband, 1)
	if r.RateHz() != media.Wideband {
		t.Error("who fetches a prompt for those who are there now gets it at their old rate")
	}
	expect(media.Wideband)
	r.Remove(a.Member)
	expect(media.Wideband)
	b.hz = media.Narrowband // as after a re-INVITE
	expect(media.Narrowband)
	b.hz = media.Wideband
	expect(media.Wideband)
	r.Remove(b.Member)
	expect(media.Narrowband)
	r.Add(nil, &person{hz: media.Wideband}) // who only listens wants to hear well too
	expect(media.Wideband)
}

func TestAChangeOfRateLosesAndDoublesNothing(t *testing.T) {
	r := NewRoom()
	a, b := sing(r, media.Narrowband, 440), sing(r, media.Narrowband, 0)
	ticks := func(n int) {
		for range n {
			r.Tick()
		}
	}
	ticks(5)
	wide := sing(r, media.Wideband, 0)
	ticks(5)
	if r.rateHz != media.Wideband {
		t.Fatalf("the room mixes at %d Hz", r.rateHz)
	}
	r.Remove(wide.Member)
	ticks(5)
	if r.rateHz != media.Narrowband {
		t.Fatalf("the room mixes at %d Hz", r.rateHz)
	}
	again := sing(r, media.Wideband, 0)
	ticks(5)

	// From its second millisecond on b hears a, as if nobody had come or gone.
	b.follows(t, 16, 0, a)
	// Who came heard the same from there, past the filters' first two milliseconds.
	wide.follows(t, 64, 5*media.FrameDuration, a)
	again.follows(t, 64, 15*media.FrameDuration, a)
}

func TestWhoComesIsHeardFromTheFirstSampleThroughTheChange(t *testing.T) {
	r := NewRoom()
	a, b := sing(r, media.Narrowband, 440), sing(r, media.Narrowband, 0)
	for range 3 {
		r.Tick()
	}
	came := len(b.heard)
	wide := sing(r, media.Wideband, 700)
	for range 5 {
		r.Tick()
	}
	// Its tone began when it came: it is sung from 3 ticks on.
	const began = 3 * media.FrameDuration
	for i := came + 32; i < len(b.heard); i++ {
		at := float64(i)/8000 - throughRoom.Seconds()
		want := int(a.at(at)) + int(wide.at(at-began.Seconds()))
		if got := int(b.heard[i]); math.Abs(float64(got-want)) > 200 {
			t.Fatalf("sample %d is %d, want %d", i, got, want)
		}
	}
}

// song is a player of a singer's tone for some frames.
type song struct {
	*singer
	frames int
}

func (s *song) ReadFrame(dst []int16) bool {
	if s.frames == 0 {
		return false
	}
	s.frames--
	return s.singer.ReadFrame(dst)
}

func TestWhatIsPlayedGoesThroughAChangeOfRateWhole(t *testing.T) {
	for _, hz := range []int{media.Narrowband, media.Wideband} {
		for _, private := range []bool{false, true} {
			r := NewRoom()
			b := sing(r, media.Narrowband, 0)
			tone := &song{singer: &singer{hz: hz, tone: 440, amplitude: 10000}, frames: 9}
			p := Play{Player: tone}
			if private {
				p.To = []*Member{b.Member}
			}
			r.Play(p)
			for i := range 12 {
				switch i {
				case 3:
					sing(r, media.Wideband, 0)
				case 6:
					r.Remove(r.members[1])
				}
				r.Tick()
			}
			end := 9*160 + 16 // what was held back at the end is heard too
			after := b.heard[end+16:]
			b.heard = b.heard[:end-16]
			b.follows(t, 32, 0, tone.singer)
			for i, v := range after {
				if v != 0 {
					t.Fatalf("%d Hz: sample %d after the end is %d", hz, i, v)
				}
			}
		}
	}
}

func TestAMemberPrintsItsPipeline(t *testing.T) {
	r := NewRoom()
	a := &printed{person{hz: media.Narrowband}}
	m := r.Add(a, a)
	if got := m.String(); got != "phone → 8000 Hz room → phone" {
		t.Error(got)
	}
	joinAt(r, media.Wideband, 0)
	r.Tick()
	if got := m.String(); got != "phone → Resample(16000) → 16000 Hz room → Resample(8000) → phone" {
		t.Error(got)
	}
	if got := r.Add(nil, a).String(); got != "16000 Hz room → Resample(8000) → phone" {
		t.Error(got)
	}
}

type printed struct{ person }

func (printed) String() string { return "phone" }

func TestWhoOnlySpeaksDoesNotWidenTheRoom(t *testing.T) {
	r := NewRoom()
	a := join(r, 0)
	r.Add(&person{hz: media.Wideband, says: 700}, nil)
	for range 3 {
		r.Tick()
	}
	if r.RateHz() != media.Narrowband {
		t.Errorf("the room mixes at %d Hz for one who hears at %d", r.RateHz(), media.Narrowband)
	}
	hears(t, map[*person]int16{a: 700})
}
