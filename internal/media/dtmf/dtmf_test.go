package dtmf

import (
	"math"
	"strings"
	"testing"
	"time"
)

// packet is one line of a receiver's table: what came in, in the order of arrival.
type packet struct {
	sequence  uint16 // 0: one more than the last
	at        int    // ms; 0: 20 ms after the last
	marker    bool
	timestamp uint32
	code      uint8
	end       bool
	duration  uint16
}

func TestReceiverReportsEachDigitOnce(t *testing.T) {
	const m, e = true, true
	for name, c := range map[string]struct {
		in   []packet
		want string
	}{
		"a plain press":                       {[]packet{{0, 0, m, 100, 1, !e, 160}, {0, 0, !m, 100, 1, !e, 320}, {0, 0, !m, 100, 1, e, 480}}, "1"},
		"retransmitted ends":                  {[]packet{{0, 0, m, 100, 1, !e, 160}, {0, 0, !m, 100, 1, e, 480}, {0, 0, !m, 100, 1, e, 480}, {0, 0, !m, 100, 1, e, 480}}, "1"},
		"duplicated packets":                  {[]packet{{1, 0, m, 100, 1, !e, 160}, {1, 0, m, 100, 1, !e, 160}, {2, 0, !m, 100, 1, e, 320}, {1, 0, m, 100, 1, !e, 160}}, "1"},
		"only one end came":                   {[]packet{{0, 0, !m, 100, 11, e, 480}}, "#"},
		"the end came first":                  {[]packet{{9, 0, m, 100, 1, e, 480}, {8, 0, !m, 100, 1, !e, 320}, {7, 0, m, 100, 1, !e, 160}}, "1"},
		"no end, another key":                 {[]packet{{0, 0, m, 100, 1, !e, 160}, {0, 60, m, 2000, 2, e, 480}}, "12"},
		"no end, the same key":                {[]packet{{0, 0, m, 100, 1, !e, 160}, {9, 257, m, 2000, 1, e, 480}}, "11"},
		"no end, the same key, no marker":     {[]packet{{0, 0, m, 100, 1, !e, 160}, {9, 257, !m, 2000, 1, e, 480}}, "11"},
		"an old end after the next began":     {[]packet{{1, 0, m, 100, 1, e, 160}, {4, 100, m, 900, 2, !e, 160}, {3, 105, !m, 100, 1, e, 160}, {5, 0, !m, 900, 2, e, 320}}, "12"},
		"an old end after the same key began": {[]packet{{1, 0, m, 100, 1, !e, 480}, {4, 100, m, 900, 1, !e, 160}, {3, 105, !m, 100, 1, e, 640}, {5, 0, !m, 900, 1, e, 320}}, "11"},
		"only ends of two presses":            {[]packet{{0, 0, !m, 100, 1, e, 160}, {9, 120, !m, 900, 1, e, 160}, {0, 0, !m, 900, 1, e, 160}}, "11"},
		"a tone longer than an event":         {[]packet{{0, 0, m, 100, 5, !e, 65440}, {0, 0, !m, 100, 5, !e, 65535}, {0, 0, !m, 100 + 65535, 5, !e, 160}, {0, 0, !m, 100 + 65535, 5, e, 800}}, "5"},
		"segments shorter than the maximum":   {[]packet{{0, 0, m, 100, 5, !e, 65440}, {0, 0, !m, 100 + 65440, 5, !e, 160}, {0, 0, !m, 100 + 65440, 5, e, 800}}, "5"},
		"a long tone whose turn was lost":     {[]packet{{0, 0, m, 100, 5, !e, 30000}, {0, 4500, !m, 100 + 65535, 5, !e, 320}, {0, 0, !m, 100 + 65535, 5, e, 800}}, "5"},
		"a duration that goes round":          {[]packet{{0, 0, m, 100, 5, !e, 65440}, {0, 0, !m, 100, 5, !e, 64}, {0, 0, !m, 100, 5, e, 224}}, "5"},
		"the end after a long silence":        {[]packet{{0, 0, m, 100, 5, !e, 160}, {0, 0, !m, 100, 5, !e, 320}, {0, 1440, !m, 100, 5, e, 13568}}, "5"},
		"packets lost in the middle":          {[]packet{{0, 0, m, 100, 5, !e, 160}, {0, 300, !m, 100, 5, !e, 2400}, {0, 0, !m, 100, 5, e, 2560}}, "5"},
		"timestamps that wrap":                {[]packet{{1, 0, m, math.MaxUint32 - 10, 1, !e, 160}, {3, 0, m, 1000, 2, e, 160}, {2, 0, !m, math.MaxUint32 - 10, 1, e, 160}}, "12"},
		"timestamps that started anew":        {[]packet{{0, 0, m, 1 << 30, 1, e, 160}, {0, 0, m, 5, 2, e, 160}, {0, 0, m, 9000, 3, e, 160}}, "123"},
		"a hook flash is no digit":            {[]packet{{0, 0, m, 100, 16, e, 160}, {0, 0, m, 900, 3, e, 160}}, "3"},
		"a digit whose end is still to come":  {[]packet{{0, 0, m, 100, 1, !e, 160}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var heard strings.Builder
			r := NewReceiver(func(d Digit) { heard.WriteString(d.String()) })
			var sequence uint16
			at := 0
			for _, p := range c.in {
				sequence, at = sequence+1, at+20
				if p.sequence != 0 {
					sequence = p.sequence
				}
				if p.at != 0 {
					at = p.at
				}
				r.Packet(Received{
					Event: Event{Code: p.code, End: p.end, Duration: p.duration}, At: time.Duration(at) * time.Millisecond,
					Sequence: sequence, Timestamp: p.timestamp, Marker: p.marker, ClockRateHz: 8000,
				})
			}
			if heard.String() != c.want {
				t.Errorf("heard %q, want %q", heard.String(), c.want)
			}
		})
	}
}

