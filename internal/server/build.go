package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"strowger/internal/access"
	"strowger/internal/bridge"
	"strowger/internal/chronicle"
	"strowger/internal/config"
	"strowger/internal/descriptors"
	"strowger/internal/devca"
	"strowger/internal/directory"
	"strowger/internal/journal"
	"strowger/internal/lab"
	"strowger/internal/leg/sip"
	"strowger/internal/listener"
	"strowger/internal/media"
	"strowger/internal/media/rtp"
	"strowger/internal/outbound"
	"strowger/internal/reception"
	"strowger/internal/recording"
	"strowger/internal/recording/store"
	"strowger/internal/sip/notice"
	"strowger/internal/sip/ua"
	"strowger/internal/speech/recognition"
	"strowger/internal/stream"
	"strowger/internal/switchboard"
	"strowger/internal/telemetry"
	"strowger/internal/usage"
	"strowger/internal/webhook"
)

// parts are everything that a server consists of.
type parts struct {
	cfg    config.Config
	log    *slog.Logger
	health *telemetry.Health
	info   Info

	policy      *outbound.Policy
	signer      *access.Signer
	journal     *journal.Journal
	clock       *media.Clock
	ports       *rtp.Ports
	users       *users
	directory   *directory.Directory
	keeper      *directory.Keeper
	agent       *ua.UA
	notices     *notice.List
	legs        *sip.Legs
	reception   *reception.Reception
	bridge      *bridge.Bridge
	board       *switchboard.Switchboard
	words       words
	archive     *recording.Archive
	recognizer  *recognition.Recognizer
	streams     *stream.Streams
	transcripts *stream.Transcripts
	contents    *store.Store // of recordings
	courier     *webhook.Courier
	usage       *usage.Book
	pulse       *usage.Pulse
	follower    *chronicle.Follower // nil when nobody is told
	lab         *lab.Lab            // nil outside dev and tests
	guard       *listener.Guard
	listeners   []*boundListener
	budget      descriptors.Budget
	closers     []func()
}

// build makes the parts and binds their ports; nothing runs yet. After an
// error nothing is left open.
func build(ctx context.Context, c Config) (_ *parts, err error) {
	cfg, keysAreNew, err := config.EnsureResource(c.Config)
	if err != nil {
		return nil, err
	}
	p := &parts{cfg: cfg, log: c.Log}
	p.health = telemetry.NewHealth(p.noRoom)
	p.info = Info{ResourceID: cfg.Resource.ID, AccessKeys: cfg.Resource.AccessKeys, KeysAreNew: keysAreNew}
	p.health.NotReady("starting")
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.policy, err = p.outboundPolicy(); err != nil {
		return nil, err
	}
	p.divideDescriptors()
	p.guard = listener.NewGuard(listener.Limits{InAll: p.budget.HTTP, PerSource: min(p.budget.HTTP, cfg.HTTP.MaxConnectionsPerSource)})
	serverTLS, err := p.tls()
	if err != nil {
		return nil, err
	}
	if err := p.buildCalls(ctx, serverTLS); err != nil {
		return nil, err
	}
	if c.Tell != nil {
		if p.follower, err = chronicle.NewFollower(ctx, p.journal, c.Tell); err != nil {
			return nil, err
		}
	}
	if err := p.bindListeners(serverTLS); err != nil {
		return nil, err
	}
	return p, p.buildEdges(c.Version)
}

// close gives back what build opened, last first.
func (p *parts) close() {
	for _, c := range slices.Backward(p.closers) {
		c()
	}
}

// tls is the certificate for https and tls listeners: the one configured, or a
// development one. Nil when no listener needs any.
func (p *parts) tls() (*tls.Config, error) {
	if !p.cfg.Encrypted() {
		return nil, nil
	}
	if c := p.cfg.HTTP.TLS; c.Cert != "" {
		pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
		if err != nil {
			return nil, fmt.Errorf("http.tls: %w", err)
		}
		return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
	}
	ca, err := devca.Open(p.cfg.CADir(), p.cfg.CertificateHosts(), time.Now)
	if err != nil {
		return nil, fmt.Errorf("development certificate: %w", err)
	}
	p.info.CAFile, p.info.TrustStore = ca.CAFile(), ca.TrustStoreFile()
	return ca.TLSConfig(), nil
}

// noRoom is why the journal can store no new call, in words for everyone; empty
// when it can. Its log says more.
func (p *parts) noRoom() string {
	why := p.journal.Room()
	for _, known := range []error{journal.ErrNoSpace, journal.ErrFull, journal.ErrUnwritable} {
		if errors.Is(why, known) {
			return known.Error()
		}
	}
	return ""
}
