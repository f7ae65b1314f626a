package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
	"strowger/internal/media/soundfile"
)

// Limits say when a recording goes on in another chunk.
type Limits struct {
	Bytes    int64         // of the file that becomes of it, about; 0: no limit
	Duration time.Duration // 0: no limit
}

// spool is a recording on this machine's disk: its sound and its manifest. One
// goroutine writes to it while another puts finished chunks into the store.
type spool struct {
	dir    string
	limits Limits
	news   chan struct{} // holds a token when there may be something to do for whoever finishes it

	mu      sync.Mutex
	m       manifest
	trouble error                 // of the last try to finish it
	present map[*mixer.Member]int // indices in m.People
	unsaved bool                  // m was changed since it was stored

	// Of the goroutine that writes.
	wav  *soundfile.WAV // the segment that grows
	file *os.File       // it is in
}

func newSpool(dir string, limits Limits, m manifest) *spool {
	return &spool{dir: dir, limits: limits, m: m, news: make(chan struct{}, 1), present: map[*mixer.Member]int{}}
}

// open makes the folder.
func (s *spool) open() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	return s.change(func(m *manifest) {})
}

// change changes the manifest, and stores it.
func (s *spool) change(f func(m *manifest)) error {
	s.note(f)
	return s.save()
}

// note changes the manifest, which is stored with the next sound, or by save.
func (s *spool) note(f func(m *manifest)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.m)
	s.unsaved = true
}

// save stores what was noted.
func (s *spool) save() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.unsaved {
		return nil
	}
	if err := s.m.write(s.dir); err != nil {
		return err
	}
	s.unsaved = false
	return nil
}

// look is the manifest as it is now.
func (s *spool) look() manifest {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.m
	m.Chunks = slices.Clone(m.Chunks)
	for i := range m.Chunks {
		m.Chunks[i].Segments = slices.Clone(m.Chunks[i].Segments)
	}
	m.People, m.Pauses = slices.Clone(m.People), slices.Clone(m.Pauses)
	return m
}

// failed says what came of the last try to finish it: nil when it succeeded.
func (s *spool) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = err
}

