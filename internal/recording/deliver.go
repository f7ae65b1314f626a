package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"strowger/internal/recording/store"
)

// deliverFor is how long a container is tried that does not answer. The event of the
// recording waits for it, since that says whether the file is there.
const deliverFor = 15 * time.Minute

// deliveriesMost bounds those that go to containers at once. Each holds a few MiB.
const deliveriesMost = 16

// deliver puts the chunks, which are in the store, into the application's own container
// too, if it named one. What a container refuses, or cannot take for deliverFor, is not
// delivered; that is written down. It reports false when ctx is done.
func (a *Archive) deliver(ctx context.Context, s *spool, log *slog.Logger) bool {
	m := s.look()
	if m.Spec.Container == "" {
		return true
	}
	began := time.Now()
	for i, c := range m.Chunks {
		if c.Delivery != "" {
			continue
		}
		if !a.until(ctx, s, log, func() error {
			err := a.deliverChunk(ctx, s, i)
			if err == nil || !errors.Is(err, store.ErrRefused) && time.Since(began) < deliverFor {
				return err
			}
			log.Error("a recording is not in its application's own container: see that recordingDestinationContainerUrl is that of a container, that its signature allows to create and write and has not expired, and that outbound.allow_networks holds it; the copy of this server stays", "document", c.Stored.Document, "error", err)
			a.note(s, func(m *manifest) { m.Chunks[i].Delivery = notDelivered })
			return nil
		}) {
			return false
		}
		if err := s.discard(i); err != nil {
			log.Error("a part of a recording that is in the store cannot be removed from the spool", "error", err)
		}
	}
	return true
}

func (a *Archive) deliverChunk(ctx context.Context, s *spool, i int) error {
	leave, err := a.leaving.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	m := s.look()
	put := func(ctx context.Context, name, contentType string, content io.Reader) error {
		return a.cfg.Containers.Put(ctx, m.Spec.Container, name, contentType, content)
	}
	if _, err := a.putChunk(ctx, s, i, put); err != nil {
		return fmt.Errorf("the application's own container: %w", err)
	}
	a.note(s, func(m *manifest) { m.Chunks[i].Delivery = delivered })
	return nil
}
