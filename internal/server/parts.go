package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"strowger/internal/access"
	"strowger/internal/api"
	"strowger/internal/bridge"
	"strowger/internal/config"
	"strowger/internal/descriptors"
	"strowger/internal/devca"
	"strowger/internal/directory"
	"strowger/internal/journal"
	"strowger/internal/lab"
	"strowger/internal/leg/sip"
	"strowger/internal/listener"
	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/rtp"
	"strowger/internal/outbound"
	"strowger/internal/reception"
	"strowger/internal/sip/ua"
	"strowger/internal/switchboard"
	"strowger/internal/telemetry"
	"strowger/internal/webhook"
	"strowger/internal/webhook/grid"
)

const (
	// callbackTime bounds one try of a callback.
	callbackTime = 10 * time.Second
	// audioTime bounds the fetch of one audio file.
	audioTime = 30 * time.Second
)

// parts are everything that a server consists of.
type parts struct {
	cfg    config.Config
	log    *slog.Logger
	health *telemetry.Health
	info   Info

	journal   *journal.Journal
	clock     *media.Clock
	ports     *rtp.Ports
	directory *directory.Directory
	agent     *ua.UA
	legs      *sip.Legs
	reception *reception.Reception
	bridge    *bridge.Bridge
	board     *switchboard.Switchboard
	courier   *webhook.Courier
	lab       *lab.Lab // nil outside dev and tests
	guard     *listener.Guard
	listeners []*boundListener
	budget    descriptors.Budget
	closers   []func()
}

// build makes the parts and binds their ports; nothing runs yet. After an
// error nothing is left open.
func build(ctx context.Context, c Config) (_ *parts, err error) {
	cfg, keysAreNew, err := config.EnsureResource(c.Config)
	if err != nil {
		return nil, err
	}
	p := &parts{cfg: cfg, log: c.Log, health: telemetry.NewHealth()}
	p.info = Info{ResourceID: cfg.Resource.ID, AccessKeys: cfg.Resource.AccessKeys, KeysAreNew: keysAreNew}
	p.health.NotReady("starting")
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	p.divideDescriptors()
	p.guard = listener.NewGuard(listener.Limits{InAll: p.budget.HTTP, PerSource: min(p.budget.HTTP, cfg.HTTP.MaxConnectionsPerSource)})
	serverTLS, err := p.tls()
	if err != nil {
		return nil, err
	}
	if err := p.buildCalls(ctx, serverTLS); err != nil {
		return nil, err
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
	p.info.CAFile = ca.CAFile()
	return ca.TLSConfig(), nil
}

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
	if p.ports, err = rtp.NewPorts(p.cfg.RTP.Ports.First, p.cfg.RTP.Ports.Last); err != nil {
		return fmt.Errorf("rtp.ports: %w", err)
	}
	p.clock = media.NewClock(0)
	to := &signals{}
	if err := p.buildSIP(to, serverTLS); err != nil {
		return err
	}
	p.bridge = bridge.New(bridge.Config{
		Clock: p.clock, Legs: sounds{p.legs}, Signals: to, Log: p.log,
		Prompts: bridge.NewLibrary(p.policy().NewClient(outbound.ClientConfig{Timeout: audioTime, RedirectsMax: 3})),
	})
	p.board = switchboard.New(switchboard.Config{Journal: calls{p.journal}, Legs: p.legs, Sound: p.bridge, Log: p.log})
	to.to = p.board
	return nil
}

