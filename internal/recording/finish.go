package recording

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"strowger/internal/call"
	"strowger/internal/media/soundfile"
)

// Pauses between tries to finish a recording.
const (
	retryFirst = time.Second
	retryMost  = time.Minute
)

// finishLeft finishes what a process that died has left.
func (a *Archive) finishLeft(ctx context.Context, s *spool) {
	m := s.look()
	log := a.cfg.Log.With("call", string(m.Call), "recording", string(m.Recording))
	if !m.Ended {
		log.Warn("finishing a recording that the previous process has left")
		if !a.until(ctx, s, log, s.salvage) {
			return
		}
	}
	a.finish(ctx, s, log)
}

// finish puts the chunks of a recording into the store as they become whole, and at
// last tells the call. What does not succeed is tried again.
func (a *Archive) finish(ctx context.Context, s *spool, log *slog.Logger) {
	for i := 0; ; {
		m := s.look()
		if i < len(m.Chunks) {
			if m.Chunks[i].Stored == nil && !a.storeChunk(ctx, s, i, log) {
				return
			}
			i++
			continue
		}
		if m.Ended {
			if a.deliver(ctx, s, log) {
				a.tell(ctx, s, log)
			}
			return
		}
		if s.wait(ctx) != nil {
			return
		}
	}
}

// until tries until there is no error; meanwhile the spool says what it was. It reports
// false when ctx is done.
func (a *Archive) until(ctx context.Context, s *spool, log *slog.Logger, try func() error) bool {
	for wait := retryFirst; ; wait = min(2*wait, retryMost) {
		err := try()
		if ctx.Err() != nil {
			return false
		}
		s.failed(err)
		if err == nil {
			return true
		}
		log.Error("a recording is not finished yet, and is tried again: see that there is room on the disk, and that recording.storage can be reached", "error", err, "again_in", wait)
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return false
		}
	}
}

// storeChunk waits for the file of a chunk, which is compressed while it grows, and
// puts it into the store with its metadata. Then the chunk leaves this disk. It
// reports false when ctx is done.
func (a *Archive) storeChunk(ctx context.Context, s *spool, i int, log *slog.Logger) bool {
	if !a.until(ctx, s, log, func() error { return a.makeFile(ctx, s, i) }) ||
		!a.until(ctx, s, log, func() error { return a.storeFile(ctx, s, i) }) {
		return false
	}
	if s.look().Spec.Container != "" {
		return true // it is still to go there
	}
	if err := s.discard(i); err != nil {
		log.Error("a part of a recording that is in the store cannot be removed from the spool", "error", err)
	}
	return true
}

// storeFile stores what makeFile has made, and what is known about it.
func (a *Archive) storeFile(ctx context.Context, s *spool, i int) error {
	leave, err := a.storing.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	content, err := a.putChunk(ctx, s, i, a.cfg.Store.Put)
	if err != nil {
		return err
	}
	a.note(s, func(m *manifest) { m.Chunks[i].Stored = &content })
	return nil
}

// note writes down what is done, so that the next process need not do it again. The
// disk may be full of the spools themselves: whoever waited for room here would keep
// them there.
func (a *Archive) note(s *spool, done func(*manifest)) {
	if err := s.change(done); err != nil {
		a.cfg.Log.Warn("how far a recording is cannot be written down: if this process ends now the next one does it again", "folder", s.dir, "error", err)
	}
}

// putChunk puts the file of a chunk somewhere, and then its metadata: who finds the
// metadata there finds the content too.
func (a *Archive) putChunk(ctx context.Context, s *spool, i int, put put) (stored, error) {
	m := s.look()
	d := DocumentOf(m.Started, m.Recording, i)
	content, err := putFile(ctx, s, i, d.Content(m.Spec.Format), put)
	if err != nil {
		return stored{}, err
	}
	content.Document = string(d)
	about, err := json.MarshalIndent(a.metadata(m, i, content), "", "  ")
	if err != nil {
		return stored{}, err
	}
	if err := put(ctx, d.Metadata(), "application/json", strings.NewReader(string(about)+"\n")); err != nil {
		return stored{}, fmt.Errorf("store %s: %w", d.Metadata(), err)
	}
	return content, nil
}

// put is Put of a store.
type put func(ctx context.Context, name, contentType string, content io.Reader) error

var contentTypes = map[call.RecordingFormat]string{call.WAV: "audio/wav", call.MP3: "audio/mpeg", call.MP4: "audio/mp4"}

