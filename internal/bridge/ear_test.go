package bridge

import (
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
)

// fakeEars tell that somebody speaks with the first sound, and what of it there was when
// it has been quiet for so many frames. Some cannot be opened.
type fakeEars struct {
	deaf   bool
	closed chan call.OperationID
}

func (f *fakeEars) Open(e call.OpenEar, told func(call.Signal)) (Ear, *call.EarFailed) {
	if f.deaf {
		return nil, &call.EarFailed{Operation: e.Operation, Reason: call.HearingBusy}
	}
	return &fakeEar{of: f, spec: e, told: told}, nil
}

type fakeEar struct {
	of           *fakeEars
	spec         call.OpenEar
	told         func(call.Signal)
	sound, quiet int // frames
}

func (f *fakeEar) Hear(frame []int16, _ int) {
	const pause = 25
	switch {
	case frame != nil:
		if f.sound++; f.sound == 1 {
			f.told(call.VoiceBegan{Operation: f.spec.Operation})
		}
		f.quiet = 0
	case f.sound > 0:
		if f.quiet++; f.quiet == pause {
			f.told(call.SpeechHeard{Operation: f.spec.Operation, Text: f.spec.Voice.Language, Confidence: float64(f.sound)})
			f.sound = 0
		}
	}
}

func (f *fakeEar) Close() { f.of.closed <- f.spec.Operation }

// withEars gives a bridge ears, in its bubble.
func withEars(e *fakeEars) func(*Config) {
	return func(c *Config) {
		e.closed = make(chan call.OperationID, 1)
		c.Ears = e
	}
}

func TestWhoIsAskedIsHeardByItself(t *testing.T) {
	const s = time.Second
	asked := &answering{rateHz: media.Wideband, parts: []part{{lasts: s, silent: true}, {lasts: s}}}
	other := &answering{rateHz: media.Narrowband, parts: []part{{lasts: 3 * s}}}
	ears := &fakeEars{}
	listen(t, answeringLegs{legA: asked, legB: other}, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.Join{Leg: legB}, call.Isolate{Leg: legA, Isolated: true},
			call.OpenEar{Operation: 7, Leg: legA, Voice: call.Voice{Language: "en-US"}})
		began := time.Now()
		f.expect(t, call.VoiceBegan{Operation: 7})
		if took := time.Since(began); took < s || took > s+100*time.Millisecond {
			t.Errorf("it was known after %v that somebody speaks, who did after a second", took)
		}
		frames := float64(media.Frames(s)) // and one more, with the end of what a filter has
		if heard := (<-f.signals).(call.SpeechHeard); heard.Text != "en-US" || heard.Confidence < frames || heard.Confidence > frames+1 {
			t.Errorf("got %+v, want %v frames of en-US", heard, frames)
		}
		f.do(call.CloseEar{Operation: 7})
		<-ears.closed
	}, withEars(ears))
}

func TestWhoIsMutedSaysNothing(t *testing.T) {
	asked := &answering{rateHz: media.Narrowband, parts: []part{{lasts: 5 * time.Second}}}
	ears := &fakeEars{}
	listen(t, answeringLegs{legA: asked}, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.OpenEar{Operation: 7, Leg: legA})
		f.expect(t, call.VoiceBegan{Operation: 7})
		f.do(call.MuteLeg{Leg: legA, Muted: true})
		if heard := (<-f.signals).(call.SpeechHeard); heard.Confidence == 0 || heard.Confidence > float64(media.Frames(time.Second)) {
			t.Errorf("%v frames of it were heard before it was muted", heard.Confidence)
		}
		f.do(call.Leave{Leg: legA}, call.CloseEar{Operation: 7})
		<-ears.closed
	}, withEars(ears))
}

func TestAnEarThatCannotBeOpenedIsToldOf(t *testing.T) {
	asked := &answering{rateHz: media.Narrowband}
	listen(t, answeringLegs{legA: asked}, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.OpenEar{Operation: 7, Leg: legA})
		f.expect(t, call.EarFailed{Operation: 7, Reason: call.HearingBusy})
		// Who is over already has said so.
		f.do(call.OpenEar{Operation: 8, Leg: legB}, call.CloseEar{Operation: 8}, call.CloseEar{Operation: 7})
	}, withEars(&fakeEars{deaf: true}))
}

// The sound of a call ends while somebody is heard.
func TestAnEarIsClosedWithItsCall(t *testing.T) {
	ears := &fakeEars{}
	listen(t, answeringLegs{legA: {rateHz: media.Narrowband}}, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.OpenEar{Operation: 7, Leg: legA})
		f.do(call.Close{})
		<-ears.closed
	}, withEars(ears))
}
