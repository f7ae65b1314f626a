package rtp

import (
	"strings"
	"testing"
	"time"

	"strowger/internal/media/dtmf"
)

// keypad is a far end that presses keys while its sound goes on.
type keypad struct {
	s       *Session
	now     time.Time
	heard   strings.Builder
	sound   header
	event   header // ssrc and numbering of the events, when they are apart
	apart   bool
	clockHz uint32
}

func newKeypad(t *testing.T, p Params) *keypad {
	t.Helper()
	k := &keypad{now: time.Now(), sound: header{sequence: 100, ssrc: 1}, clockHz: 8000}
	k.s, _ = newTestSession(t, Config{OnDigit: func(d dtmf.Digit, _ time.Time) { k.heard.WriteString(d.String()) }})
	if err := k.s.Update(p); err != nil {
		t.Fatal(err)
	}
	k.event = header{payloadType: 101}
	return k
}

func (k *keypad) frame() {
	k.now = k.now.Add(frameTime)
	k.sound.sequence++
	k.sound.timestamp += 160
	k.s.hearsAt(k.now, datagram(k.sound, make([]byte, 160)), farEnd)
	k.s.ReadFrame(make([]int16, 160))
}

// press sends the packets of one press between those of the sound.
func (k *keypad) press(code byte) {
	h := k.event
	h.timestamp = k.sound.timestamp
	for n := range uint16(8) {
		k.frame()
		if k.apart {
			k.event.sequence++
			h.sequence = k.event.sequence
		} else {
			k.sound.sequence++
			h.sequence = k.sound.sequence
		}
		h.marker = n == 0
		e := dtmf.Event{Code: code, Duration: uint16(k.clockHz/50) * min(n+1, 5), End: n >= 5}
		payload := make([]byte, dtmf.EventSize)
		e.Put(payload)
		k.s.hearsAt(k.now, datagram(h, payload), farEnd)
	}
	for range 5 {
		k.frame()
	}
}

func TestKeysBesideRunningSoundAreHeardHoweverTheyAreNumbered(t *testing.T) {
	for name, number := range map[string]func(*keypad){
		"with the sound":                 func(k *keypad) { k.event.ssrc = k.sound.ssrc },
		"apart, by an SSRC of their own": func(k *keypad) { k.apart, k.event.ssrc, k.event.sequence = true, 2, 40000 },
		"apart, SSRC 0":                  func(k *keypad) { k.apart, k.event.ssrc, k.event.sequence = true, 0, k.sound.sequence },
		"apart, far ahead":               func(k *keypad) { k.apart, k.event.ssrc, k.event.sequence = true, 1, 1100 },
		"apart, far behind":              func(k *keypad) { k.apart, k.event.ssrc, k.event.sequence = true, 1, 60000 },
	} {
		t.Run(name, func(t *testing.T) {
			k := newKeypad(t, basic())
			number(k)
			for range 5 {
				k.frame()
			}
			for _, code := range []byte{1, 1, 11, 5} {
				k.press(code)
			}
			if k.heard.String() != "11#5" {
				t.Errorf("heard %q", k.heard.String())
			}
			// And the sound is none the worse for it.
			if got := k.s.Stats(); got.Lost != 0 || got.Late != 0 || got.Duplicated != 0 || got.Invalid != 0 || got.Concealed != 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestKeysAreHeardUnderEveryNumberThatWasAgreedOn(t *testing.T) {
	p := basic()
	p.EventPayloadType = 96
	p.EventsUnderstood = []EventFormat{{PayloadType: 101, ClockRateHz: 8000}, {PayloadType: 102, ClockRateHz: 48000}}
	k := newKeypad(t, p)
	for code, payloadType := range []uint8{96, 101, 102, 101} {
		k.event.payloadType, k.event.ssrc, k.clockHz = payloadType, 1, 8000
		if payloadType == 102 {
			k.clockHz = 48000
		}
		k.press(byte(code))
	}
	if k.heard.String() != "0123" {
		t.Errorf("heard %q", k.heard.String())
	}
	k.event.payloadType = 103
	k.press(9)
	if k.heard.String() != "0123" {
		t.Errorf("heard %q of a number that nobody agreed on", k.heard.String())
	}
}

func TestASoundThatTakesTheNumberOfEventsIsSound(t *testing.T) {
	p := basic()
	p.EventsUnderstood = []EventFormat{{PayloadType: 0, ClockRateHz: 8000}}
	k := newKeypad(t, p)
	k.frame()
	if _, ok := k.s.pipeline.Load().eventClock(0); ok {
		t.Error("PCMU is taken for a key")
	}
	p.EventsUnderstood = []EventFormat{{PayloadType: 200, ClockRateHz: 8000}}
	if err := k.s.Update(p); err == nil {
		t.Error("a payload type of 200 was accepted")
	}
}

func TestANewStreamOfSoundDoesNotRepeatAKey(t *testing.T) {
	k := newKeypad(t, basic())
	k.apart, k.event.ssrc = true, 2
	for range 3 {
		k.press(4)
		k.sound.ssrc++
		k.sound.sequence += 5000
		for range 3 {
			k.frame()
		}
	}
	if k.heard.String() != "444" {
		t.Errorf("heard %q", k.heard.String())
	}
}
