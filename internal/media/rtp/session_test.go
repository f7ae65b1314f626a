package rtp

import (
	"context"
	"errors"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/dtmf"
)

func TestASessionStatesItsCodecAndRate(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	if s.String() != "PCMU/8000" || s.SampleRateHz() != media.Narrowband {
		t.Errorf("%v at %d Hz", s, s.SampleRateHz())
	}
}

func TestAnInvalidPacketLatchesNothing(t *testing.T) {
	for name, packet := range map[string][]byte{
		"nothing":                nil,
		"text":                   []byte("hello"),
		"version 0":              make([]byte, 172),
		"payload type not ours":  datagram(header{payloadType: 96}, make([]byte, 160)),
		"RTCP on the same port":  datagram(header{payloadType: 72, marker: true}, nil),
		"more than a slot holds": datagram(header{}, make([]byte, maxPayload+1)),
	} {
		t.Run(name, func(t *testing.T) {
			s, w := newTestSession(t, Config{})
			s.hears(packet, stranger)
			s.WriteFrame(make([]int16, 160))
			if to := w.last(t).to; to != farEnd {
				t.Errorf("sound went to %v", to)
			}
			if got := s.Stats(); got.Invalid != 1 || got.Received != 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestOutgoingPacketsFollowEachOtherAndTheFirstIsMarked(t *testing.T) {
	s, w := newTestSession(t, Config{})
	frame := tone440(8000, 160)
	for range 5 {
		s.WriteFrame(frame)
	}
	want := make([]byte, 160)
	codec.PCMU.NewEncoder("").Encode(want, frame)
	first := w.sent[0]
	for i, p := range w.sent {
		if p.sequence != first.sequence+uint16(i) || p.timestamp != first.timestamp+uint32(160*i) || p.ssrc != first.ssrc {
			t.Errorf("packet %d: %+v", i, p.header)
		}
		if p.marker != (i == 0) || p.payloadType != 0 || !slices.Equal(p.payload, want) {
			t.Errorf("packet %d: %+v", i, p.header)
		}
	}
}

func TestOnHoldNothingGoesTheHeldWay(t *testing.T) {
	for direction, want := range map[Direction]struct{ sends, hears bool }{
		SendRecv: {true, true}, SendOnly: {true, false}, RecvOnly: {false, true}, Inactive: {false, false},
	} {
		t.Run(direction.String(), func(t *testing.T) {
			s, w := newTestSession(t, Config{})
			p := basic()
			p.Direction = direction
			if err := s.Update(p); err != nil {
				t.Fatal(err)
			}
			frame := make([]int16, 160)
			s.WriteFrame(frame)
			if sent := len(w.sent) == 1; sent != want.sends {
				t.Errorf("sends: %v", sent)
			}
			s.hears(datagram(header{sequence: 1}, make([]byte, 160)), farEnd)
			if heard := s.ReadFrame(frame); heard != want.hears {
				t.Errorf("hears: %v", heard)
			}
		})
	}
}

func TestSoundBeginsWithAMarkerAndInTimeAfterHold(t *testing.T) {
	s, w := newTestSession(t, Config{})
	held := basic()
	held.Direction = Inactive
	frame := make([]int16, 160)
	s.WriteFrame(frame)
	_ = s.Update(held)
	for range 10 {
		s.WriteFrame(frame)
	}
	_ = s.Update(basic())
	s.WriteFrame(frame)
	if len(w.sent) != 2 {
		t.Fatalf("%d packets were sent", len(w.sent))
	}
	before, after := w.sent[0], w.sent[1]
	if !after.marker || after.timestamp-before.timestamp != 11*160 || after.sequence != before.sequence+1 {
		t.Errorf("before %+v, after %+v", before.header, after.header)
	}
}

func TestAnUnspecifiedAddressIsSentNothing(t *testing.T) {
	s, w := newTestSession(t, Config{})
	p := basic()
	p.Remote = netip.MustParseAddrPort("0.0.0.0:4000") // hold as in RFC 2543
	_ = s.Update(p)
	s.WriteFrame(make([]int16, 160))
	s.hears(datagram(header{sequence: 1}, make([]byte, 160)), farEnd)
	s.WriteFrame(make([]int16, 160))
	if len(w.sent) != 0 {
		t.Errorf("sent to %v", w.sent[0].to)
	}
}

func TestEitherLawOfG711IsUnderstood(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	both := basic()
	both.Understood = []Format{{Codec: codec.PCMA, PayloadType: 8}}
	if err := s.Update(both); err != nil {
		t.Fatal(err)
	}
	tone := tone440(8000, 160)
	payload := make([]byte, 160)
	codec.PCMA.NewEncoder("").Encode(payload, tone)
	s.hears(datagram(header{payloadType: 8, sequence: 1}, payload), farEnd)
	frame := make([]int16, 160)
	if !s.ReadFrame(frame) {
		t.Fatal("nothing heard")
	}
	for i := range frame {
		if math.Abs(float64(frame[i]-tone[i])) > 300 {
			t.Fatalf("sample %d is %d, want %d", i, frame[i], tone[i])
		}
	}
}

func TestDigitsAreReportedAtTheirEndAndOnce(t *testing.T) {
	var heard strings.Builder
	s, _ := newTestSession(t, Config{OnDigit: func(d dtmf.Digit, _ time.Time) { heard.WriteString(d.String()) }})
	event := func(sequence uint16, timestamp uint32, e dtmf.Event) {
		var payload [4]byte
		e.Put(payload[:])
		s.hears(datagram(header{payloadType: 101, sequence: sequence, timestamp: timestamp}, payload[:]), farEnd)
	}
	event(1, 160, dtmf.Event{Code: 4, Duration: 160})
	if heard.String() != "" {
		t.Fatalf("reported before its end: %q", heard.String())
	}
	for n := range uint16(3) {
		event(2+n, 160, dtmf.Event{Code: 4, Duration: 320, End: true})
	}
	if heard.String() != "4" {
		t.Errorf("heard %q", heard.String())
	}
	if lost := s.Stats().Lost; lost != 0 {
		t.Errorf("events count as %d lost", lost)
	}
}

func TestADigitWhoseEndIsLostIsReportedAfter100Milliseconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		digits := make(chan dtmf.Digit, 4)
		s, _ := newTestSession(t, Config{OnDigit: func(d dtmf.Digit, _ time.Time) { digits <- d }})
		payload := []byte{7, 10, 0, 160}
		s.hears(datagram(header{payloadType: 101, sequence: 1}, payload), farEnd)
		running := start(s)
		frame := make([]int16, 160)
		s.ReadFrame(frame)
		for range eventPatience - 1 {
			s.ReadFrame(frame)
		}
		synctest.Wait()
		if len(digits) != 0 {
			t.Error("reported too early")
		}
		s.ReadFrame(frame)
		synctest.Wait()
		if len(digits) != 1 || <-digits != '7' {
			t.Errorf("%d digits", len(digits))
		}
		running.stop(t)
	})
}

func TestMediaTimeoutIsReportedOnceForEachSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		timeouts := make(chan struct{}, 8)
		s, _ := newTestSession(t, Config{
			MediaTimeout:   time.Second,
			OnMediaTimeout: func() { timeouts <- struct{}{} },
		})
		running := start(s)
		frame := make([]int16, 160)
		hear := func(frames int) {
			for range frames {
				s.ReadFrame(frame)
			}
			synctest.Wait()
		}
		hear(49)
		if len(timeouts) != 0 {
			t.Error("reported before a second was over")
		}
		hear(200)
		if len(timeouts) != 1 {
			t.Errorf("reported %d times", len(timeouts))
		}
		running.stop(t)
	})
}

func TestNoMediaIsMissedWhileNoneIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newTestSession(t, Config{
			MediaTimeout:   time.Second,
			OnMediaTimeout: func() { t.Error("reported though the far end may not send") },
		})
		held := basic()
		held.Direction = SendOnly
		_ = s.Update(held)
		running := start(s)
		for range 100 {
			s.ReadFrame(make([]int16, 160))
		}
		synctest.Wait()
		running.stop(t)
	})
}

func TestDigitsAreSentInPlaceOfSound(t *testing.T) {
	s, w := newTestSession(t, Config{})
	frame := tone440(8000, 160)
	s.WriteFrame(frame)
	sent := s.SendDTMF([]dtmf.Digit{'1', '#'}, 100*time.Millisecond, 100*time.Millisecond)
	var heard strings.Builder
	far := dtmf.NewReceiver(func(d dtmf.Digit) { heard.WriteString(d.String()) })
	for range 30 {
		s.WriteFrame(frame)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	markers := 0
	for i, p := range w.sent {
		if i > 0 && p.sequence != w.sent[i-1].sequence+1 {
			t.Errorf("sequence jumps at packet %d", i)
		}
		if p.payloadType == 101 {
			e, _ := dtmf.ParseEvent(p.payload)
			far.Packet(dtmf.Received{
				Event: e, At: time.Duration(i) * frameTime, Sequence: p.sequence,
				Timestamp: p.timestamp, Marker: p.marker, ClockRateHz: 8000,
			})
			if p.marker {
				markers++
			}
		}
	}
	if heard.String() != "1#" || markers != 2 {
		t.Errorf("sent %q with %d markers", heard.String(), markers)
	}
	// Two digits of 10 ticks each, then the sound goes on at its own time.
	after := w.sent[len(w.sent)-1]
	if after.payloadType != 0 || after.timestamp != w.sent[0].timestamp+30*160 {
		t.Errorf("afterwards %+v", after.header)
	}
}

func TestDigitsThatCannotBeSentSayWhy(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	waiting := s.SendDTMF([]dtmf.Digit{'1'}, 0, 0)
	begun := s.SendDTMF([]dtmf.Digit{'2'}, 0, 0)
	s.WriteFrame(make([]int16, 160))
	_ = s.Close()
	for _, sent := range []<-chan error{waiting, begun, s.SendDTMF([]dtmf.Digit{'3'}, 0, 0)} {
		if err := <-sent; !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}

	s, _ = newTestSession(t, Config{})
	plain := basic()
	plain.EventPayloadType = 0
	_ = s.Update(plain)
	if err := <-s.SendDTMF([]dtmf.Digit{'1'}, 0, 0); !errors.Is(err, ErrNoEvents) {
		t.Errorf("without telephone-event: %v", err)
	}
	if err := <-s.SendDTMF([]dtmf.Digit{'1'}, time.Minute, 0); !errors.Is(err, dtmf.ErrTooLong) {
		t.Errorf("a minute: %v", err)
	}
}

func TestTooManyBurstsAreRefusedAsBusy(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	for range maxBursts {
		s.SendDTMF([]dtmf.Digit{'1'}, 0, 0)
	}
	if err := <-s.SendDTMF([]dtmf.Digit{'1'}, 0, 0); !errors.Is(err, ErrBusy) {
		t.Errorf("one more: %v", err)
	}
}

func TestParamsThatMakeNoSenseAreRefused(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	for name, p := range map[string]Params{
		"no codec":        {Remote: farEnd},
		"payload type":    {Remote: farEnd, Format: Format{Codec: codec.PCMU, PayloadType: 128}},
		"one for both":    {Remote: farEnd, Format: Format{Codec: codec.PCMU, PayloadType: 101}, EventPayloadType: 101},
		"event too large": {Remote: farEnd, Format: Format{Codec: codec.PCMU}, EventPayloadType: 200},
	} {
		if err := s.Update(p); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestCountersTellWhatHappened(t *testing.T) {
	s, _ := newTestSession(t, Config{})
	frame := make([]int16, 160)
	for _, n := range []uint16{1, 2, 2, 4, 5} { // 2 twice, 3 never
		s.hears(datagram(header{sequence: n, timestamp: 160 * uint32(n)}, make([]byte, 160)), farEnd)
		s.ReadFrame(frame)
	}
	s.WriteFrame(frame)
	got := s.Stats()
	if got.Received != 5 || got.Lost != 1 || got.Duplicated != 1 || got.Sent != 1 || got.Invalid != 0 {
		t.Errorf("%+v", got)
	}
}

type running struct {
	cancel context.CancelFunc
	done   chan error
}

func start(s *Session) running {
	ctx, cancel := context.WithCancel(context.Background())
	r := running{cancel, make(chan error, 1)}
	go func() { r.done <- s.Run(ctx) }()
	return r
}

func (r running) stop(t *testing.T) {
	t.Helper()
	r.cancel()
	if err := <-r.done; err != nil {
		t.Error(err)
	}
}

func tone440(rate, samples int) []int16 {
	s := make([]int16, samples)
	for i := range s {
		s[i] = int16(10000 * math.Sin(2*math.Pi*440*float64(i)/float64(rate)))
	}
	return s
}
