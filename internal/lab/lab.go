package lab

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"strowger/internal/media"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/address"
	"strowger/internal/sip/ua"
)

// callsMost is how many calls may be waiting to be looked at; more are refused.
const callsMost = 256

// Config says where the lab is.
type Config struct {
	Listen string     // udp://127.0.0.1:5080; port 0 lets the system choose
	Ports  *rtp.Ports // may be shared with the server's
	Log    *slog.Logger
}

// Lab is a telephone network with a few numbers. New starts nothing, Listen
// binds, Run serves.
type Lab struct {
	cfg   Config
	log   *slog.Logger
	ua    *ua.UA
	clock *media.Clock
	calls chan *conversation
}

// New checks the configuration.
func New(cfg Config) (*Lab, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	l := &Lab{cfg: cfg, log: cfg.Log, clock: media.NewClock(1), calls: make(chan *conversation, callsMost)}
	var err error
	l.ua, err = ua.New(ua.Config{
		Listen: []string{cfg.Listen}, UserAgent: "Strowger lab", Methods: []string{"OPTIONS"}, Log: cfg.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	return l, nil
}

// Listen binds the socket, so that Addr is known before Run.
func (l *Lab) Listen() error { return l.ua.Listen() }

// Addr is where the lab takes calls.
func (l *Lab) Addr() netip.AddrPort { return l.ua.Addr(l.transport()) }

func (l *Lab) transport() string {
	scheme, _, _ := strings.Cut(l.cfg.Listen, "://")
	return scheme
}

// Run takes calls until ctx is done, and returns its error. It binds first when Listen was not called.
func (l *Lab) Run(ctx context.Context) error {
	if err := l.Listen(); err != nil {
		return err
	}
	running, ctx := errgroup.WithContext(ctx)
	running.Go(func() error { return l.clock.Run(ctx) })
	running.Go(func() error { l.talk(ctx); return nil })
	running.Go(func() error { return l.ua.Run(ctx, numbers{l}) })
	return running.Wait()
}

func (l *Lab) talk(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-l.calls:
			wg.Go(func() { c.run(ctx) })
		}
	}
}

// numbers take the lab's calls. They run on SIP shards.
type numbers struct{ lab *Lab }

func (n numbers) Invite(in *ua.Incoming) {
	called, ok := numberOf(in.RequestURI)
	switch {
	case !ok:
		in.Take(nil).Reject(404, "no such number in the lab", nil)
		return
	case called.status != 0:
		in.Take(nil).Reject(called.status, "", nil)
		return
	case len(in.Body) == 0:
		in.Take(nil).Reject(488, "the lab wants an offer", nil)
		return
	}
	c := newConversation(n.lab, called, in.Body)
	c.session = in.Take(c)
	c.session.Ring(180, nil, nil)
	select {
	case n.lab.calls <- c:
	default:
		c.session.Reject(503, "the lab is full", nil)
	}
}

func (n numbers) Request(r *ua.Request) { r.Respond(200, "", nil, nil) }

func numberOf(uri string) (Number, bool) {
	a, ok := address.Parse(uri)
	if !ok {
		return Number{}, false
	}
	return find(a.User)
}