func TestExpireReportsTheDigitWhoseEndsWereAllLostAndNeverAgain(t *testing.T) {
	var heard []Digit
	r := NewReceiver(func(d Digit) { heard = append(heard, d) })
	r.Packet(Received{Marker: true, Timestamp: 100, Event: Event{Code: 9, Duration: 160}, ClockRateHz: 8000})
	if !r.Open() {
		t.Fatal("the event is not open")
	}
	r.Expire()
	r.Expire()
	r.Packet(Received{Timestamp: 100, Sequence: 1, At: 40 * time.Millisecond, Event: Event{Code: 9, End: true, Duration: 480}, ClockRateHz: 8000})
	if len(heard) != 1 || heard[0] != '9' || r.Open() {
		t.Fatalf("heard %v", heard)
	}
}

// arrival is a packet of ours as another end gets it.
func arrival(p Packet, now uint32) Received {
	return Received{
		Event: p.Event, At: time.Duration(now/160) * frame, Sequence: uint16(now / 160),
		Timestamp: p.Timestamp, Marker: p.Marker, ClockRateHz: 8000,
	}
}

func TestWhatIsSentIsReceivedWhateverIsLostOfEachDigitButOnePacket(t *testing.T) {
	want := "0123456789*#ABCD55"
	digits, err := ParseDigits(want)
	if err != nil {
		t.Fatal(err)
	}
	for keep := range 5 + ends - 1 {
		var heard strings.Builder
		r := NewReceiver(func(d Digit) { heard.WriteString(d.String()) })
		var s Sender
		s.Start(Burst{Digits: digits, Tone: 100 * time.Millisecond, Gap: 80 * time.Millisecond}, 8000)
		nth := 0
		for now := uint32(1 << 24); s.Busy(); now += 160 {
			p, step := s.Next(now)
			if step != Send {
				nth = 0
				continue
			}
			if nth == keep {
				r.Packet(arrival(p, now))
			}
			nth++
		}
		r.Expire()
		if heard.String() != want {
			t.Errorf("with only packet %d of each digit heard %q, want %q", keep, heard.String(), want)
		}
	}
}

