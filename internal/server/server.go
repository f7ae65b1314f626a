package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"strowger/internal/call"
	"strowger/internal/chronicle"
	"strowger/internal/config"
)

// settleTime bounds each of the last steps: hanging up, telling the
// applications, finishing requests.
const settleTime = 10 * time.Second

// Config is what a server is started with.
type Config struct {
	Config  config.Config
	Version string
	Log     *slog.Logger
	Ready   func(Info) // called once, when calls are taken; may be nil
	// Tell hears what happens in calls, as it happens, and is not called twice at
	// once; may be nil.
	Tell func(chronicle.Line)
}

// Info says where a running server is reached.
type Info struct {
	PublicURL  string
	Endpoint   string   // for applications' SDKs: PublicURL, or where TLS is spoken
	HTTP       []string // as bound: port 0 has become a port
	Operator   string
	SIP        []string
	Lab        string
	CAFile     string // whom to trust for https, when the certificate is a development one
	TrustStore string // the same as CAFile, for Java
	ResourceID string
	AccessKeys []string
	KeysAreNew bool // made just now: to be shown once
}

// ConnectionString is what an application gives to an official SDK.
func (i Info) ConnectionString() string {
	return fmt.Sprintf("endpoint=%s/;accesskey=%s", i.Endpoint, i.AccessKeys[0])
}

// Run serves until ctx is done, and then stops as doc.go says. An error says
// what could not be built or started, or which part failed.
func Run(ctx context.Context, c Config) error {
	p, err := build(ctx, c)
	if err != nil {
		return err
	}
	defer p.close()
	l := newLife()
	defer l.stop()
	recovered, err := p.start(ctx, l)
	if err != nil {
		return err
	}
	for {
		select {
		case <-recovered:
			recovered = nil
			p.ready(c)
		case <-ctx.Done():
			p.wind(context.WithoutCancel(ctx))
			return nil
		case err := <-l.failed:
			p.health.NotReady("failed")
			return err
		}
	}
}

func (p *parts) ready(c Config) {
	p.health.Ready()
	c.Log.Info("ready", "http", p.info.HTTP, "sip", p.info.SIP)
	if c.Ready != nil {
		c.Ready(p.info)
	}
}

// start brings the parts to life, those that others need first. Before, room is
// made in the journal, and found out which calls the previous process has left:
// whoever calls from now on is none of them. recovered is closed when those have
// ended.
func (p *parts) start(ctx context.Context, l *life) (recovered chan struct{}, err error) {
	p.journal.Trim(ctx)
	left, err := p.leftBehind(ctx)
	if err != nil {
		return nil, err
	}
	alive, err := p.pulse.Last()
	if err != nil {
		return nil, err
	}
	l.start(ctx, "pulse", p.pulse.Run)
	l.start(ctx, "journal", p.journal.Run)
	l.start(ctx, "media clock", p.clock.Run)
	if p.follower != nil {
		l.start(ctx, "chronicle", p.follower.Run)
	}
	p.runRecordings(ctx, l)
	l.start(ctx, "bridge", p.bridge.Run)
	l.start(ctx, "media streams", p.runStreams)
	l.start(ctx, "switchboard", p.board.Run)
	l.start(ctx, "registrations", p.keeper.Run)
	l.start(ctx, "users", p.users.Run)
	l.start(ctx, "legs", p.legs.Run)
	l.start(ctx, "reception", p.reception.Run)
	l.start(ctx, "SIP", func(ctx context.Context) error { return p.agent.Run(ctx, p.reception) })
	l.start(ctx, "webhook", p.courier.Run)
	l.start(ctx, "usage", p.usage.Run)
	if p.lab != nil {
		l.start(ctx, "lab", p.lab.Run)
	}
	recovery, err := p.board.Recover(ctx, left, alive)
	if err != nil {
		return nil, err
	}
	recovered = make(chan struct{})
	l.start(ctx, "recovery", func(ctx context.Context) error {
		if err := recovery.Wait(ctx); err != nil {
			return err
		}
		close(recovered)
		<-ctx.Done()
		return nil
	})
	for _, at := range p.listeners {
		l.start(ctx, at.url, at.serve)
	}
	return recovered, nil
}

// leftBehind lists the calls that a process before this one has left, which are
// to be ended. Those of other nodes are left alone.
func (p *parts) leftBehind(ctx context.Context) (ours []call.Key, _ error) {
	live, err := p.journal.Live(ctx)
	if err != nil {
		return nil, fmt.Errorf("find calls of the previous process: %w", err)
	}
	for _, l := range live {
		if l.Ours {
			ours = append(ours, l.Key)
		}
	}
	if len(ours) > 0 {
		p.log.Warn("ending calls whose media died with the previous process; their applications are told", "calls", len(ours))
	}
	if others := len(live) - len(ours); others > 0 {
		p.log.Info("calls of other nodes go on there", "calls", others)
	}
	return ours, nil
}

// wind takes the server down: nobody new, time for those who are there, and
// then an orderly end for the rest.
func (p *parts) wind(ctx context.Context) {
	grace := p.cfg.Shutdown.Grace
	p.log.Info("stopping: new calls are refused, live ones are given their time", "calls", p.board.Stats().Calls, "grace", grace)
	p.health.NotReady("stopping")
	p.reception.Drain()
	p.board.Drain()
	if err := within(ctx, grace, p.board.Quiet); err != nil {
		p.log.Warn("ending the calls that are left; raise shutdown.grace to give them longer", "calls", p.board.Stats().Calls)
		p.board.Stop()
		p.logLate("calls did not end", within(ctx, settleTime, p.board.Quiet))
	}
	together(
		func() { p.logLate("phones did not hang up", within(ctx, settleTime, p.agent.Quiet)) },
		func() {
			p.logLate("events are left: they are sent after the next start", within(ctx, settleTime, p.courier.Flush))
		},
	)
	for _, l := range p.listeners {
		p.logLate("requests did not finish", within(ctx, settleTime, l.shutdown))
	}
}

func within(ctx context.Context, d time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return f(ctx)
}

func (p *parts) logLate(what string, err error) {
	if errors.Is(err, context.DeadlineExceeded) {
		p.log.Warn(what, "waited", settleTime)
	}
}
