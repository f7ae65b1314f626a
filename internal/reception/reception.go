package reception

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/sip/ua"
)

// Legs take the calls that are let in.
type Legs interface {
	// Take makes the leg of a call, which arrived says everything about but its
	// ids, or says how the caller is refused. When it takes the call, release is
	// called once, when the leg is over.
	Take(in *ua.Incoming, arrived call.LegArrived, release func()) *ua.Refusal
}

// Config is what a reception is made of. UA asks Admission whom to hear.
type Config struct {
	UA        *ua.UA
	Admission *Admission
	Domain    string // the realm, and the host part of our users
	Directory *directory.Directory
	Legs      Legs
	Log       *slog.Logger     // nil: nothing is logged
	Now       func() time.Time // the clock of nonces and registrations; nil: time.Now
}

// Reception handles the requests that belong to no session (ua.Handler). New
// starts nothing.
type Reception struct {
	cfg      Config
	log      *slog.Logger
	domain   string // in lower case
	guard    *guard
	guesses  *guesses
	counters counters
	draining atomic.Bool
}

// New checks the configuration.
func New(cfg Config) (*Reception, error) {
	if cfg.UA == nil || cfg.Admission == nil || cfg.Directory == nil || cfg.Legs == nil || cfg.Domain == "" {
		return nil, errors.New("reception: a user agent, an admission, a directory, legs and a domain are needed")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Reception{
		cfg: cfg, log: cfg.Log, domain: strings.ToLower(cfg.Domain),
		guard: newGuard(cfg.Domain, cfg.Directory, cfg.Now), guesses: newGuesses(cfg.Now),
	}, nil
}

// Run keeps us registered at trunks, and knows where those with names are, until
// ctx is done.
func (r *Reception) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { r.cfg.Admission.watch(ctx, net.DefaultResolver) })
	for _, t := range r.cfg.Directory.Trunks() {
		if t.Register {
			wg.Go(func() { newRegistration(r, t).run(ctx) })
		}
	}
	<-ctx.Done()
	wg.Wait()
	return nil
}

// Drain refuses new calls (503) from now on, for a server that is stopping.
func (r *Reception) Drain() { r.draining.Store(true) }

// Invite is somebody calling. Like Request it runs on SIP shards and waits for
// nobody.
func (r *Reception) Invite(in *ua.Incoming) {
	no := r.receive(in)
	if no == nil {
		return
	}
	if no.challenged == nil {
		r.counters.refused.Add(1)
		r.log.Info("call refused", "source", in.Source.String(), "to", in.RequestURI, "status", no.Code, "why", no.Phrase)
	}
	session := in.Take(nil)
	r.refuse(no, in.Source, func(no ua.Refusal) { session.Reject(no.Code, no.Phrase, no.Headers) })
}

func (r *Reception) receive(in *ua.Incoming) *refusal {
	who, no := r.identify(in.Message, "INVITE")
	if no != nil {
		return no
	}
	if r.draining.Load() {
		return &refusal{Refusal: ua.Refusal{Code: 503, Phrase: "server is stopping", Headers: ua.Headers{{Name: "Retry-After", Value: "10"}}}}
	}
	arrived, refused := r.route(who, in.Message)
	if refused == nil {
		refused = r.pass(who, in, arrived)
	}
	if refused != nil {
		return &refusal{Refusal: *refused}
	}
	return nil
}

// pass hands a call to the legs. One from a trunk counts on the trunk, beside
// those that we place there. RFC 3261 21.5.4: Retry-After keeps everything away
// that the carrier has for us, so it is short.
func (r *Reception) pass(who visitor, in *ua.Incoming, arrived call.LegArrived) *ua.Refusal {
	release := func() {}
	if who.trunk != nil {
		var err error
		if release, err = r.cfg.Directory.Take(who.trunk.Name); err != nil {
			return &ua.Refusal{Code: 503, Phrase: err.Error(), Headers: ua.Headers{{Name: "Retry-After", Value: "1"}}}
		}
	}
	refused := r.cfg.Legs.Take(in, arrived, release)
	if refused != nil {
		release()
	}
	return refused
}

// Request is any request outside of a call.
func (r *Reception) Request(req *ua.Request) {
	switch req.Method {
	case "REGISTER":
		r.register(req)
	case "OPTIONS":
		r.options(req)
	default:
		req.Refuse(ua.Refusal{Code: 405, Headers: ua.Headers{{Name: "Allow", Value: allowed}}})
	}
}

const allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER"

// options says that we are here (RFC 3261 11), to those whom we know.
func (r *Reception) options(req *ua.Request) {
	_, trunk := r.cfg.Directory.TrunkFrom(req.Source.Addr())
	if !trunk && !r.cfg.Admission.friend(req.Source.Addr()) {
		if _, no := r.identify(req.Message, "OPTIONS"); no != nil {
			r.refuse(no, req.Source, req.Refuse)
			return
		}
	}
	req.Respond(200, "", ua.Headers{{Name: "Allow", Value: allowed}, {Name: "Accept", Value: "application/sdp"}}, nil)
}
