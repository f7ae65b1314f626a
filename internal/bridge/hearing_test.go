package bridge

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/media/rtp"
)

// phone is a leg that was sent whatever it was given, and knows what its far end has
// reported of it, from the first packet on.
type phone struct {
	*ear
	reported, lost atomic.Uint64
	mute           atomic.Bool // its far end never reports

	mu    sync.Mutex
	marks []uint64 // packets before each
}

func (p *phone) Mark() rtp.Mark {
	sent := uint64(len(p.each()))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks = append(p.marks, sent)
	return rtp.Mark{}
}

// Between is what became of the packets between the last two marks.
func (p *phone) Between(rtp.Mark, rtp.Mark) rtp.Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	from, to := p.marks[len(p.marks)-2], p.marks[len(p.marks)-1]
	return rtp.Delivery{Sent: to - from, Reported: min(max(p.reported.Load(), from), to) - from, Lost: p.lost.Load(), Mute: p.mute.Load()}
}

// finished waits for the end of a play, and gives what is told of it and when.
func (f *fixture) finished(t *testing.T) ([]call.Hearing, time.Time) {
	t.Helper()
	f.expect(t, call.PlayerStarted{Operation: 1})
	sig := <-f.signals
	end, ok := sig.(call.PlayerFinished)
	if !ok {
		t.Fatalf("%T%+v", sig, sig)
	}
	return end.Hearing, time.Now()
}

const played = 200 * time.Millisecond // of each file

func TestEachParticipantIsToldWithWhatItWasSentAndHasReceived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.bridge.cfg.ProofOfHearing = time.Second
			a, b, c := &phone{ear: f.legs[legA]}, &phone{ear: f.legs[legB]}, call.NewLegID(testCall, 3)
			f.legs[c] = newEar(0)
			f.phones = map[call.LegID]*phone{legA: a, legB: b}
			a.reported.Store(1 << 20)
			a.lost.Store(2)
			f.do(call.Join{Leg: legA, Address: "4:+1"}, call.Join{Leg: legB, Address: "4:+2"}, call.Join{Leg: c, Address: "4:+3"},
				call.Isolate{Leg: c, Isolated: true}, play(1, false, nil, "a"))
			began := time.Now()
			hearing, at := f.finished(t)
			want := []call.Hearing{
				{Participant: "4:+1", Sent: played, Reported: played, Received: played - 40*time.Millisecond},
				{Participant: "4:+2", Sent: played},
			}
			if !slices.Equal(hearing, want) {
				t.Errorf("%+v, want %+v", hearing, want)
			}
			if waited := at.Sub(began) - played; waited < time.Second || waited > 1100*time.Millisecond {
				t.Errorf("the end was told after %v", waited)
			}
		})
	})
}

func TestWhenAllHaveReportedTheEndIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.bridge.cfg.ProofOfHearing = 10 * time.Second
			a := &phone{ear: f.legs[legA]}
			f.phones = map[call.LegID]*phone{legA: a}
			f.do(call.Join{Leg: legA, Address: "4:+1"}, call.Join{Leg: legB, Address: "4:+2"}, play(1, false, []call.LegID{legA}, "a"))
			began := time.Now()
			time.AfterFunc(played+time.Second, func() { a.reported.Store(1 << 20) })
			hearing, at := f.finished(t)
			if want := []call.Hearing{{Participant: "4:+1", Sent: played, Reported: played, Received: played}}; !slices.Equal(hearing, want) {
				t.Errorf("%+v, want %+v", hearing, want)
			}
			if waited := at.Sub(began) - played; waited > 1100*time.Millisecond {
				t.Errorf("the end was told after %v", waited)
			}
		})
	})
}

func TestUnlessItIsAskedForNobodyIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.phones = map[call.LegID]*phone{legA: {ear: f.legs[legA]}}
			f.do(call.Join{Leg: legA, Address: "4:+1"}, play(1, false, nil, "a"))
			if hearing, _ := f.finished(t); hearing != nil {
				t.Errorf("%+v", hearing)
			}
		})
	})
}

