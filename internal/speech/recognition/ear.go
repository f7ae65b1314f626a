package recognition

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/mixer"
	"strowger/internal/media/vad"
)

const (
	// EndSilence is the pause that ends an utterance when nothing else is wished for.
	EndSilence = 800 * time.Millisecond
	// preRoll is what was heard before somebody was found to speak: the sound with which
	// the first word begins is in it.
	preRoll       = 300 * time.Millisecond
	preRollFrames = int(preRoll / media.FrameDuration)
	// trail is what an engine is given of the pause after the last sound.
	trail = 300 * time.Millisecond
	// behindMost bounds how far an engine may be behind. The ear fails then.
	behindMost = 30 * time.Second
	// endTime bounds how long any engine may take for an utterance that is over.
	endTime = 30 * time.Second
)

// Ear listens to one voice. Its methods wait for no engine.
type Ear struct {
	wish Wish // as it was at first
	of   *Recognizer
	told func(News)
	log  *slog.Logger

	ctx  context.Context // Close ends what Listen began
	stop context.CancelFunc
	done chan struct{} // closed when all is told

	// Of who feeds it.
	track    mixer.Track
	detector *vad.Detector
	wide     [media.MaxFrameSamples]int16
	frames   int                                         // that it was fed
	before   [preRollFrames][media.MaxFrameSamples]int16 // the last ones, each at its number; kept are of now
	kept     int
	speaking bool
	from     int // the first frame of the utterance
	until    int // the frame after the last sound

	mu      sync.Mutex
	next    tongue // of the next utterance
	waiting []step // for the engine
	behind  int    // frames among them
	over    bool   // too much waits
	news    chan struct{}
}

// tongue is what an utterance is taken to be in.
type tongue struct{ language, model string }

// step is what an ear's goroutine does next: it begins an utterance, hears a frame of
// it, or ends it.
type step struct {
	at      time.Duration // of its first sample, when it begins
	in      tongue        // when it begins
	frame   []int16
	end     bool
	lasting time.Duration // to the last sound, when it ends
	last    bool          // there is no other utterance
}

func newEar(of *Recognizer, w Wish, told func(News)) *Ear {
	if w.EndSilence == 0 {
		w.EndSilence = EndSilence
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Ear{
		wish: w, of: of, told: told, log: of.cfg.Log, ctx: ctx, stop: stop, done: make(chan struct{}),
		detector: vad.New(RateHz), next: tongue{w.Language, w.Model}, news: make(chan struct{}, 1),
	}
}

// Close ends the ear, and waits for nobody: one thing more may be told meanwhile. It may
// be called more than once, and by anyone.
func (e *Ear) Close() { e.stop() }

// Change has what begins to be said from now on be taken to be in another language. An
// utterance that has begun stays what it is. Anyone may call it.
func (e *Ear) Change(language, model string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.next = tongue{language, model}
}

// End closes the ear when it has told what it has heard until now, and waits for that.
// It is called by who fed it, in place of Hear, and may be cut short by Close.
func (e *Ear) End() {
	if e.speaking {
		e.endUtterance()
	}
	e.add(step{last: true})
	<-e.done
}

// Hear takes the next 20 ms of the voice, at 8 or 16 kHz; nil is silence. One goroutine
// may call it at a time.
func (e *Ear) Hear(frame []int16, rateHz int) {
	if rateHz == 0 {
		rateHz = RateHz
	}
	e.track.Lay(&e.wide, frame, rateHz)
	activity := e.detector.Write(e.wide[:])
	e.frames++
	if !e.speaking {
		e.idle(e.wide[:], activity)
		return
	}
	e.listen(e.wide[:], activity)
}

// idle waits for somebody to speak.
func (e *Ear) idle(frame []int16, a vad.Activity) {
	copy(e.before[e.frames%preRollFrames][:], frame)
	e.kept = min(e.kept+1, preRollFrames)
	if !a.Voice {
		return
	}
	e.speaking, e.until = true, e.frames
	e.from = e.frames - e.kept
	e.mu.Lock()
	steps := []step{{at: frameTime(e.from), in: e.next}}
	e.mu.Unlock()
	for i := e.from + 1; i <= e.frames; i++ {
		steps = append(steps, step{frame: slices.Clone(e.before[i%preRollFrames][:])})
	}
	e.kept = 0
	e.add(steps...)
}

// listen waits for the pause after which the utterance is over.
func (e *Ear) listen(frame []int16, a vad.Activity) {
	if a.Voice || a.Sound && e.frames-e.until <= media.Frames(trail) {
		e.until = e.frames
	}
	quiet := frameTime(e.frames - e.until)
	if quiet <= trail {
		e.add(step{frame: slices.Clone(frame)})
	}
	if quiet >= e.wish.EndSilence || frameTime(e.frames-e.from) >= LongestUtterance {
		e.endUtterance()
	}
}

func (e *Ear) endUtterance() {
	e.speaking = false
	e.add(step{end: true, lasting: frameTime(e.until - e.from)})
}

func frameTime(frames int) time.Duration { return time.Duration(frames) * media.FrameDuration }

func (e *Ear) add(steps ...step) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		return
	}
	e.waiting = append(e.waiting, steps...)
	for _, s := range steps {
		if s.frame != nil {
			e.behind++
		}
	}
	if frameTime(e.behind) > behindMost {
		e.over, e.waiting = true, nil
	}
	select {
	case e.news <- struct{}{}:
	default:
	}
}

