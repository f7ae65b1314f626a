package bridge

import (
	"context"
	"log/slog"
	"maps"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
)

// answering is a leg that says something from its first frame on: parts, one after the
// other, and then nothing.
type answering struct {
	rateHz int
	parts  []part
	frame  int
}

// part is a stretch of sound: a tone, or syllables at 0 Hz, or silence.
type part struct {
	lasts  time.Duration
	hz     float64
	silent bool
}

func (a *answering) String() string     { return "answering" }
func (a *answering) SampleRateHz() int  { return a.rateHz }
func (a *answering) WriteFrame([]int16) {}

func (a *answering) ReadFrame(dst []int16) bool {
	at := time.Duration(a.frame) * media.FrameDuration
	a.frame++
	for _, p := range a.parts {
		if at < p.lasts {
			return p.fill(dst, at, a.rateHz)
		}
		at -= p.lasts
	}
	return false
}

func (p part) fill(dst []int16, at time.Duration, rateHz int) bool {
	for i := range dst {
		switch {
		case p.hz > 0:
			dst[i] = int16(3000 * math.Sin(2*math.Pi*p.hz*(at.Seconds()+float64(i)/float64(rateHz))))
		default: // pitched as a voice, in syllables of 0.2 s
			t, sum := at.Seconds()+float64(i)/float64(rateHz), 0.0
			for harmonic := 1.0; harmonic <= 10; harmonic++ {
				sum += math.Sin(2*math.Pi*harmonic*(120*t+2*math.Sin(2*math.Pi*3*t))) / harmonic
			}
			dst[i] = int16(2500 * math.Sin(math.Pi*math.Mod(t, 0.2)/0.2) * sum)
		}
	}
	return !p.silent
}

// answeringLegs are legs by their ids.
type answeringLegs map[call.LegID]*answering

func (l answeringLegs) Media(leg call.LegID) (Media, bool) {
	a, ok := l[leg]
	return a, ok
}

// listen runs a bridge with legs that have answered until f returns, in a bubble of
// synctest.
func listen(t *testing.T, legs answeringLegs, f func(*fixture), with ...func(*Config)) {
	synctest.Test(t, func(t *testing.T) {
		x := &fixture{signals: make(chan call.Signal, 64)}
		clock := media.NewClock(1)
		cfg := Config{Clock: clock, Legs: legs, Signals: x, Sources: x, Log: slog.New(slog.DiscardHandler)}
		for _, change := range with {
			change(&cfg)
		}
		x.bridge = New(cfg)
		ctx, cancel := context.WithCancel(t.Context())
		var run sync.WaitGroup
		run.Go(func() { _ = clock.Run(ctx) })
		run.Go(func() { _ = x.bridge.Run(ctx) })
		f(x)
		cancel()
		run.Wait()
	})
}

// A machine speaks wideband, and a person has joined beside it who does not: each is
// heard by itself.
func TestAMachineAndAPersonAreToldApart(t *testing.T) {
	const s = time.Second
	machine := &answering{rateHz: media.Wideband, parts: []part{{lasts: s / 2, silent: true}, {lasts: 5 * s}, {lasts: s, silent: true}, {lasts: s / 2, hz: 1000}}}
	person := &answering{rateHz: media.Narrowband, parts: []part{{lasts: s / 2, silent: true}, {lasts: s / 2}}}
	listen(t, answeringLegs{legA: machine, legB: person}, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.Join{Leg: legB}, call.DetectMachine{Leg: legA}, call.DetectMachine{Leg: legB})
		began := time.Now()
		f.expect(t, call.AnswererHeard{Leg: legB, Answerer: call.AnsweredByHuman, Confidence: 0.9})
		if took := time.Since(began); took < s || took > 2*s {
			t.Errorf("a word was known to be a person's after %v", took)
		}
		heard := (<-f.signals).(call.AnswererHeard)
		if took := time.Since(began); heard.Leg != legA || heard.Answerer != call.AnsweredByMachine || heard.Confidence < 0.8 || took > 4*s {
			t.Errorf("got %+v after %v, want a machine within four seconds", heard, took)
		}
		f.expect(t, call.GreetingHeard{Leg: legA, End: call.EndedByBeep})
		if took := time.Since(began); took < 7*s || took > 7*s+s/2 {
			t.Errorf("the beep was over after %v, want 7 s and a little", took)
		}
		want := map[call.Answerer]uint64{call.AnsweredByHuman: 1, call.AnsweredByMachine: 1}
		if got := f.bridge.Answerers(); !maps.Equal(got, want) {
			t.Errorf("counted are %v", got)
		}
	})
}

func TestWhoLeavesIsListenedToNoMore(t *testing.T) {
	silent := func() *answering { return &answering{rateHz: media.Narrowband} }
	listen(t, answeringLegs{legA: silent(), legB: silent()}, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.Join{Leg: legB}, call.DetectMachine{Leg: legA}, call.DetectMachine{Leg: legB},
			call.DetectMachine{Leg: call.NewLegID(testCall, 3)}, // it is over
			call.Leave{Leg: legA}, call.StopDetecting{Leg: legB}, call.StopDetecting{Leg: legB})
		time.Sleep(time.Minute)
		if len(f.signals) > 0 {
			t.Errorf("got %+v", <-f.signals)
		}
	})
}

// A conversation that closes ends its detections: a goroutine that is left fails the
// package.
func TestAClosedCallDetectsNoMachine(t *testing.T) {
	listen(t, answeringLegs{legA: {rateHz: media.Narrowband}}, func(f *fixture) {
		f.do(call.Join{Leg: legA}, call.DetectMachine{Leg: legA})
		c := f.bridge.find(testCall)
		f.do(call.Close{})
		<-c.done
	})
}