// buildSIP makes the SIP endpoint, the legs on it, and the reception that
// decides whose calls become legs.
func (p *parts) buildSIP(to *signals, serverTLS *tls.Config) error {
	settings, err := settings(p.cfg)
	if err != nil {
		return err
	}
	p.directory = directory.New(settings, time.Now)
	admission := reception.NewAdmission(p.directory, time.Now)
	p.agent, err = ua.New(ua.Config{
		Listen: p.cfg.SIP.Listen, ExternalIP: p.cfg.SIP.ExternalIP, UserAgent: "Strowger",
		TLS: serverTLS, Admit: admission.Admit, Log: p.log,
	})
	if err != nil {
		return fmt.Errorf("sip: %w", err)
	}
	p.legs, err = sip.New(sip.Config{
		UA: p.agent, Domain: p.cfg.SIP.Domain, Directory: p.directory, Locate: admission.Locate,
		Ports: p.ports, MediaIP: mediaIP(p.cfg.SIP.Listen), Codecs: codec.G711, NAT: p.cfg.RTP.NAT,
		MediaTimeout: p.cfg.RTP.Timeout, Signals: to, Log: p.log,
	})
	if err != nil {
		return err
	}
	p.reception, err = reception.New(reception.Config{
		UA: p.agent, Admission: admission, Domain: p.cfg.SIP.Domain, Directory: p.directory, Legs: p.legs, Log: p.log,
	})
	if err != nil {
		return err
	}
	if err := p.agent.Listen(); err != nil {
		return fmt.Errorf("sip.listen: %w", err)
	}
	return p.buildLab()
}

func (p *parts) buildLab() (err error) {
	if p.cfg.Lab.Listen == "" {
		return nil
	}
	if p.lab, err = lab.New(lab.Config{Listen: p.cfg.Lab.Listen, Ports: p.ports, Log: p.log}); err != nil {
		return fmt.Errorf("lab: %w", err)
	}
	if err := p.lab.Listen(); err != nil {
		return fmt.Errorf("lab.listen: %w", err)
	}
	p.info.Lab = p.lab.Addr().String()
	return nil
}

// buildEdges makes what speaks HTTP: callbacks out, the API in.
func (p *parts) buildEdges(version string) error {
	signer, err := access.OpenSigner(p.cfg.DataDir, access.SignerConfig{PublicURL: p.info.PublicURL, Now: time.Now})
	if err != nil {
		return fmt.Errorf("the key that signs callbacks: %w", err)
	}
	sealer, err := access.OpenSealer(p.cfg.DataDir)
	if err != nil {
		return fmt.Errorf("the secret of incoming call contexts: %w", err)
	}
	keys, err := access.ParseKeys(p.cfg.Resource.AccessKeys)
	if err != nil {
		return fmt.Errorf("resource.access_keys: %w", err)
	}
	policy := p.policy()
	families := families(sealer, policy)
	p.courier = webhook.New(webhook.Config{
		ResourceID: p.cfg.Resource.ID, PublicURL: p.info.PublicURL,
		Subscriptions: subscriptions(p.cfg), GiveUpAfter: p.cfg.Callbacks.GiveUpAfter,
		Families: families.told, EventGrid: grid.New(p.cfg.Resource.ID, sealer),
		Journal: p.journal, Signer: signer, Log: p.log,
		InFlight: p.budget.Callbacks,
		Client:   policy.NewClient(outbound.ClientConfig{Timeout: callbackTime, ConnectionsMax: p.budget.Callbacks}),
	})
	served := api.New(api.Config{
		Verifier: access.NewVerifier(keys, time.Now), Signer: signer, Calls: commands{p.board, p.courier},
		Proven: listener.Proven, Health: p.health, Log: p.log, Families: families.asked,
	})
	p.open(public(served, p.courier.ValidationHandler()), telemetry.OperatorHandler(p.metrics(version), p.health))
	return nil
}

// sipAddresses are where SIP was bound, in the order of the settings.
func (p *parts) sipAddresses() []string {
	var all []string
	for _, l := range p.cfg.SIP.Listen {
		scheme, host, _ := strings.Cut(l, "://")
		if _, port, err := net.SplitHostPort(host); err == nil && port == "0" {
			host = p.agent.Addr(scheme).String()
		}
		all = append(all, scheme+"://"+host)
	}
	return all
}
