package dtmf

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// How senders in the world render a press. Every value but the first of each is
// something that a carrier, gateway or telephone was seen to do.
type (
	stamps    int
	markers   int
	durations int
	numbering int
)

const (
	stampsOfEvent stamps = iota // RFC 4733: one for all packets of an event
	stampsRise                  // one for each packet
	stampsStand                 // the next key uses them again
	stampsFall                  // the next key has an earlier one
)

const (
	markerFirst markers = iota
	markerNever
	markerAlways
)

const (
	durationGrows durations = iota
	durationFromZero
	durationConstant // of one packet
	durationZero     // always
)

const (
	numberedWithSound numbering = iota
	numberedApart               // with an SSRC of its own
	numberedEachKey             // from 1, with every key
	numberedNever
)

// sender is one model.
type sender struct {
	stamps
	markers
	durations
	numbering
	every       time.Duration // between packets
	ends        int
	endsStamped bool // each end has a timestamp of its own
	endsGrow    bool // and a longer duration
	clockRateHz int
}

// rest is the least time between the last packet of a press and the next press
// that lets a receiver tell two of the same key apart.
func (s sender) rest() time.Duration {
	if s.ends < 3 || s.numbering >= numberedEachKey || s.durations >= durationConstant {
		return Patience + 2*s.every + 2*disorder
	}
	return 60 * time.Millisecond
}

// countable reports whether the order of packets can be known when the network
// changes it.
func (s sender) countable() bool { return s.numbering != numberedNever }

// outlastsStalls reports whether a press can be told from its beginning when nothing
// came for longer than Patience.
func (s sender) outlastsStalls() bool {
	return s.countable() && s.durations < durationConstant && s.markers != markerAlways && s.ends == 3
}

// leastPackets is how many packets a press must have, so that one of them is left
// that tells it from a repeated end.
func (s sender) leastPackets() int {
	if s.every > 20*time.Millisecond {
		return 6
	}
	return 4
}

// keypress is one press, as a person does it.
type keypress struct {
	digit       Digit
	tone, pause time.Duration
}

// line is a sender at work.
type line struct {
	sender
	at       time.Duration
	stamp    uint32
	sequence uint16
	out      []Received
}

func (l *line) units(d time.Duration) int { return int(d * time.Duration(l.clockRateHz) / time.Second) }

func (l *line) pass(d time.Duration) {
	l.at += d
	if l.stamps != stampsStand {
		l.stamp += uint32(l.units(d))
	}
	if l.numbering == numberedWithSound {
		l.sequence += uint16(d / (20 * time.Millisecond)) // packets of sound
	}
}

func (l *line) press(k keypress) {
	if l.numbering == numberedEachKey {
		l.sequence = 0
	}
	if l.stamps == stampsFall {
		l.stamp -= uint32(l.units(k.tone + 3*time.Second))
	}
	first := l.stamp
	packets := int(k.tone / l.every)
	for n := range packets + l.ends {
		ending := n - packets
		p := Received{
			Event: Event{Code: uint8(k.digit.event()), End: ending >= 0, Duration: l.duration(min(n+1, packets))},
			At:    l.at, SSRC: 7, Timestamp: first, ClockRateHz: l.clockRateHz,
			Marker: l.markers == markerAlways || l.markers == markerFirst && n == 0,
		}
		if l.stamps == stampsRise {
			p.Timestamp = first + uint32(l.units(time.Duration(min(n, packets))*l.every))
		}
		if ending > 0 && l.endsStamped {
			p.Timestamp += uint32(l.units(time.Duration(ending) * l.every))
		}
		if ending > 0 && l.endsGrow {
			p.Duration += uint16(l.units(time.Duration(ending) * l.every))
		}
		if l.numbering != numberedNever {
			l.sequence++
		}
		p.Sequence = l.sequence
		l.out = append(l.out, p)
		l.at += l.every
		if l.stamps != stampsStand {
			l.stamp += uint32(l.units(l.every))
		}
	}
	l.pass(max(k.pause, l.rest()))
}

