package dtmf

import (
	"errors"
	"time"
)

const (
	// ends is how often the end is sent: once, and twice more in case it is
	// lost (RFC 4733 section 2.5.1.4).
	ends = 3

	// volume in -dBm0, the customary level of a keypad.
	volume = 10

	frame = 20 * time.Millisecond
	// minTone and minGap are the shortest that receivers must recognise
	// (ITU-T Q.24); the gap also has to hold the repeated ends.
	minTone = 40 * time.Millisecond
	minGap  = 60 * time.Millisecond
)

// ErrTooLong refuses a tone that does not fit in one event: 8 s at 8 kHz.
var ErrTooLong = errors.New("dtmf: tone is longer than one event can say")

// Step is what a Sender wants done in one tick.
type Step int

const (
	Idle  Step = iota // nothing to send: sound goes out
	Pause             // between digits: silence goes out
	Send              // the packet goes out in place of sound
)

// Packet is one telephone-event packet to be sent.
type Packet struct {
	Event     Event
	Timestamp uint32
	Marker    bool
}

// Burst is digits to be sent in a row.
type Burst struct {
	Digits []Digit
	Tone   time.Duration // of each; at least 40 ms is sent
	Gap    time.Duration // after each; at least 60 ms is sent
}

// Validate says why the burst cannot be sent by an event clock.
func (b Burst) Validate(clockRateHz int) error {
	if ticks(b.Tone)*tickUnits(clockRateHz) > maxSegment {
		return ErrTooLong
	}
	for _, d := range b.Digits {
		if !d.Valid() {
			return errors.New("dtmf: not a digit")
		}
	}
	return nil
}

// Sender spreads bursts over ticks of 20 ms.
type Sender struct {
	digits    []Digit
	tickUnits int // of the event clock
	toneTicks int
	gapTicks  int
	tick      int    // within the current digit
	began     uint32 // timestamp of the current digit
}

// Start begins a valid burst by an event clock, which is that of the sound around
// it (RFC 4733 section 2.1). The sender must be idle.
func (s *Sender) Start(b Burst, clockRateHz int) {
	*s = Sender{
		digits:    b.Digits,
		tickUnits: tickUnits(clockRateHz),
		toneTicks: ticks(max(b.Tone, minTone)),
		gapTicks:  ticks(max(b.Gap, minGap)),
	}
}

// Busy reports whether a burst is being sent.
func (s *Sender) Busy() bool { return len(s.digits) > 0 }

// Next says what to do in the tick whose sound would have timestamp now. All
// packets of one digit carry the timestamp at which it began.
func (s *Sender) Next(now uint32) (Packet, Step) {
	if !s.Busy() {
		return Packet{}, Idle
	}
	if s.tick == 0 {
		s.began = now
	}
	s.tick++
	if s.tick < s.toneTicks+ends {
		return s.packet(), Send
	}
	if s.tick >= s.toneTicks+s.gapTicks {
		s.digits, s.tick = s.digits[1:], 0
	}
	return Packet{}, Pause
}

func (s *Sender) packet() Packet {
	return Packet{
		Timestamp: s.began,
		Marker:    s.tick == 1,
		Event: Event{
			Code:     uint8(s.digits[0].event()),
			End:      s.tick >= s.toneTicks,
			Volume:   volume,
			Duration: uint16(min(s.tick, s.toneTicks) * s.tickUnits),
		},
	}
}

func ticks(d time.Duration) int { return int((d + frame - 1) / frame) }

// tickUnits is how many units of a clock are in a frame.
func tickUnits(clockRateHz int) int { return clockRateHz / 50 }
