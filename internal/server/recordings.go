package server

import (
	"context"
	"fmt"
	"path/filepath"

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
	containers := store.NewContainers(p.policy())
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
	l.start(ctx, "recordings", p.archive.Run)
	if keep := p.cfg.Recording.Retention; keep > 0 {
		l.start(ctx, "retention", func(ctx context.Context) error { return recording.Retain(ctx, p.contents, keep, p.log) })
	}
}
