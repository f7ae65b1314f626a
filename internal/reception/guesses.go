package reception

import (
	"net/netip"
	"sync"
	"time"

	"strowger/internal/meter"
)

// How answers are slowed after wrong passwords.
const (
	mistakesFree = 5                      // before anything is slowed
	slowStep     = 250 * time.Millisecond // more for each one beyond
	slowMost     = 10 * time.Second       // a phone gives up after 32 s (RFC 3261 17.1.2.2, timer F)
	mistakeLife  = 10 * time.Second       // after this one of them is forgotten
	guessersMost = 8192

	// Questions for a challenge that are answered at once nevertheless, for each
	// source: so many a second, and so many in a row. Whoever has typed the password
	// wrong a dozen times and now has it right does not wait.
	promptRate  = 1
	promptBurst = 10

	// How many answers may wait: for one guesser, and in all. Guesses leave
	// room for whoever only asks to be challenged.
	waitingGuesses = 16
	waitingEach    = 24
	waitingMost    = 2048
)

// guesses slows whoever tries passwords. It never looks at a password itself:
// the right one is always let in at once. What is slowed is the 401, which
// carries the nonce that the next guess needs, so that it does not help to have
// many guesses under way at once.
//
// Timers wait, no goroutines. An answer that is due after the server has stopped
// goes nowhere.
type guesses struct {
	now    func() time.Time
	prompt *meter.Meter // questions

	mu      sync.Mutex
	by      map[guesser]tally
	waiting int // answers
}

// guesser is who is slowed together: a whole source, or one name at a source
// where others are known.
type guesser struct {
	source netip.Prefix
	name   string
}

type tally struct {
	mistakes float64 // as of at; one is forgotten each mistakeLife
	at       time.Time
	waiting  int // answers
}

func newGuesses(now func() time.Time) *guesses {
	return &guesses{
		now: now, by: map[guesser]tally{},
		prompt: meter.New(meter.Config{Rate: promptRate, Burst: promptBurst, Now: now}),
	}
}

// wrong counts a wrong password.
func (g *guesses) wrong(who guesser) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	t, known := g.by[who]
	if !known {
		makeRoom(g.by, guessersMost, func(t tally) bool { return t.waiting == 0 && t.left(now) == 0 })
	}
	t.mistakes, t.at = t.left(now)+1, now
	g.by[who] = t
}

// forgive forgets the mistakes of who has the right password after all.
func (g *guesses) forgive(who guesser) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t, known := g.by[who]; known {
		t.mistakes = 0
		g.by[who] = t
	}
}

// answer calls f, which answers 401, when it is time. It reports false, and does
// not call f, when as many answers wait as may: of this guesser's, whose guesses
// leave some room for its questions, or of all.
func (g *guesses) answer(who guesser, guess bool, f func()) bool {
	g.mu.Lock()
	t := g.by[who]
	wait := t.slowness(g.now())
	most := waitingEach
	if guess {
		most = waitingGuesses
	}
	if wait > 0 && !guess && g.prompt.Take(who.source, 1) {
		wait = 0
	}
	full := wait > 0 && (t.waiting >= most || g.waiting >= waitingMost)
	if wait > 0 && !full {
		t.waiting++
		g.waiting++
		g.by[who] = t
	}
	g.mu.Unlock()
	switch {
	case full:
		return false
	case wait == 0:
		f()
	default:
		time.AfterFunc(wait, func() {
			g.answered(who)
			f()
		})
	}
	return true
}

func (g *guesses) answered(who guesser) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting--
	if t := g.by[who]; t.waiting > 0 { // else it had to give way to others
		t.waiting--
		g.by[who] = t
	}
}

// left are the mistakes that are not forgotten.
func (t tally) left(now time.Time) float64 {
	return max(t.mistakes-now.Sub(t.at).Seconds()/mistakeLife.Seconds(), 0)
}

func (t tally) slowness(now time.Time) time.Duration {
	over := t.left(now) - mistakesFree
	return min(time.Duration(max(over, 0)*float64(slowStep)), slowMost)
}

// makeRoom keeps a map within its bound: what is over goes first, then anything.
func makeRoom[K comparable, V any](m map[K]V, most int, over func(V) bool) {
	if len(m) < most {
		return
	}
	for k, v := range m {
		if over(v) {
			delete(m, k)
		}
	}
	for k := range m {
		if len(m) < most {
			return
		}
		delete(m, k)
	}
}