func TestSenderSpacesItsPacketsAsRFC4733Asks(t *testing.T) {
	var s Sender
	s.Start(Burst{Digits: []Digit{'7'}, Tone: 60 * time.Millisecond, Gap: 100 * time.Millisecond}, 8000)
	type line struct {
		step     Step
		marker   bool
		end      bool
		duration uint16
	}
	want := []line{
		{Send, true, false, 160}, {Send, false, false, 320}, {Send, false, true, 480},
		{Send, false, true, 480}, {Send, false, true, 480},
		{step: Pause}, {step: Pause}, {step: Pause}, {step: Idle},
	}
	for i, w := range want {
		p, step := s.Next(1000 + uint32(i)*160)
		if got := (line{step, p.Marker, p.Event.End, p.Event.Duration}); got != w {
			t.Errorf("tick %d: %+v, want %+v", i, got, w)
		}
		if step == Send && (p.Timestamp != 1000 || p.Event.Code != 7) {
			t.Errorf("tick %d: timestamp %d code %d", i, p.Timestamp, p.Event.Code)
		}
	}
}

func TestBurstsThatCannotBeSentAreRefused(t *testing.T) {
	if err := (Burst{Digits: []Digit{'1'}, Tone: 9 * time.Second}).Validate(8000); err == nil {
		t.Error("nine seconds fit in no event")
	}
	if err := (Burst{Digits: []Digit{'x'}}).Validate(8000); err == nil {
		t.Error("x is no digit")
	}
	if _, err := ParseDigits("12x"); err == nil {
		t.Error("x is no digit")
	}
}

func TestDetectorHearsEveryDigitOnceAtBothRates(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		d := NewDetector(rate)
		var heard strings.Builder
		for i := range len(events) {
			samples := append(tone(Digit(events[i]), rate, 100), make([]int16, rate/10)...)
			for _, digit := range d.Write(samples) {
				heard.WriteString(digit.String())
			}
		}
		if heard.String() != events {
			t.Errorf("at %d Hz heard %q", rate, heard.String())
		}
	}
}

func TestDetectorHearsNoDigitInSilenceOrOneTone(t *testing.T) {
	d := NewDetector(8000)
	one := make([]int16, 4000)
	for i := range one {
		one[i] = int16(8000 * math.Sin(2*math.Pi*697*float64(i)/8000))
	}
	if heard := d.Write(append(one, make([]int16, 4000)...)); len(heard) != 0 {
		t.Errorf("heard %v", heard)
	}
}

func TestSendingAndReceivingDoNotAllocate(t *testing.T) {
	r := NewReceiver(func(Digit) {})
	digits := []Digit{'1', '2'}
	var s Sender
	var now uint32
	if n := testing.AllocsPerRun(100, func() {
		s.Start(Burst{Digits: digits}, 8000)
		for s.Busy() {
			p, step := s.Next(now)
			if step == Send {
				r.Packet(arrival(p, now))
			}
			now += 160
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzReceiver feeds arbitrary payloads; a digit may come of an event at most
// once, so never more digits than packets and one.
func FuzzReceiver(f *testing.F) {
	f.Add([]byte{1, 0x8a, 0, 160, 1, 0x8a, 0, 160})
	f.Fuzz(func(t *testing.T, data []byte) {
		packets, digits := 0, 0
		r := NewReceiver(func(d Digit) {
			digits++
			if !d.Valid() {
				t.Errorf("%q is not a digit", byte(d))
			}
		})
		for ; len(data) > 0; data = data[min(len(data), 5):] {
			e, ok := ParseEvent(data)
			if !ok {
				continue
			}
			var again [EventSize]byte
			e.Put(again[:])
			if e2, _ := ParseEvent(again[:]); e2 != e {
				t.Errorf("%+v was written as %+v", e, e2)
			}
			var timestamp uint32
			if len(data) > 4 {
				timestamp = uint32(data[4]) * 160
			}
			packets++
			r.Packet(Received{
				Event: e, At: time.Duration(timestamp) * time.Millisecond, SSRC: uint32(e.Volume >> 4), Sequence: uint16(e.Volume),
				Timestamp: timestamp, Marker: e.Volume&1 != 0, ClockRateHz: 8000,
			})
		}
		r.Expire()
		if digits > packets {
			t.Errorf("%d digits of %d packets", digits, packets)
		}
	})
}

func tone(d Digit, rate, milliseconds int) []int16 {
	row, column := d.Tones()
	s := make([]int16, rate*milliseconds/1000)
	for i := range s {
		at := 2 * math.Pi * float64(i) / float64(rate)
		s[i] = int16(6000*math.Sin(row*at) + 6000*math.Sin(column*at))
	}
	return s
}
