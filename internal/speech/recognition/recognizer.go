package recognition

import (
	"fmt"
	"log/slog"
	"sync"
)

// Config is what a recognizer works with.
type Config struct {
	Engines []Engine // the best first
	Ears    int      // most at once; 0: EarsMost
	Log     *slog.Logger
}

// EarsMost is how many ears are open at once when nothing else is said. An ear on a
// voice that is silent costs less than a thousandth of a core.
const EarsMost = 200

// Recognizer listens with the first of its engines that knows a language. It is safe
// for concurrent use.
type Recognizer struct {
	cfg  Config
	open sync.WaitGroup

	mu   sync.Mutex
	live int
}

// New makes a recognizer.
func New(c Config) *Recognizer {
	if c.Ears == 0 {
		c.Ears = EarsMost
	}
	return &Recognizer{cfg: c}
}

// Hears reports whether an engine works and knows a language (BCP 47).
func (r *Recognizer) Hears(language string) bool {
	_, err := r.engines(language)
	return err == nil
}

// engines are those that know a language, one at least.
func (r *Recognizer) engines(language string) (fit []Engine, err error) {
	for _, e := range r.cfg.Engines {
		if e.Hears(language) {
			fit = append(fit, e)
		}
	}
	if len(fit) == 0 {
		return nil, &Failure{Broken, fmt.Sprintf("no engine of this server understands %.32q", language)}
	}
	return fit, nil
}

// Listen opens an ear. told is called by one goroutine, with what the ear hears, in
// order. An error is a Failure: Busy when Ears are open, Broken when no engine knows the
// language.
func (r *Recognizer) Listen(w Wish, told func(News)) (*Ear, error) {
	if _, err := r.engines(w.Language); err != nil {
		return nil, err
	}
	if !r.admit() {
		return nil, &Failure{Busy, fmt.Sprintf("%d voices are listened to already", r.cfg.Ears)}
	}
	e := newEar(r, w, told)
	r.open.Go(func() {
		defer r.dismiss()
		e.run()
	})
	return e, nil
}

func (r *Recognizer) admit() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live >= r.cfg.Ears {
		return false
	}
	r.live++
	return true
}

func (r *Recognizer) dismiss() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live--
}

// Live is how many ears are open.
func (r *Recognizer) Live() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.live
}

// Wait returns when all ears are closed. None may be opened meanwhile.
func (r *Recognizer) Wait() { r.open.Wait() }