// errEnded: there is no other utterance.
var errEnded = errors.New("the ear has ended")

// nextStep is what is to be done next.
func (e *Ear) nextStep() (s step, err error) {
	for {
		e.mu.Lock()
		over := e.over
		if len(e.waiting) > 0 {
			s, e.waiting = e.waiting[0], e.waiting[1:]
			if s.frame != nil {
				e.behind--
			}
			e.mu.Unlock()
			if s.last {
				return s, errEnded
			}
			return s, nil
		}
		e.mu.Unlock()
		if over {
			return s, &Failure{Late, "the engine is too slow for what is said"}
		}
		select {
		case <-e.news:
		case <-e.ctx.Done():
			return s, e.ctx.Err()
		}
	}
}

// run has engines recognise one utterance after the other.
func (e *Ear) run() {
	defer close(e.done)
	defer e.stop()
	for {
		err := e.utterance()
		if e.ctx.Err() != nil || err == errEnded {
			return
		}
		if err != nil {
			e.tell(Failed{asFailure(err)})
			return
		}
	}
}

// tell tells, unless the ear is closed.
func (e *Ear) tell(n News) {
	if e.ctx.Err() == nil {
		e.told(n)
	}
}

func asFailure(err error) Failure {
	if f := new(Failure); errors.As(err, &f) {
		return *f
	}
	return Failure{Broken, err.Error()}
}

// utterance waits for somebody to speak, and tells what is said.
func (e *Ear) utterance() error {
	first, err := e.nextStep()
	if err != nil {
		return err
	}
	e.tell(Began{At: first.at})
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	u, err := e.begin(ctx, first)
	if err != nil {
		return err
	}
	defer u.Close()
	for {
		s, err := e.nextStep()
		switch {
		case err != nil:
			return err
		case s.end:
			return e.finish(cancel, u, first.at, s.lasting)
		}
		if err := u.Write(s.frame); err != nil {
			return err
		}
	}
}

// begin begins with the best engine that is not broken.
func (e *Ear) begin(ctx context.Context, s step) (u Utterance, err error) {
	task := Task{Language: s.in.language, Phrases: e.wish.Phrases, Model: s.in.model}
	if e.wish.Partials {
		task.Partial = func(h Heard) { e.tell(Partial{Heard: h, At: s.at}) }
	}
	engines, err := e.of.engines(task.Language)
	for i, engine := range engines {
		if u, err = engine.Begin(ctx, task); err == nil {
			return u, nil
		}
		err = &Failure{asFailure(err).Why, engine.Name() + ": " + asFailure(err).Detail}
		if i+1 < len(engines) {
			e.log.Warn("an engine of speech recognition cannot be used, and another one is: `strowger doctor` says what is wrong", "engine", engine.Name(), "error", err)
		}
	}
	return nil, err
}

// finish waits for what was said.
func (e *Ear) finish(cancel context.CancelFunc, u Utterance, at, lasting time.Duration) error {
	late := time.AfterFunc(endTime, cancel)
	heard, err := u.End()
	if !late.Stop() && err != nil {
		return &Failure{Late, "the engine took longer than " + endTime.String()}
	}
	if err != nil {
		return err
	}
	e.tell(Ended{Heard: heard, At: at, Duration: lasting})
	return nil
}
