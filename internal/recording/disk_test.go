package recording_test

import (
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/recording"
	"strowger/internal/recording/store"
	"strowger/test/disk"
	"strowger/test/wait"
)

// onSmallDisk is a world whose spools are on a file system of 2 MiB.
func onSmallDisk(t *testing.T) *world {
	t.Helper()
	spools := disk.Small(t, "2m")
	w := newWorld(t, recording.Limits{})
	w.stop()
	w.cfg.Dir, w.cfg.Log = filepath.Join(spools, "spool"), slog.New(slog.NewTextHandler(&w.log, nil))
	w.begin()
	return w
}

// lines are a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) has(s string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), s)
}

// triedInVain waits until there was no room to finish the recording.
func (w *world) triedInVain() {
	w.t.Helper()
	err := wait.Until(20*time.Second, nil, func() bool {
		return w.log.has("is tried again") && w.log.has("no space left on device")
	})
	if err != nil {
		w.t.Fatal("it was not tried: ", err)
	}
}

// fill takes all that is left of the disk.
func (w *world) fill() (free func()) {
	w.t.Helper()
	name := filepath.Join(filepath.Dir(w.cfg.Dir), "somebody-else")
	file, err := os.Create(name)
	if err != nil {
		w.t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, rand.Reader); !errors.Is(err, syscall.ENOSPC) {
		w.t.Fatal(err)
	}
	return func() {
		if err := os.Remove(name); err != nil {
			w.t.Error(err)
		}
	}
}

// filledUp records until the disk is full, and for a while after that.
func (w *world) filledUp() (free func()) {
	w.t.Helper()
	w.start(call.RecordingSpec{Format: call.WAV})
	w.join(alice, 1000, 16000)
	w.ticks(50)
	w.written("0-0.wav", 2*16000)
	free = w.fill()
	w.ticks(200)
	sig, ok := w.next().(call.RecorderFailed)
	if !ok || sig.Recording != first || sig.Reason != call.NoSpace || sig.Detail == "" {
		w.t.Fatalf("got %#v", sig)
	}
	return free
}

// keeps checks a recording that ended for want of room.
func (w *world) keeps(file call.RecordedFile) {
	w.t.Helper()
	if len(file.Chunks) != 1 || file.Reason != call.NoSpace || file.Duration < time.Second || file.Duration > 250*media.FrameDuration {
		w.t.Fatalf("got %+v", file)
	}
	about, content := w.metadata(file.Chunks[0])
	if d := time.Duration(about.ChunkDuration) * time.Millisecond; (d - file.Duration).Abs() > time.Millisecond {
		w.t.Errorf("the metadata says %v, the event %v", d, file.Duration)
	}
	samples := int(file.Duration * recording.RateHz / time.Second)
	if sound := len(content) - 2*samples; sound < 44 || sound > 200 {
		w.t.Errorf("%d bytes are there for %v", len(content), file.Duration)
	}
}

// The store is elsewhere: it has room.
func TestARecordingThatFillsTheDiskIsFinishedWithoutIt(t *testing.T) {
	w := onSmallDisk(t)
	w.filledUp()
	w.keeps(w.finished())
	if err := wait.Until(20*time.Second, nil, func() bool { return w.archive.Finishing() == 0 }); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(w.cfg.Dir); len(left) > 0 {
		t.Errorf("left in the spool: %v", left)
	}
}

func TestARecordingWhoseFileHasNoRoomIsFinishedWhenThereIs(t *testing.T) {
	w := onSmallDisk(t)
	w.stop()
	files, err := store.Open(t.Context(), "", filepath.Join(filepath.Dir(w.cfg.Dir), "files"))
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	w.cfg.Store = files
	w.begin()
	free := w.filledUp()
	w.triedInVain()
	free()
	file := w.finished()
	for _, c := range file.Chunks {
		d := recording.Document(c.Document)
		for _, name := range []string{d.Metadata(), d.Content(call.WAV)} {
			if w.shelf.files[name], err = files.Read(t.Context(), name, 1<<20); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.keeps(file)
}

// The process dies while the disk is full: the next one has to write nothing to keep
// what there is, and finishes it when it can.
func TestAFullDiskAndThenADeadProcess(t *testing.T) {
	w := onSmallDisk(t)
	w.start(call.RecordingSpec{Format: call.WAV})
	w.join(alice, 1000, 16000)
	w.ticks(50)
	w.written("0-0.wav", 2*16000)
	w.archive = nil // as if it was gone: it is told nothing more
	left := copied(t, filepath.Join(w.cfg.Dir, string(first)))
	stop := w.stop
	defer func() { stop() }()
	w.cfg.Dir = filepath.Join(filepath.Dir(w.cfg.Dir), "left")
	if err := os.CopyFS(w.cfg.Dir, os.DirFS(left)); err != nil {
		t.Fatal(err)
	}
	free := w.fill()
	w.begin()
	w.triedInVain()
	free()
	file := w.finished()
	if file.Reason != call.NodeLost || file.Duration != time.Second {
		t.Errorf("got %+v", file)
	}
	w.expect(file.Chunks[0], "1000×50")
	w.stop()
}