func (l *line) duration(packets int) uint16 {
	switch l.durations {
	case durationFromZero:
		packets--
	case durationConstant:
		packets = 1
	case durationZero:
		packets = 0
	}
	return uint16(packets * l.units(l.every))
}

// render is what a sender makes of presses.
func (s sender) render(presses []keypress, stamp uint32, sequence uint16) []Received {
	l := &line{sender: s, stamp: stamp, sequence: sequence}
	for _, k := range presses {
		l.press(k)
	}
	return l.out
}

const (
	// disorder bounds how much later than others a packet may come.
	disorder = 40 * time.Millisecond
	// mostStall bounds for how long all packets may stand still on their way.
	mostStall = 600 * time.Millisecond
)

// network loses, doubles and delays packets, or lets all of them stand still, within
// its bounds. One of them is lossesInARow.
func network(r *rapid.T, sent []Received, s sender) []Received {
	var arrived []Received
	lost := 0
	stalled := time.Duration(0)
	// Packets that stand still keep their order: a sender or a queue is slow.
	stalls := s.outlastsStalls() && rapid.Bool().Draw(r, "stalls")
	for _, p := range sent {
		if stalls && rapid.IntRange(0, 9).Draw(r, "stall") == 0 {
			stalled += time.Duration(rapid.IntRange(0, int(mostStall/time.Millisecond)).Draw(r, "for")) * time.Millisecond
		}
		p.At += stalled
		fate := rapid.IntRange(0, 9).Draw(r, "fate")
		if fate < 3 && lost < lossesInARow {
			lost++
			continue
		}
		lost = 0
		late := func(p Received) Received {
			if s.countable() && !stalls {
				p.At += time.Duration(rapid.IntRange(0, int(disorder/time.Millisecond)).Draw(r, "delay")) * time.Millisecond
			}
			return p
		}
		arrived = append(arrived, late(p))
		if fate == 9 {
			arrived = append(arrived, late(p))
		}
	}
	slices.SortStableFunc(arrived, func(a, b Received) int { return int(a.At - b.At) })
	return arrived
}

// hear is what a receiver makes of packets, when somebody looks every 20 ms whether
// an end was lost.
func hear(packets []Received) string {
	var heard strings.Builder
	r := NewReceiver(func(d Digit) { heard.WriteString(d.String()) })
	last := time.Duration(0)
	for _, p := range packets {
		if p.At-last > Patience {
			r.Expire()
		}
		last = p.At
		r.Packet(p)
	}
	r.Expire()
	return heard.String()
}

func drawSender(r *rapid.T) sender {
	s := sender{
		stamps:      stamps(rapid.IntRange(0, 3).Draw(r, "timestamps")),
		markers:     markers(rapid.IntRange(0, 2).Draw(r, "markers")),
		durations:   durations(rapid.IntRange(0, 3).Draw(r, "durations")),
		numbering:   numbering(rapid.IntRange(0, 3).Draw(r, "numbering")),
		every:       rapid.SampledFrom([]time.Duration{20, 50}).Draw(r, "every") * time.Millisecond,
		ends:        rapid.SampledFrom([]int{3, 3, 3, 1, 0}).Draw(r, "ends"),
		endsStamped: rapid.Bool().Draw(r, "ends stamped"),
		endsGrow:    rapid.Bool().Draw(r, "ends grow"),
		clockRateHz: rapid.SampledFrom([]int{8000, 16000}).Draw(r, "clock"),
	}
	if s.durations >= durationConstant || s.markers == markerAlways {
		// Without a duration or a marker that says anything, a run of packets is
		// one press as long as no gap is longer than Patience.
		s.every = 20 * time.Millisecond
	}
	return s
}

