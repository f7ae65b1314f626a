package recording_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/recording"
	"strowger/internal/recording/store"
)

// kept is a store with files that were put there at times.
type kept struct {
	*store.Store
	t   *testing.T
	dir string
}

func newKept(t *testing.T) *kept {
	k := &kept{t: t, dir: t.TempDir()}
	var err error
	if k.Store, err = store.Open(context.Background(), "", k.dir); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *kept) put(name string, at time.Time) {
	k.t.Helper()
	if err := k.Put(context.Background(), name, "audio/wav", strings.NewReader("sound")); err != nil {
		k.t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(k.dir, name), at, at); err != nil {
		k.t.Fatal(err)
	}
}

// names are the files that are there.
func (k *kept) names() (names []string) {
	k.t.Helper()
	if err := k.List(context.Background(), "", func(e store.Entry) bool { names = append(names, e.Name); return true }); err != nil {
		k.t.Fatal(err)
	}
	return names
}

func documentOf(started time.Time) recording.Document { return recording.DocumentOf(started, first, 0) }

func TestWhatWasKeptLongEnoughIsDeletedAndNothingElse(t *testing.T) {
	k := newKept(t)
	defer k.Close()
	limit := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	old, fresh := documentOf(limit.Add(-48*time.Hour)), documentOf(limit.Add(-47*time.Hour))
	for _, f := range []call.RecordingFormat{call.WAV, call.MP3, call.MP4} {
		k.put(old.Content(f), limit.Add(-time.Second))
	}
	k.put(old.Metadata(), limit.Add(-time.Second))
	// What counts is when it was stored: a long recording began much earlier.
	k.put(fresh.Content(call.WAV), limit.Add(time.Second))
	k.put(fresh.Metadata(), limit.Add(time.Second))
	k.put("2026/04/29/notes.txt", limit.Add(-time.Hour))
	k.put("backup.wav", limit.Add(-time.Hour))

	n, err := recording.Sweep(t.Context(), k.Store, limit)
	if n != 4 || err != nil {
		t.Errorf("deleted %d, %v", n, err)
	}
	want := []string{fresh.Metadata(), fresh.Content(call.WAV), "2026/04/29/notes.txt", "backup.wav"}
	if got := k.names(); !slices.Equal(got, want) {
		t.Errorf("left %v, want %v", got, want)
	}
	if n, err := recording.Sweep(t.Context(), k.Store, limit); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}

func TestRecordingsAreDeletedAfterTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKept(t)
		defer k.Close()
		d := documentOf(time.Now())
		k.put(d.Content(call.WAV), time.Now())
		k.put(d.Metadata(), time.Now())
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- recording.Retain(ctx, k.Store, 24*time.Hour, slog.New(slog.DiscardHandler)) }()
		<-time.After(24 * time.Hour)
		synctest.Wait()
		if n := len(k.names()); n != 2 {
			t.Errorf("after a day there are %d files", n)
		}
		<-time.After(90 * time.Minute)
		synctest.Wait()
		if left := k.names(); len(left) > 0 {
			t.Errorf("after more than a day there are %v", left)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