// While a file is fetched silence is sent. That it came says nothing of the play.
func TestWhatWasSentBeforeAPlayIsNoProofOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.bridge.cfg.ProofOfHearing = time.Second
			a := &phone{ear: f.legs[legA]}
			f.phones = map[call.LegID]*phone{legA: a}
			a.reported.Store(50)
			f.do(call.Join{Leg: legA, Address: "4:+1"}, play(1, false, nil, "slow"))
			time.AfterFunc(2*time.Second, func() { close(f.slow) })
			hearing, _ := f.finished(t)
			if want := []call.Hearing{{Participant: "4:+1", Sent: played}}; !slices.Equal(hearing, want) {
				t.Errorf("%+v, want %+v", hearing, want)
			}
		})
	})
}

// Somebody who is let in amid a play was sent other things before.
func TestAReportProvesNothingOfWhatMayHaveComeAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.bridge.cfg.ProofOfHearing = time.Second
			f.length = 2 * 8000
			a := &phone{ear: f.legs[legA]}
			f.phones = map[call.LegID]*phone{legA: a}
			a.reported.Store(50)
			f.do(call.Join{Leg: legA, Address: "4:+1"}, call.Isolate{Leg: legA, Isolated: true}, play(1, false, nil, "a"))
			time.AfterFunc(time.Second, func() { f.do(call.Isolate{Leg: legA}) })
			hearing, _ := f.finished(t)
			if len(hearing) != 1 || hearing[0].Sent < 900*time.Millisecond || hearing[0].Sent > 1100*time.Millisecond || hearing[0].Reported > 100*time.Millisecond {
				t.Errorf("%+v", hearing)
			}
		})
	})
}

// A recognition listens from the end of its prompt on.
func TestTheEndOfAPromptIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.bridge.cfg.ProofOfHearing = 10 * time.Second
			f.phones = map[call.LegID]*phone{legA: {ear: f.legs[legA]}}
			prompt := play(1, false, nil, "a")
			prompt.Prompt = true
			f.do(call.Join{Leg: legA, Address: "4:+1"}, prompt)
			began := time.Now()
			if hearing, at := f.finished(t); hearing != nil || at.Sub(began) > played+100*time.Millisecond {
				t.Errorf("%+v after %v", hearing, at.Sub(began))
			}
		})
	})
}

func TestNobodyWaitsForWhoHasLeftOrNeverReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.bridge.cfg.ProofOfHearing = 10 * time.Second
			a, b := &phone{ear: f.legs[legA]}, &phone{ear: f.legs[legB]}
			f.phones = map[call.LegID]*phone{legA: a, legB: b}
			a.mute.Store(true)
			f.do(call.Join{Leg: legA, Address: "4:+1"}, call.Join{Leg: legB, Address: "4:+2"}, play(1, false, nil, "a"))
			began := time.Now()
			time.AfterFunc(played/2, func() { f.do(call.Leave{Leg: legB}) })
			hearing, at := f.finished(t)
			if len(hearing) != 2 || hearing[0] != (call.Hearing{Participant: "4:+1", Sent: played}) ||
				hearing[1].Sent == 0 || hearing[1].Sent >= played || at.Sub(began) > played+100*time.Millisecond {
				t.Errorf("%+v after %v", hearing, at.Sub(began))
			}
		})
	})
}

// The end of a play that waits for reports does not wait for who leaves meanwhile.
func TestWhoLeavesAfterAPlayIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve(t, func(f *fixture) {
			f.bridge.cfg.ProofOfHearing = 10 * time.Second
			f.phones = map[call.LegID]*phone{legA: {ear: f.legs[legA]}}
			f.do(call.Join{Leg: legA, Address: "4:+1"}, call.Join{Leg: legB, Address: "4:+2"}, play(1, false, nil, "a"))
			began := time.Now()
			time.AfterFunc(time.Second, func() { f.do(call.Leave{Leg: legA}) })
			if hearing, at := f.finished(t); len(hearing) != 1 || at.Sub(began) > 1100*time.Millisecond {
				t.Errorf("%+v after %v", hearing, at.Sub(began))
			}
		})
	})
}
