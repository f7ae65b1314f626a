package rtp

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// Each case is a story of ticks, divided by bars: the packets that arrive
// before the tick, and below it what is heard in the tick. Packets are
// numbered; ~ is made-up sound, - is silence.
func TestWhatArrivesAndWhatIsHeard(t *testing.T) {
	for name, c := range map[string]struct{ arrives, heard string }{
		"in time": {
			"1|2|3|4|5",
			"1|2|3|4|5"},
		"nothing at first": {
			"| |1|2|3",
			"-|-|1|2|3"},
		"one lost is made up and the delay stays": {
			"1|2| |4|5|6",
			"1|2|~|4|5|6"},
		"one late deepens the buffer and nothing is lost": {
			"1|2| |3 4|5|6|7",
			"1|2|~|3|4|5|6"},
		"duplicates are heard once": {
			"1|2 2|3 2|4 3|5",
			"1|2|3|4|5"},
		"overtaken within a tick": {
			"1|3 2|4|5|6",
			"1|2|3|4|5"},
		"overtaken beyond its tick is too late, then there is room": {
			"1|3|2 4|5|6|7|9|8 10|11",
			"1|~|3|4|5|6|7|8|9"},
		"too late for good, then there is room": {
			"1|2| |4|3 5|6|8|7 9|10",
			"1|2|~|4|~|5|6|7|8"},
		"a burst of losses fades to silence and comes back in time": {
			"1|2| | | | | |8|9|10",
			"1|2|~|~|~|~|~|8|9|10"},
		"everything at once after a stall is heard later": {
			"1|2| | |3 4 5|6|7",
			"1|2|~|~|3|4|5"},
		"too much at once is cut to the newest": {
			"1|2|3 4 5 6 7 8 9 10 11 12 13 14 15|16|17",
			"1|2|14|15|16"},
		"silence longer than the buffer starts afresh": {
			"1| | | | | | | | | | | | |14|15",
			"1|~|~|~|~|~|~|~|~|~|~|~|-|14|15"},
	} {
		t.Run(name, func(t *testing.T) {
			ear := newEar(t)
			var heard []string
			for tick := range strings.SplitSeq(c.arrives, "|") {
				for number := range strings.FieldsSeq(tick) {
					n, err := strconv.Atoi(number)
					if err != nil {
						t.Fatal(err)
					}
					ear.arrive(n)
				}
				heard = append(heard, ear.hear())
			}
			if got := strings.Join(heard, "|"); got != c.heard {
				t.Errorf("\narrives %s\nheard   %s\nwant    %s", c.arrives, got, c.heard)
			}
		})
	}
}

func TestPacketsOf10_30And40MillisecondsAreHeardWhole(t *testing.T) {
	for _, ms := range []int{10, 20, 30, 40} {
		t.Run(fmt.Sprint(ms, " ms"), func(t *testing.T) {
			ear := newEar(t)
			ear.packetSamples = 8 * ms
			sent, at := 0, 0
			for tick := range 500 {
				for ; at <= tick*20; at += ms {
					sent++
					ear.arrive(sent)
				}
				ear.hear()
			}
			// A buffer that starts empty may have to deepen once.
			if c := ear.Stats().Concealed; c > 3*frameTime {
				t.Errorf("%v made up in 10 s without loss", c)
			}
			if s := ear.Stats(); s.Lost+s.Late+s.Hurried != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestFarClocksThatDriftCostOneFrameWhenAFrameIsDue(t *testing.T) {
	for _, ppm := range []int{-300, -100, 100, 300} {
		t.Run(fmt.Sprint(ppm, " ppm"), func(t *testing.T) {
			const ticks = 60_000 // 20 minutes
			ear := newEar(t)
			sent := 0
			for tick := range ticks {
				// The far end's clock runs faster by ppm.
				for due := (tick*1_000_000 + tick*ppm) / 1_000_000; sent <= due; {
					sent++
					ear.arrive(sent)
				}
				ear.hear()
			}
			s := ear.Stats()
			drift := ticks * max(ppm, -ppm) / 1_000_000 // frames
			madeUp, leftOut := int(s.Concealed/frameTime), int(s.Hurried)
			if ppm > 0 && (leftOut < drift-4 || leftOut > drift+4 || madeUp > 4) {
				t.Errorf("left out %d frames and made up %d, want %d left out", leftOut, madeUp, drift)
			}
			if ppm < 0 && (madeUp < drift-4 || madeUp > drift+4 || leftOut > 4) {
				t.Errorf("left out %d frames and made up %d, want %d made up", leftOut, madeUp, drift)
			}
			if s.Delay > 3*frameTime {
				t.Errorf("the delay grew to %v", s.Delay)
			}
		})
	}
}

func TestDepthReturnsWhenJitterIsOver(t *testing.T) {
	ear := newEar(t)
	n := 1
	next := func() { ear.arrive(n); n++ }
	next()
	ear.hear()
	for range 4 { // a network that stalls for 80 ms once
		ear.hear()
	}
	for range 4 {
		next()
	}
	for range 50 {
		next()
		ear.hear()
	}
	if d := ear.Stats().Delay; d < 2*frameTime {
		t.Fatalf("after a stall the delay is %v; the buffer did not deepen", d)
	}
	for range 2000 {
		next()
		ear.hear()
	}
	if d := ear.Stats().Delay; d > frameTime {
		t.Errorf("40 s later the delay is still %v", d)
	}
	if c := ear.Stats().Concealed; c > 5*frameTime {
		t.Errorf("%v made up on the way back", c)
	}
}

func TestTimestampsAndSequenceNumbersWrapUnheard(t *testing.T) {
	ear := newEar(t)
	ear.firstSequence, ear.firstTimestamp = 65500, 1<<32-40*160
	for n := range 99 {
		ear.arrive(n + 1)
		if heard := ear.hear(); heard != strconv.Itoa(n+1) {
			t.Fatalf("packet %d was heard as %s", n+1, heard)
		}
	}
}

func TestANewStreamIsHeardFromItsSecondPacketOn(t *testing.T) {
	ear := newEar(t)
	for n := range 10 {
		ear.arrive(n + 1)
		ear.hear()
	}
	ear.ssrc, ear.firstSequence, ear.firstTimestamp = 99, 7, 12345678
	ear.arrive(20) // might be a stray packet
	ear.hear()
	for n := 21; n < 30; n++ {
		ear.arrive(n)
		if heard := ear.hear(); heard != strconv.Itoa(n) {
			t.Fatalf("packet %d of the new stream was heard as %s", n, heard)
		}
	}
	if lost := ear.Stats().Lost; lost != 0 {
		t.Errorf("%d lost", lost)
	}
}

func TestOneStrayPacketOfAnotherStreamIsNotHeard(t *testing.T) {
	ear := newEar(t)
	for n := 1; n < 20; n++ {
		if n == 10 {
			ear.ssrc = 99
			ear.arrive(50)
			ear.ssrc = 0
		}
		ear.arrive(n)
		if heard := ear.hear(); heard != strconv.Itoa(n) {
			t.Fatalf("packet %d was heard as %s", n, heard)
		}
	}
}
