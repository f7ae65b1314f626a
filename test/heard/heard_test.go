package heard

import (
	"testing"
	"time"
)

func TestAToneIsHeardWhereItIsAndNowhereElse(t *testing.T) {
	for _, channels := range []int{1, 2} {
		data := MakeWAV(Format{RateHz: 8000, Channels: channels, Bits: 16},
			Part{Hz: 440, Length: time.Second}, Part{Length: time.Second}, Part{Hz: 700, Length: time.Second})
		sound, err := Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		spans := sound.Tone(700)
		if len(spans) != 1 || spans[0].From < 1900*time.Millisecond || spans[0].Length() < 950*time.Millisecond {
			t.Errorf("700 Hz was heard %v, want once in the third second", spans)
		}
		if got := sound.ToneLength(1000); got != 0 {
			t.Errorf("1000 Hz was heard for %v in a sound without it", got)
		}
		if got := sound.Loud(); got < 1900*time.Millisecond || got > 2100*time.Millisecond {
			t.Errorf("loud for %v, want two seconds", got)
		}
	}
}

func TestTwoTonesAtOnceAreBothHeard(t *testing.T) {
	a, _ := Decode(MakeWAV(Format{RateHz: 8000, Channels: 1, Bits: 16}, Part{Hz: 440, Length: time.Second}))
	b, _ := Decode(MakeWAV(Format{RateHz: 8000, Channels: 1, Bits: 16}, Part{Hz: 1000, Length: time.Second}))
	for i := range a.Samples {
		a.Samples[i] += b.Samples[i]
	}
	if a.ToneLength(440) < 900*time.Millisecond || a.ToneLength(1000) < 900*time.Millisecond || a.ToneLength(700) != 0 {
		t.Error("a mix is not told apart: " + a.Describe(440, 1000, 700))
	}
}

func TestAGrowingRecordingIsReadToItsEnd(t *testing.T) {
	data := MakeWAV(Format{RateHz: 8000, Channels: 1, Bits: 16}, Part{Hz: 440, Length: time.Second})
	copy(data[40:44], []byte{0, 0, 0, 0})
	sound, err := Decode(data)
	if err != nil || sound.Length() != time.Second {
		t.Errorf("got %v of sound (%v), want a second", sound.Length(), err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(MakeWAV(Format{RateHz: 8000, Channels: 2, Bits: 16}, Part{Hz: 440, Length: 10 * time.Millisecond}))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = Decode(data) })
}
