package rtp

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"strowger/internal/media/codec"
	"strowger/internal/media/codec/codectest"
	"strowger/internal/media/dtmf"
)

// wide is a session that sends L16 and understands PCMU too.
func wide(fmtp string) Params {
	return Params{
		Remote: farEnd, Format: Format{Codec: codectest.L16, PayloadType: 107, FMTP: fmtp},
		Understood:       []Format{{Codec: codec.PCMU}},
		EventPayloadType: 108, EventClockRateHz: 16000,
	}
}

func newWideSession(t *testing.T, fmtp string) (*Session, *wire) {
	t.Helper()
	s, w := newTestSession(t, Config{})
	if err := s.Update(wide(fmtp)); err != nil {
		t.Fatal(err)
	}
	if s.SampleRateHz() != 16000 || s.String() != "L16/16000" {
		t.Fatalf("%v at %d Hz", s, s.SampleRateHz())
	}
	return s, w
}

// linear is a packet of L16 of one level, the n-th of its stream.
func linear(n int, level int16) []byte {
	payload := make([]byte, 640)
	for i := range 320 {
		binary.BigEndian.PutUint16(payload[2*i:], uint16(level))
	}
	return datagram(header{payloadType: 107, sequence: uint16(n), timestamp: uint32(320 * n)}, payload)
}

func TestACodecThatCanConcealsItself(t *testing.T) {
	s, _ := newWideSession(t, "")
	frame := make([]int16, 320)
	for tick, c := range []struct {
		arrive []int
		want   int16
	}{
		{[]int{1}, 100}, {[]int{2, 4}, 200}, {nil, codectest.Recovered}, {nil, 400}, {nil, codectest.Concealed}, {[]int{6}, 600},
	} {
		for _, n := range c.arrive {
			s.hears(linear(n, int16(100*n)), farEnd)
		}
		if !s.ReadFrame(frame) || frame[0] != c.want || frame[319] != c.want {
			t.Errorf("in tick %d %d to %d is heard, want %d", tick, frame[0], frame[319], c.want)
		}
	}
}

func TestWhatACodecMakesUpEndsInSilenceToo(t *testing.T) {
	s, _ := newWideSession(t, "")
	s.hears(linear(1, 100), farEnd)
	frame := make([]int16, 320)
	heard := ""
	for range 6 {
		switch {
		case !s.ReadFrame(frame):
			heard += "-"
		case frame[0] == codectest.Concealed:
			heard += "~"
		default:
			heard += "1"
		}
	}
	if heard != "1~~~--" {
		t.Errorf("heard %s", heard)
	}
}

func TestAFrameThatTheCodecDoesNotSendIsASilenceInTime(t *testing.T) {
	s, w := newWideSession(t, "usedtx=1")
	loud, silent := tone440(16000, 320), make([]int16, 320)
	for _, frame := range [][]int16{loud, silent, silent, silent, loud, loud} {
		s.WriteFrame(frame)
	}
	if len(w.sent) != 3 {
		t.Fatalf("%d packets were sent", len(w.sent))
	}
	first, second, third := w.sent[0], w.sent[1], w.sent[2]
	if second.sequence != first.sequence+1 || second.timestamp != first.timestamp+4*320 || !second.marker || third.marker {
		t.Errorf("sent %+v, %+v, %+v", first.header, second.header, third.header)
	}
}