// Any sequence of presses, rendered by any of the senders, with losses, doubles and
// disorder within the bounds, gives exactly those keys.
func TestEverySequenceOfPressesIsHeardFromEverySender(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := drawSender(r)
		var presses []keypress
		var want strings.Builder
		for range rapid.IntRange(1, 8).Draw(r, "presses") {
			k := keypress{
				digit: Digit(events[rapid.SampledFrom([]int{1, 1, 5, 11}).Draw(r, "key")]),
				tone:  time.Duration(rapid.IntRange(s.leastPackets(), 30).Draw(r, "tone")) * s.every,
				pause: time.Duration(rapid.IntRange(60, 1000).Draw(r, "pause")) * time.Millisecond,
			}
			presses = append(presses, k)
			want.WriteString(k.digit.String())
		}
		sent := s.render(presses, rapid.Uint32().Draw(r, "timestamp"), rapid.Uint16().Draw(r, "sequence"))
		arrived := network(r, sent, s)
		if heard := hear(arrived); heard != want.String() {
			r.Fatalf("%+v: pressed %q, heard %q of\n%s", s, want.String(), heard, listing(arrived))
		}
	})
}

func listing(packets []Received) string {
	var b strings.Builder
	for _, p := range packets {
		fmt.Fprintf(&b, "%v #%d ts %d code %d end %v marker %v duration %d\n", p.At, p.Sequence, p.Timestamp, p.Code, p.End, p.Marker, p.Duration)
	}
	return b.String()
}

func TestKeysOfKnownSendersAreHeard(t *testing.T) {
	plain := sender{every: 20 * time.Millisecond, ends: 3, clockRateHz: 8000}
	for name, change := range map[string]func(*sender){
		"as RFC 4733 has it":                                func(*sender) {},
		"a later timestamp with each packet":                func(s *sender) { s.stamps = stampsRise },
		"and with each end":                                 func(s *sender) { s.stamps, s.endsStamped = stampsRise, true },
		"ends with timestamps of their own":                 func(s *sender) { s.endsStamped = true },
		"ends that grow":                                    func(s *sender) { s.endsGrow = true },
		"the same timestamp for every key":                  func(s *sender) { s.stamps = stampsStand },
		"the same, and no marker":                           func(s *sender) { s.stamps, s.markers = stampsStand, markerNever },
		"a timestamp that falls with each key":              func(s *sender) { s.stamps = stampsFall },
		"no marker":                                         func(s *sender) { s.markers = markerNever },
		"a marker on every packet":                          func(s *sender) { s.markers = markerAlways },
		"never an end":                                      func(s *sender) { s.ends = 0 },
		"one end":                                           func(s *sender) { s.ends = 1 },
		"a first packet of duration 0":                      func(s *sender) { s.durations = durationFromZero },
		"the duration of one packet":                        func(s *sender) { s.durations = durationConstant },
		"and timestamps that rise":                          func(s *sender) { s.durations, s.stamps = durationConstant, stampsRise },
		"no duration":                                       func(s *sender) { s.durations = durationZero },
		"a packet every 50 ms":                              func(s *sender) { s.every = 50 * time.Millisecond },
		"a numbering and an SSRC of its own":                func(s *sender) { s.numbering = numberedApart },
		"a numbering that begins anew with each key":        func(s *sender) { s.numbering = numberedEachKey },
		"no numbering":                                      func(s *sender) { s.numbering = numberedNever },
		"16 kHz":                                            func(s *sender) { s.clockRateHz = 16000 },
		"timestamps that rise, no marker, numbered apart":   func(s *sender) { s.stamps, s.markers, s.numbering = stampsRise, markerNever, numberedApart },
		"one timestamp, no end, durations that say nothing": func(s *sender) { s.stamps, s.ends, s.durations = stampsStand, 0, durationZero },
	} {
		t.Run(name, func(t *testing.T) {
			s := plain
			change(&s)
			const want = "0123456789*#ABCD5511#"
			var presses []keypress
			for _, d := range []byte(want) {
				presses = append(presses, keypress{Digit(d), 120 * time.Millisecond, 80 * time.Millisecond})
			}
			if heard := hear(s.render(presses, 1<<32-5000, 65500)); heard != want {
				t.Errorf("pressed %q, heard %q", want, heard)
			}
		})
	}
}