func (s *spool) wake() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// wait returns when there may be news.
func (s *spool) wait(ctx context.Context) error {
	select {
	case <-s.news:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write appends what came in the moment at: interleaved samples of so many channels.
func (s *spool) write(at time.Time, samples []int16, channels int) error {
	if s.wav == nil || s.wav.Format().Channels != channels {
		if err := s.begin(at, channels); err != nil {
			return err
		}
	}
	if err := s.save(); err != nil {
		return err
	}
	_, err := s.wav.Write(samples)
	s.mu.Lock()
	c := &s.m.Chunks[len(s.m.Chunks)-1]
	c.Segments[len(c.Segments)-1].Frames = s.wav.Frames()
	end := s.limits.reached(s.m.Spec.Format, *c)
	s.mu.Unlock()
	if s.m.Spec.Format != call.WAV { // whose file is stored when it is whole
		s.wake()
	}
	if err == nil && end != "" {
		return s.close(end)
	}
	return err
}

// begin begins a segment, and a chunk where none is open. Who sees a segment in the
// manifest finds its file.
func (s *spool) begin(at time.Time, channels int) (err error) {
	if err := s.closeSegment(); err != nil {
		return err
	}
	m := s.look()
	if n := len(m.Chunks); n == 0 || m.Chunks[n-1].End != "" {
		m.Chunks = append(m.Chunks, chunk{Started: at})
	}
	c := &m.Chunks[len(m.Chunks)-1]
	next := segment{File: fmt.Sprintf("%d-%d.wav", len(m.Chunks)-1, len(c.Segments)), Channels: channels}
	if s.file, err = os.Create(filepath.Join(s.dir, next.File)); err != nil {
		return err
	}
	if s.wav, err = soundfile.NewWAV(s.file, soundfile.Format{RateHz: RateHz, Channels: channels}); err != nil {
		return err
	}
	return s.change(func(now *manifest) {
		if len(now.Chunks) < len(m.Chunks) {
			now.Chunks = append(now.Chunks, chunk{Started: at})
		}
		c := &now.Chunks[len(now.Chunks)-1]
		c.Segments = append(c.Segments, next)
	})
}

func (s *spool) closeSegment() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file, s.wav = nil, nil
	return err
}

// close ends the chunk.
func (s *spool) close(why call.ChunkEnd) error {
	defer s.wake()
	return errors.Join(s.closeSegment(), s.change(func(m *manifest) { m.closeChunk(why) }))
}

func (m *manifest) closeChunk(why call.ChunkEnd) {
	if n := len(m.Chunks); n > 0 && m.Chunks[n-1].End == "" {
		m.Chunks[n-1].End = why
	}
}

// whole reports whether a chunk does not grow any more.
func (s *spool) whole(i int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m.Chunks[i].End != ""
}

// compressed is the file that is made of a chunk, "" where its segments are the file.
func (s *spool) compressed(i int) string {
	if s.m.Spec.Format == call.WAV {
		return ""
	}
	return filepath.Join(s.dir, fmt.Sprintf("%d.%s", i, s.m.Spec.Format))
}

// content opens the file of a chunk. Of several segments it is one that is as wide as
// the widest.
func (s *spool) content(i int) (io.ReadCloser, error) {
	if name := s.compressed(i); name != "" {
		return os.Open(name)
	}
	c := s.look().Chunks[i]
	o := &opened{}
	for _, seg := range c.Segments {
		f, err := os.Open(filepath.Join(s.dir, seg.File))
		if err != nil {
			return nil, errors.Join(err, o.Close())
		}
		o.files = append(o.files, f)
	}
	var err error
	if o.Reader, err = soundfile.Join(c.channels(), o.files...); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// opened reads several files.
type opened struct {
	io.Reader
	files []*os.File
}

func (o *opened) Close() (err error) {
	for _, f := range o.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// discard removes what there is of a chunk that is in the store.
func (s *spool) discard(i int) (err error) {
	for _, seg := range s.look().Chunks[i].Segments {
		err = errors.Join(err, os.Remove(filepath.Join(s.dir, seg.File)))
	}
	if name := s.compressed(i); name != "" {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// end ends the recording.
func (s *spool) end(why call.Reason, at time.Time) error {
	defer s.wake()
	return errors.Join(s.closeSegment(), s.change(func(m *manifest) {
		m.closeChunk(call.ChunkSessionEnded)
		m.Ended, m.Reason = true, why
		for i := range m.People {
			if m.People[i].Left.IsZero() {
				m.People[i].Left = at
			}
		}
		if n := len(m.Pauses); n > 0 && m.Pauses[n-1].For == 0 {
			m.Pauses[n-1].For = at.Sub(m.Pauses[n-1].From)
		}
	}))
}

// joined says whose voice a member's is from a moment on, and on which channel.
func (s *spool) joined(at time.Time, m *mixer.Member, whose call.Address, channel int) {
	s.note(func(f *manifest) {
		if i, there := s.present[m]; there {
			if f.People[i].Address == whose {
				return
			}
			f.People[i].Left = at
		}
		s.present[m] = len(f.People)
		f.People = append(f.People, person{Address: whose, Channel: channel, Joined: at})
	})
}

func (s *spool) left(at time.Time, m *mixer.Member) {
	s.note(func(f *manifest) {
		if i, there := s.present[m]; there {
			f.People[i].Left = at
			delete(s.present, m)
		}
	})
}

// paused notes that a stretch begins, or ends, which is left out.
func (s *spool) paused(at time.Time, paused bool) {
	s.note(func(m *manifest) {
		if paused {
			m.Pauses = append(m.Pauses, pause{From: at})
		} else if n := len(m.Pauses); n > 0 {
			m.Pauses[n-1].For = at.Sub(m.Pauses[n-1].From)
		}
	})
}

// reached says why a chunk has to end, if it has.
func (l Limits) reached(f call.RecordingFormat, c chunk) call.ChunkEnd {
	length := c.duration()
	switch {
	case l.Duration > 0 && length >= l.Duration:
		return call.ChunkLong
	case l.Bytes > 0 && int64(length.Seconds()*float64(bytesPerSecond(f, c.channels()))) >= l.Bytes:
		return call.ChunkFull
	}
	return ""
}

// compressed is about how many bytes a second of MP3 or MP4 has.
const compressed = 6000

func bytesPerSecond(f call.RecordingFormat, channels int) int {
	if f == call.WAV {
		return 2 * RateHz * channels
	}
	return compressed
}

// salvage makes a whole of what a process that died has left, and ends it.
func (s *spool) salvage() error {
	m := s.look()
	for i, c := range m.Chunks {
		for j, seg := range c.Segments {
			if c.Stored != nil {
				continue
			}
			frames, err := recoverSegment(filepath.Join(s.dir, seg.File))
			if err != nil {
				return fmt.Errorf("recover %s: %w", seg.File, err)
			}
			m.Chunks[i].Segments[j].Frames = frames
		}
	}
	at := m.Started
	for i, c := range m.Chunks {
		m.Chunks[i].Segments = slices.DeleteFunc(c.Segments, func(s segment) bool { return s.Frames == 0 })
		at = c.Started.Add(c.duration())
	}
	m.Chunks = slices.DeleteFunc(m.Chunks, func(c chunk) bool { return len(c.Segments) == 0 })
	s.mu.Lock()
	s.m.Chunks = m.Chunks
	s.mu.Unlock()
	return s.end(call.NodeLost, at)
}

// recoverSegment makes a file whole. One that does not begin has nothing.
func recoverSegment(name string) (frames int64, err error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	wav, err := soundfile.RecoverWAV(f)
	if errors.Is(err, soundfile.ErrNotStarted) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return wav.Frames(), nil
}
