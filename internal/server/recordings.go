package server

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"strowger/internal/call"
	"strowger/internal/recording"
	"strowger/internal/recording/store"
)

// buildRecordings makes what records calls: spools under data_dir, and the store that
// they go to.
func (p *parts) buildRecordings(ctx context.Context, to recording.Signals) (err error) {
	c, dir := p.cfg.Recording, filepath.Join(p.cfg.DataDir, "recordings")
	if p.contents, err = store.Open(ctx, c.Storage, filepath.Join(dir, "files")); err != nil {
		return err
	}
	p.closers = append(p.closers, func() { _ = p.contents.Close() })
	containers := store.NewContainers(p.policy)
	p.closers = append(p.closers, containers.Close)
	p.archive, err = recording.New(recording.Config{
		Dir: filepath.Join(dir, "spool"), Resource: p.cfg.Resource.ID, Store: p.contents, Containers: containers, Signals: to, Log: p.log,
		Limits: recording.Limits{Bytes: c.ChunkBytes, Duration: c.ChunkTime},
	})
	return err
}

// checkRecording says what is not installed to record in a format.
func checkRecording(f call.RecordingFormat) error {
	if f == call.WAV {
		return nil
	}
	if _, err := recording.Codec(f); err != nil {
		return fmt.Errorf("this server cannot record %s: %w", f, err)
	}
	return nil
}

// runRecordings starts what makes recordings, and what deletes them after their time.
func (p *parts) runRecordings(ctx context.Context, l *life) {
	l.start(ctx, "recordings", func(ctx context.Context) (err error) {
		together(func() { p.checkStorage(ctx) }, func() { err = p.archive.Run(ctx) })
		return err
	})
	if keep := p.cfg.Recording.Retention; keep > 0 {
		l.start(ctx, "retention", func(ctx context.Context) error { return recording.Retain(ctx, p.contents, keep, p.log) })
	}
}

// storageTime bounds the question whether recordings can be stored.
const storageTime = 30 * time.Second

// checkStorage tells the operator what to do when recordings cannot be stored. The
// server works nevertheless: they wait on this machine's disk.
func (p *parts) checkStorage(ctx context.Context) {
	asking, cancel := context.WithTimeout(ctx, storageTime)
	defer cancel()
	if err := p.contents.Check(asking); err != nil && ctx.Err() == nil {
		p.log.Error("recordings cannot be stored, and wait on the disk under data_dir: see that recording.storage names a bucket that is there, that this machine reaches it, and that the environment of the server has credentials for it; `strowger doctor` proves it", "error", err)
	}
}
