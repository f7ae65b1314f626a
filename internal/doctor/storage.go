package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"strowger/internal/config"
)

const (
	flushes = 9
	// Every command waits for at least one flush when nats.sync is always.
	slowFlush = 20 * time.Millisecond
)

// storage writes and flushes as the journal does.
func storage(_ context.Context, cfg config.Config) []Finding {
	subject := "data_dir " + cfg.DataDir
	dir, err := nearestExisting(cfg.DataDir)
	if err != nil {
		return []Finding{fail(subject, err, "create the directory, owned by the user that runs Strowger")}
	}
	took, err := flushTime(dir)
	if err != nil {
		return []Finding{fail(subject, err, "make it writable for the user that runs Strowger, and see that the disk is not full")}
	}
	found := []Finding{ok(subject, "can be written; a flush takes %s", took.Round(10*time.Microsecond))}
	if took > slowFlush && cfg.NATS.Sync == config.SyncAlways {
		found[0] = warn(subject, fmt.Errorf("a flush to the disk takes %s, and every command waits for one", took.Round(time.Millisecond)),
			"use a faster disk, or nats.sync: interval if a power cut may cost the last two minutes")
	}
	return found
}

// nearestExisting is dir, or the parent in which the server would make it.
func nearestExisting(dir string) (string, error) {
	for {
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			return "", fmt.Errorf("%s is not a directory", dir)
		case err == nil:
			return dir, nil
		case !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir:
			return "", err
		}
		dir = filepath.Dir(dir)
	}
}

// flushTime is the median time of a small append that is flushed.
func flushTime(dir string) (time.Duration, error) {
	file, err := os.CreateTemp(dir, ".strowger-doctor-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	var took []time.Duration
	for range flushes {
		began := time.Now()
		if _, err := file.Write(make([]byte, 4096)); err != nil {
			return 0, err
		}
		if err := file.Sync(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[flushes/2], nil
}
