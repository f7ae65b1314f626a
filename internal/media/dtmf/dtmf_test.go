package dtmf

import (
	"math"
	"strings"
	"testing"
	"time"
)

// packet is one line of a receiver's table: what came in.
type packet struct {
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
		"a plain press":                      {[]packet{{m, 100, 1, !e, 160}, {!m, 100, 1, !e, 320}, {!m, 100, 1, e, 480}}, "1"},
		"retransmitted ends":                 {[]packet{{m, 100, 1, !e, 160}, {!m, 100, 1, e, 480}, {!m, 100, 1, e, 480}, {!m, 100, 1, e, 480}}, "1"},
		"duplicated packets":                 {[]packet{{m, 100, 1, !e, 160}, {m, 100, 1, !e, 160}, {!m, 100, 1, e, 320}, {!m, 100, 1, !e, 160}}, "1"},
		"only one end came":                  {[]packet{{!m, 100, 11, e, 480}}, "#"},
		"the end overtook the rest":          {[]packet{{m, 100, 1, e, 480}, {!m, 100, 1, !e, 320}, {m, 100, 1, !e, 160}}, "1"},
		"no end, then another digit":         {[]packet{{m, 100, 1, !e, 160}, {m, 2000, 2, e, 480}}, "12"},
		"no end, then the same digit":        {[]packet{{m, 100, 1, !e, 160}, {m, 2000, 1, e, 480}}, "11"},
		"no end and no marker, same digit":   {[]packet{{m, 100, 1, !e, 160}, {!m, 2000, 1, e, 480}}, "11"},
		"an old end after the next began":    {[]packet{{m, 100, 1, e, 160}, {m, 900, 2, !e, 160}, {!m, 100, 1, e, 160}, {!m, 900, 2, e, 320}}, "12"},
		"only retransmitted ends of two":     {[]packet{{!m, 100, 1, e, 160}, {!m, 900, 1, e, 160}, {!m, 900, 1, e, 160}}, "11"},
		"a tone longer than an event":        {[]packet{{m, 100, 5, !e, 65440}, {!m, 100, 5, !e, 65535}, {!m, 100 + 65535, 5, !e, 160}, {!m, 100 + 65535, 5, e, 800}}, "5"},
		"segments shorter than the maximum":  {[]packet{{m, 100, 5, !e, 65440}, {!m, 100 + 65440, 5, !e, 160}, {!m, 100 + 65440, 5, e, 800}}, "5"},
		"a long tone whose turn was lost":    {[]packet{{m, 100, 5, !e, 30000}, {!m, 100 + 65535, 5, !e, 320}, {!m, 100 + 65535, 5, e, 800}}, "5"},
		"timestamps that wrap":               {[]packet{{m, math.MaxUint32 - 10, 1, !e, 160}, {m, 1000, 2, e, 160}, {!m, math.MaxUint32 - 10, 1, e, 160}}, "12"},
		"timestamps that started anew":       {[]packet{{m, 1 << 30, 1, e, 160}, {m, 5, 2, e, 160}, {m, 9000, 3, e, 160}}, "123"},
		"a hook flash is no digit":           {[]packet{{m, 100, 16, e, 160}, {m, 900, 3, e, 160}}, "3"},
		"a digit whose end is still to come": {[]packet{{m, 100, 1, !e, 160}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var heard strings.Builder
			r := NewReceiver(func(d Digit) { heard.WriteString(d.String()) })
			for _, p := range c.in {
				r.Packet(p.marker, p.timestamp, Event{Code: p.code, End: p.end, Duration: p.duration})
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
	r.Packet(true, 100, Event{Code: 9, Duration: 160})
	if !r.Open() {
		t.Fatal("the event is not open")
	}
	r.Expire()
	r.Expire()
	r.Packet(false, 100, Event{Code: 9, End: true, Duration: 480})
	if len(heard) != 1 || heard[0] != '9' || r.Open() {
		t.Fatalf("heard %v", heard)
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
		for now := uint32(math.MaxUint32 - 5000); s.Busy(); now += 160 {
			p, step := s.Next(now)
			if step != Send {
				nth = 0
				continue
			}
			if nth == keep {
				r.Packet(p.Marker, p.Timestamp, p.Event)
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
				r.Packet(p.Marker, p.Timestamp, p.Event)
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
			r.Packet(e.Volume&1 != 0, timestamp, e)
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
