package recording

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"strowger/internal/recording/store"
)

// sweepEvery is how often it is looked for what has been kept long enough.
const sweepEvery = time.Hour

// Retain deletes what has been in the store for longer than keep, until ctx is done.
func Retain(ctx context.Context, s *store.Store, keep time.Duration, log *slog.Logger) error {
	every := time.NewTicker(sweepEvery)
	defer every.Stop()
	for {
		n, err := Sweep(ctx, s, time.Now().Add(-keep))
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			log.Error("recordings that were kept long enough cannot be deleted: see that recording.storage can be reached; it is tried again", "error", err, "again_in", sweepEvery)
		case n > 0:
			log.Info("recordings were deleted that were kept for recording.retention", "files", n, "retention", keep)
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Sweep deletes the files of recordings that were stored before a time, and says how
// many. What is no recording is left alone.
func Sweep(ctx context.Context, s *store.Store, before time.Time) (n int, err error) {
	var old []string
	err = s.List(ctx, "", func(e store.Entry) bool {
		if e.Modified.Before(before) && stem(e.Name).Valid() {
			old = append(old, e.Name)
		}
		return ctx.Err() == nil
	})
	for _, name := range old {
		if e := s.Delete(ctx, name); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
			continue
		}
		n++
	}
	return n, err
}

// stem is the document of a file in the store.
func stem(name string) Document {
	name = name[strings.LastIndexByte(name, '/')+1:]
	name, _, _ = strings.Cut(name, ".")
	return Document(name)
}