func TestTheFarEndMaySendAnyFormatThatWasAgreedOn(t *testing.T) {
	s, _ := newWideSession(t, "")
	tone8, tone16 := tone440(8000, 200*160), tone440(16000, 200*320)
	var heard []int16
	frame := make([]int16, 320)
	for n := range 200 {
		h := header{sequence: uint16(n), payloadType: 107, timestamp: 5000 + uint32(320*n)}
		payload := make([]byte, 640)
		for i, v := range tone16[320*n : 320*(n+1)] {
			binary.BigEndian.PutUint16(payload[2*i:], uint16(v))
		}
		if n/50%2 == 1 { // a second of this, a second of that, each by its own clock
			h.payloadType, h.timestamp = 0, 70000+uint32(160*n)
			payload = payload[:160]
			codec.PCMU.NewEncoder("").Encode(payload, tone8[160*n:160*(n+1)])
		}
		s.hears(datagram(h, payload), farEnd)
		if !s.ReadFrame(frame) {
			t.Fatalf("nothing is heard in frame %d", n)
		}
		heard = append(heard, frame...)
	}
	for second := range 4 {
		part := heard[50*320*second+1600 : 50*320*(second+1)]
		var total float64
		for _, v := range part {
			total += float64(v) * float64(v)
		}
		if p := dtmf.Power(part, 440, 16000) / total; p < 0.99 {
			t.Errorf("second %d is %.3f of 440 Hz", second, p)
		}
	}
	if stats := s.Stats(); stats.Concealed != 0 || stats.Lost != 0 || stats.Jitter > 50*time.Millisecond {
		t.Errorf("%+v", stats)
	}
}

func TestAFrameOfTheFormerRateIsStillServedAfterAnUpdate(t *testing.T) {
	s, w := newTestSession(t, Config{})
	narrow, wideFrame := tone440(8000, 160), tone440(16000, 320)
	s.ReadFrame(narrow)
	s.WriteFrame(narrow)
	if err := s.Update(wide("")); err != nil {
		t.Fatal(err)
	}
	s.ReadFrame(narrow) // the clock asked for the rate just before the update
	s.WriteFrame(narrow)
	s.hears(linear(1, 100), farEnd)
	if !s.ReadFrame(wideFrame) || wideFrame[100] != 100 {
		t.Errorf("heard %d", wideFrame[100])
	}
	s.WriteFrame(wideFrame)
	var types []uint8
	for _, p := range w.sent {
		types = append(types, p.payloadType)
	}
	if len(types) != 3 || types[0] != 0 || types[1] != 0 || types[2] != 107 {
		t.Errorf("sent payload types %v", types)
	}
}

func TestKeysAreCountedByTheClockThatWasAgreedOn(t *testing.T) {
	s, w := newWideSession(t, "")
	sent := s.SendDTMF([]dtmf.Digit{'5'}, 100*time.Millisecond, 100*time.Millisecond)
	frame := tone440(16000, 320)
	for range 12 {
		s.WriteFrame(frame)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	var last dtmf.Event
	for _, p := range w.sent {
		if p.payloadType == 108 {
			last, _ = dtmf.ParseEvent(p.payload)
		}
	}
	if !last.End || last.Duration != 1600 {
		t.Errorf("100 ms ends as %+v", last)
	}

	var heard strings.Builder
	s, _ = newTestSession(t, Config{OnDigit: func(d dtmf.Digit, _ time.Time) { heard.WriteString(d.String()) }})
	_ = s.Update(wide(""))
	for i, p := range w.sent {
		p.header.sequence = uint16(i)
		s.hears(datagram(p.header, p.payload), farEnd)
	}
	if heard.String() != "5" {
		t.Errorf("heard %q", heard.String())
	}
}

func TestANumberOfTheAgreementIsHeardAsOneThingOnly(t *testing.T) {
	p := wide("")
	p.Understood = append(p.Understood, Format{Codec: codec.PCMA, PayloadType: 107}, Format{Codec: codec.PCMA, PayloadType: 108})
	l := newPipeline(p, nil)
	if d := l.find(107); d.Codec != codectest.L16 {
		t.Errorf("107 is %v", d.Codec)
	}
	if l.find(108) != nil {
		t.Error("an event is heard as sound")
	}
	if l.clockRateHz(0) != 8000 {
		t.Errorf("PCMU counts by %d Hz", l.clockRateHz(0))
	}
}
