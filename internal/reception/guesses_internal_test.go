package reception

import (
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/meter"
)

var someone = guesser{source: meter.Host(netip.MustParseAddr("192.0.2.1"))}

// after measures how long an answer waits, and says whether it had room.
func (g *guesses) after(who guesser, guess bool) (wait time.Duration, room bool) {
	asked, answered := time.Now(), make(chan time.Time, 1)
	if !g.answer(who, guess, func() { answered <- time.Now() }) {
		return 0, false
	}
	return (<-answered).Sub(asked), true
}

func TestMistakesSlowTheirAnswersAndAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuesses(time.Now)
		for range mistakesFree {
			g.wrong(someone)
		}
		if wait, _ := g.after(someone, true); wait != 0 {
			t.Errorf("a few mistakes cost %v", wait)
		}
		g.wrong(someone)
		g.wrong(someone)
		if wait, _ := g.after(someone, true); wait != 2*slowStep {
			t.Errorf("two more cost %v", wait)
		}
		if wait, _ := g.after(guesser{source: meter.Host(netip.MustParseAddr("192.0.2.2"))}, true); wait != 0 {
			t.Errorf("and somebody else %v", wait)
		}
		for range 1000 {
			g.wrong(someone)
		}
		if wait, _ := g.after(someone, true); wait != slowMost {
			t.Errorf("a thousand cost %v", wait)
		}
		g.forgive(someone)
		if wait, _ := g.after(someone, true); wait != 0 {
			t.Errorf("after the right password it is %v", wait)
		}
		for range 10 {
			g.wrong(someone)
		}
		time.Sleep(10 * mistakeLife)
		if wait, _ := g.after(someone, true); wait != 0 {
			t.Errorf("after a while it is %v", wait)
		}
	})
}

// Whoever asks many questions at once gets no more nonces, and so no more
// guesses, for it.
func TestManyGuessesAtOnceAreNoFaster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, guesses := newGuesses(time.Now), new(atomic.Int64)
		for end := time.Now().Add(10 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			for range 10 { // each nonce that comes is a guess at once
				g.answer(someone, true, func() {
					g.wrong(someone)
					guesses.Add(1)
				})
			}
			synctest.Wait()
		}
		if most := int(10*time.Minute/slowMost) * waitingEach; guesses.Load() > int64(most) {
			t.Errorf("%d guesses in ten minutes, want %d at most", guesses.Load(), most)
		}
		time.Sleep(slowMost)
	})
}

func TestAnswersThatWaitAreBoundedAndLeaveRoomForQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, answers := newGuesses(time.Now), new(atomic.Int64)
		for range 2 * mistakesFree {
			g.wrong(someone)
		}
		for range 10 * waitingGuesses {
			g.answer(someone, true, func() { answers.Add(1) })
		}
		if _, room := g.after(someone, false); !room {
			t.Error("guesses took all the room")
		}
		time.Sleep(slowMost)
		synctest.Wait()
		if answers.Load() != waitingGuesses || g.waiting != 0 || g.by[someone].waiting != 0 {
			t.Errorf("%d were answered, %d wait", answers.Load(), g.waiting)
		}
		full := 0
		for i := range 2 * waitingMost {
			who := guesser{source: meter.Host(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))}
			for range 2 * mistakesFree {
				g.wrong(who)
			}
			if !g.answer(who, true, func() {}) {
				full++
			}
		}
		if full != waitingMost {
			t.Errorf("%d of %d found no room", full, 2*waitingMost)
		}
		time.Sleep(slowMost)
	})
}

func TestWhatIsRememberedOfGuessersIsBounded(t *testing.T) {
	g := newGuesses(time.Now)
	for i := range guessersMost + 100 {
		g.wrong(guesser{source: meter.Host(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))})
	}
	if n := len(g.by); n > guessersMost {
		t.Errorf("%d are remembered", n)
	}
}
