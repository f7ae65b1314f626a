package recording

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/mixer"
)

// RateHz is the rate of all recordings.
const RateHz = media.Wideband

// frame is one tick of a channel, in samples.
const frame = media.MaxFrameSamples

// blockTicks is how much is written at once: half a second.
const blockTicks = 25

// recorder is a recording that is being made: it reads the tap, lays what it hears
// in its place, and spools it.
type recorder struct {
	archive *Archive
	call    call.ID
	id      call.RecordingID
	tap     *mixer.Tap
	started time.Time
	log     *slog.Logger

	mu     sync.Mutex
	marks  []mark // that are not reached yet, in order
	reason call.Reason

	// Owned by run.
	spool    *spool
	channels *channels // of an unmixed recording
	played   int       // the channel of what is played to everyone
	tracks   [call.RecordingChannels]mixer.Track
	width    int       // channels in use
	next     uint64    // tick to be heard
	began    time.Time // of the block: when its first sample was said
	paused   bool
	block    []int16 // interleaved
	rateHz   int     // of what was heard last
	missing  uint64  // ticks that were not heard
}

func (a *Archive) newRecorder(id call.ID, e call.StartRecorder, tap *mixer.Tap) *recorder {
	now := time.Now().UTC()
	r := &recorder{
		archive: a, call: id, id: e.Recording, tap: tap, started: now, log: a.cfg.Log.With("call", string(id), "recording", string(e.Recording)),
		spool:  newSpool(a.folder(e.Recording), a.cfg.Limits, manifest{Recording: e.Recording, Call: id, Spec: e.Spec, Started: now}),
		played: nowhere, paused: e.Paused, next: tap.First(), rateHz: RateHz,
	}
	if e.Spec.Unmixed {
		r.channels = newChannels(e.Spec.Channels)
	}
	if e.Paused {
		r.spool.m.Pauses = []pause{{From: now}}
	}
	return r
}

// mark is something that happens after a tick.
type mark struct {
	tick  uint64
	apply func() error
}

// at has something done when what is heard has come to its tick.
func (r *recorder) at(tick uint64, apply func() error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.marks = append(r.marks, mark{tick, apply})
}

// stop ends the recording: what the tap holds is still recorded.
func (r *recorder) stop(why call.Reason) {
	r.mu.Lock()
	r.reason = why
	r.mu.Unlock()
	r.tap.Close()
}

// run records until the tap is closed, or ctx is done: then the next process
// finishes the recording.
func (r *recorder) run(ctx context.Context) {
	defer r.tap.Close()
	if err := r.record(ctx); err != nil {
		r.failed(err)
	}
	r.mu.Lock()
	why := r.reason
	r.mu.Unlock()
	if ctx.Err() != nil && why == "" {
		why = call.ShutDown
	}
	r.complain()
	if err := r.spool.end(why, r.now()); err != nil {
		r.log.Error("the end of a recording cannot be written: it is finished when there is room, by the next process at the latest", "error", err)
	}
}

// complain tells of silence that is in place of sound.
func (r *recorder) complain() {
	dropped := min(r.tap.Dropped(), r.missing)
	if dropped > 0 {
		r.log.Warn("a recording has silence in place of what it was too slow to read: the disk or the processor is too busy", "missing", time.Duration(dropped)*media.FrameDuration)
	}
	if stood := r.missing - dropped; stood > 0 {
		r.log.Warn("a recording has silence for the time in which this machine did not run the server: it was stopped, or the processor was too busy", "missing", time.Duration(stood)*media.FrameDuration)
	}
}

// now is when what is heard next was said.
func (r *recorder) now() time.Time {
	return r.started.Add(time.Duration(r.next-r.tap.First()) * media.FrameDuration)
}

func (r *recorder) record(ctx context.Context) error {
	if err := r.spool.open(); err != nil {
		return err
	}
	r.archive.signal(r.call, call.RecorderStarted{Recording: r.id})
	for {
		h, err := r.tap.Read(ctx)
		if errors.Is(err, io.EOF) {
			err := errors.Join(r.miss(r.tap.Last()+1), r.atLeast())
			return errors.Join(err, r.reach(^uint64(0)), r.flush())
		}
		if err != nil { // the server stops
			return errors.Join(r.reach(^uint64(0)), r.flush())
		}
		if err := r.hear(h); err != nil {
			return err
		}
	}
}

// atLeast records a tick of silence where the recording was stopped before its first: who
// was told that it is active waits for its file.
func (r *recorder) atLeast() error {
	if r.next != r.tap.First() {
		return nil
	}
	defer func() { r.next++ }()
	return r.lay(&mixer.Heard{Tick: r.next, RateHz: r.rateHz})
}