// putFile puts the file of a chunk somewhere, and says how long it is and its SHA-256.
func putFile(ctx context.Context, s *spool, i int, name string, put put) (stored, error) {
	file, err := s.content(i)
	if err != nil {
		return stored{}, err
	}
	defer file.Close()
	sum := sha256.New()
	counted := &counter{Reader: io.TeeReader(file, sum)}
	if err := put(ctx, name, contentTypes[s.m.Spec.Format], counted); err != nil {
		return stored{}, fmt.Errorf("store %s: %w", name, err)
	}
	return stored{Length: counted.n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// makeFile waits until a chunk is whole, and compresses it meanwhile.
func (a *Archive) makeFile(ctx context.Context, s *spool, i int) error {
	if s.compressed(i) != "" {
		return a.compress(ctx, s, i)
	}
	for !s.whole(i) {
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// compress makes an MP3 or MP4 of a chunk while it grows.
func (a *Archive) compress(ctx context.Context, s *spool, i int) error {
	m := s.look()
	codec, err := Codec(m.Spec.Format)
	if err != nil {
		return err
	}
	to, err := os.Create(s.compressed(i))
	if err != nil {
		return err
	}
	defer to.Close()
	from, err := os.Open(filepath.Join(s.dir, m.Chunks[i].Segments[0].File))
	if err != nil {
		return err
	}
	defer from.Close()
	in, err := soundfile.NewReader(from)
	if err != nil {
		return err
	}
	out, err := soundfile.NewEncoder(to, codec, mono)
	if err != nil {
		return err
	}
	return errors.Join(a.follow(ctx, s, i, in, out), out.Close())
}

// mono is what is compressed.
var mono = soundfile.Format{RateHz: RateHz, Channels: 1}

// Codec is how a format is compressed here; WAV is not. An error names what is not
// installed.
func Codec(f call.RecordingFormat) (soundfile.Codec, error) {
	if f == call.MP3 {
		return soundfile.MP3, soundfile.MP3.Check(mono)
	}
	aac := soundfile.AAC.Check(mono)
	if aac != nil && soundfile.Opus.Check(mono) == nil {
		return soundfile.Opus, nil
	}
	return soundfile.AAC, aac
}

// pieceFrames is how much of a spool is compressed at once: about a second. Whoever
// has more to do stands in the queue again.
const pieceFrames = RateHz

// follow compresses the sound of a chunk piece by piece, until the chunk is whole and
// all of it is through.
func (a *Archive) follow(ctx context.Context, s *spool, i int, in *soundfile.Reader, out soundfile.Encoder) error {
	samples := make([]int16, pieceFrames)
	for {
		whole := s.whole(i) // asked first: what comes afterwards is read next time
		err := a.piece(ctx, in, out, samples)
		switch {
		case err == nil:
		case !errors.Is(err, io.EOF):
			return err
		case whole:
			return nil
		default:
			if err := s.wait(ctx); err != nil {
				return err
			}
		}
	}
}

// piece compresses what there is, when there is room to work. io.EOF says that there
// is nothing now.
func (a *Archive) piece(ctx context.Context, in *soundfile.Reader, out soundfile.Encoder, samples []int16) error {
	leave, err := a.encoding.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	n, err := in.Read(samples)
	if err != nil {
		return err
	}
	return out.Write(samples[:n])
}

// tell has the call know that its recording is there; then its spool is of no more use.
func (a *Archive) tell(ctx context.Context, s *spool, log *slog.Logger) {
	m := s.look()
	told := call.RecordingFinished{Recording: m.Recording, File: m.file()}
	if err := a.cfg.Signals.Deliver(ctx, m.Call, told); err != nil {
		if ctx.Err() != nil {
			return
		}
		log.Error("a recording is in the store, and its call is not known any more: nobody is told", "error", err)
	}
	log.Info("recording finished", "chunks", len(m.Chunks), "seconds", told.File.Duration.Seconds())
	if err := os.RemoveAll(s.dir); err != nil {
		log.Error("the spool of a finished recording cannot be removed", "error", err)
	}
	a.mu.Lock()
	delete(a.finishing, m.Recording)
	a.mu.Unlock()
}

// file is what the call is told.
func (m manifest) file() call.RecordedFile {
	f := call.RecordedFile{Started: m.Started, Reason: m.Reason}
	for _, c := range m.Chunks {
		f.Duration += c.duration()
		told := call.RecordedChunk{Document: c.Stored.Document, EndReason: c.End}
		if c.Delivery == notDelivered {
			told.EndReason = call.ChunkNotDelivered
		}
		f.Chunks = append(f.Chunks, told)
	}
	return f
}
