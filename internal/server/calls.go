package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"path/filepath"
	"time"

	"strowger/internal/bridge"
	"strowger/internal/config"
	"strowger/internal/journal"
	"strowger/internal/media"
	"strowger/internal/media/rtp"
	"strowger/internal/outbound"
	"strowger/internal/switchboard"
)

// buildCalls makes what calls live in: the journal, the legs, the rooms and
// the switchboard between them.
func (p *parts) buildCalls(ctx context.Context, serverTLS *tls.Config) (err error) {
	node, err := config.EnsureNode(p.cfg.DataDir)
	if err != nil {
		return err
	}
	nats := p.cfg.NATS
	c := journal.Config{Dir: filepath.Join(p.cfg.DataDir, "nats"), URL: nats.URL, MaxBytes: nats.MaxBytes, Node: node}
	if nats.Sync == config.SyncInterval {
		c.SyncInterval = 2 * time.Minute
	}
	if p.journal, err = journal.Open(ctx, c, p.log); err != nil {
		return fmt.Errorf("open the journal: %w", err)
	}
	p.closers = append(p.closers, p.journal.Close)
	if err := p.buildUsage(ctx); err != nil {
		return err
	}
	if err := p.buildUsers(ctx); err != nil {
		return err
	}
	if p.ports, err = rtp.NewPorts(p.cfg.RTP.Ports.First, p.cfg.RTP.Ports.Last); err != nil {
		return fmt.Errorf("rtp.ports: %w", err)
	}
	p.clock = media.NewClock(0)
	to := &signals{}
	if err := p.buildSIP(to, serverTLS); err != nil {
		return err
	}
	if err := p.buildRecordings(ctx, to); err != nil {
		return err
	}
	p.words = newWords(p.cfg.Speech.Synthesizer)
	p.buildRecognizer()
	p.buildStreams(to)
	p.bridge = bridge.New(bridge.Config{
		Clock: p.clock, Legs: sounds{p.legs}, Signals: to, Recorders: p.archive, Streams: sockets{p.streams}, Transcripts: readers{p.transcripts}, Ears: ears{p.recognizer}, Log: p.log,
		ProofOfHearing: p.cfg.Callbacks.ProofOfHearing,
		Sources:        bridge.NewLibrary(p.policy.NewClient(outbound.ClientConfig{Timeout: audioTime, ConnectionsMax: p.budget.Audio, RedirectsMax: 3}), p.words),
	})
	p.board = switchboard.New(switchboard.Config{Journal: calls{p.journal}, Legs: p.legs, Sound: p.bridge, Log: p.log})
	to.to = p.board
	return nil
}