// failed ends a recording that cannot go on. What there is of it is kept.
func (r *recorder) failed(err error) {
	reason, advice := call.Failed, "see the log of the server"
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		reason, advice = call.NoSpace, "make room on the disk under data_dir"
	}
	r.log.Error("a recording ends: what was recorded so far is kept; "+advice, "error", err)
	r.mu.Lock()
	r.reason = reason
	r.mu.Unlock()
	r.archive.signal(r.call, call.RecorderFailed{Recording: r.id, Reason: reason, Detail: advice})
}

// hear records a tick, and silence for those before it that were not heard.
func (r *recorder) hear(h *mixer.Heard) error {
	r.rateHz = h.RateHz
	if err := r.miss(h.Tick); err != nil {
		return err
	}
	defer func() { r.next++ }()
	return r.lay(h)
}

// miss records silence up to a tick.
func (r *recorder) miss(until uint64) error {
	for ; r.next < until; r.next++ {
		r.missing++
		if err := r.lay(&mixer.Heard{Tick: r.next, RateHz: r.rateHz}); err != nil {
			return err
		}
	}
	return nil
}

func (r *recorder) lay(h *mixer.Heard) error {
	if err := r.reach(h.Tick); err != nil {
		return err
	}
	if r.paused {
		return nil
	}
	if h.Played != nil && r.played == nowhere {
		r.played = r.channels.place("")
	}
	if err := r.widen(); err != nil {
		return err
	}
	var sounds [call.RecordingChannels][]int16
	if r.channels == nil {
		sounds[everyone] = h.Mixed
	} else {
		r.sort(h, &sounds)
	}
	at := len(r.block)
	if at == 0 {
		r.began = r.now()
	}
	r.block = r.block[:at+frame*r.width]
	for c := range r.width {
		var out [frame]int16
		r.tracks[c].Lay(&out, sounds[c], h.RateHz)
		for i, s := range out {
			r.block[at+i*r.width+c] = s
		}
	}
	if len(r.block) == cap(r.block) {
		return r.flush()
	}
	return nil
}

// sort puts what each said on its channel. Who is muted or on hold is not heard.
func (r *recorder) sort(h *mixer.Heard, sounds *[call.RecordingChannels][]int16) {
	for _, said := range h.Said {
		if at, there := r.channels.of[said.Member]; said.Heard && there && at != nowhere {
			sounds[at] = said.Samples
		}
	}
	if r.played != nowhere {
		sounds[r.played] = h.Played
	}
}

// reach does what is to be done before a tick is heard. What comes of it is stored
// with the sound, or at once while there is none.
func (r *recorder) reach(tick uint64) error {
	r.mu.Lock()
	var due []mark
	for len(r.marks) > 0 && r.marks[0].tick < tick {
		due, r.marks = append(due, r.marks[0]), r.marks[1:]
	}
	r.mu.Unlock()
	for _, m := range due {
		if err := m.apply(); err != nil {
			return err
		}
	}
	if len(due) > 0 && r.paused {
		return r.spool.save()
	}
	return nil
}

// widen goes over to more channels when somebody needs them.
func (r *recorder) widen() error {
	width := 1
	if r.channels != nil {
		width = r.channels.width()
	}
	if width <= r.width && r.block != nil {
		return nil
	}
	if err := r.flush(); err != nil {
		return err
	}
	r.width = max(width, r.width)
	r.block = make([]int16, 0, blockTicks*frame*r.width)
	return nil
}

func (c *channels) width() int {
	for i := len(c.owners) - 1; i > 0; i-- {
		if c.owners[i].taken {
			return i + 1
		}
	}
	return 1
}

// flush writes what was laid.
func (r *recorder) flush() error {
	if len(r.block) == 0 {
		return nil
	}
	err := r.spool.write(r.began, r.block, r.width)
	r.block = r.block[:0]
	return err
}

// setPaused is a mark.
func (r *recorder) setPaused(paused bool) error {
	if r.paused == paused {
		return nil
	}
	if err := r.flush(); err != nil {
		return err
	}
	r.paused, r.tracks = paused, [call.RecordingChannels]mixer.Track{}
	r.spool.paused(r.now(), paused)
	return nil
}

// joined and left are marks.
func (r *recorder) joined(m *mixer.Member, whose call.Address) {
	at := everyone
	if r.channels != nil {
		at = r.channels.joined(m, whose)
	}
	r.spool.joined(r.now(), m, whose, at)
}

func (r *recorder) left(m *mixer.Member) {
	if r.channels != nil {
		r.channels.left(m)
	}
	r.spool.left(r.now(), m)
}
