package reception

import (
	"context"
	"errors"
	"fmt"
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
	Take(in *ua.Incoming, from directory.Caller, arrived call.LegArrived, release func()) *ua.Refusal
	// TakeOver lets a call take the place of one that it names in Replaces (RFC
	// 3891), or says how it is refused.
	TakeOver(in *ua.Incoming, from directory.Caller, arrived call.LegArrived) *ua.Refusal
}

// Config is what a reception is made of. UA asks Admission whom to hear.
type Config struct {
	UA        *ua.UA
	Admission *Admission
	Domain    string // the realm, and the host part of our users
	Directory *directory.Directory
	Legs      Legs
	Closed    func() string    // why no new call can be taken now, or ""; nil: all can
	Log       *slog.Logger     // nil: nothing is logged
	Now       func() time.Time // the clock of guesses and registrations; nil: time.Now
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
	if cfg.Closed == nil {
		cfg.Closed = func() string { return "" }
	}
	return &Reception{
		cfg: cfg, log: cfg.Log, domain: strings.ToLower(cfg.Domain),
		guard: newGuard(cfg.Domain, cfg.Directory, cfg.Admission.nonces), guesses: newGuesses(cfg.Now),
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

// Screen asks who has proven nothing for credentials (ua.Screener). Like Invite
// and Request it runs on SIP shards and waits for nobody.
func (r *Reception) Screen(u *ua.Unproven) (peer any, served bool) {
	who, no := r.identify(u.Message, u.Method)
	if no != nil && !no.stateful {
		r.refuse(no, u.Message, u.Refuse)
		return nil, false
	}
	return screened{who, no}, true
}

// screened is the peer of a request: who it is from, or how it is refused.
type screened struct {
	visitor
	refused *refusal
}

// Invite is somebody calling.
func (r *Reception) Invite(in *ua.Incoming) {
	who := in.Peer.(screened)
	if who.refused != nil {
		in.Take(nil) // the answer may have to wait
		r.refuse(who.refused, in.Message, in.Refuse)
		return
	}
	if no := r.receive(who.visitor, in); no != nil {
		r.counters.refused.Add(1)
		in.Refuse(*no)
	}
}

func (r *Reception) receive(who visitor, in *ua.Incoming) *ua.Refusal {
	if no := r.closed(); no != nil {
		return no
	}
	if who.user != nil && !who.pass.MayCall {
		return &ua.Refusal{Code: 403, Phrase: "not allowed to call", Reason: fmt.Sprintf(
			"user %s calls with a token that does not have the scope voip; give the phone one that has", who.user.Name)}
	}
	if in.Headers.Get("Replaces") != "" {
		return r.cfg.Legs.TakeOver(in, who.caller(), r.from(who, in.Message))
	}
	arrived, no := r.route(who, in.Message)
	if no == nil {
		no = r.pass(who, in, arrived)
	}
	return no
}

// closed refuses every new call for as long as none can be taken.
func (r *Reception) closed() *ua.Refusal {
	phrase, reason := r.cfg.Closed(), "no new call can be stored; the journal's log line says what to do"
	if r.draining.Load() {
		phrase, reason = "server is stopping", "the server is stopping; it takes calls again once it has started"
	}
	if phrase == "" {
		return nil
	}
	return &ua.Refusal{Code: 503, Phrase: phrase, Headers: ua.Headers{{Name: "Retry-After", Value: "10"}}, Reason: reason}
}

// pass hands a call to the legs. One from a trunk counts on the trunk, beside
// those that we place there. RFC 3261 21.5.4: Retry-After keeps everything away
// that the carrier has for us, so it is short.
func (r *Reception) pass(who visitor, in *ua.Incoming, arrived call.LegArrived) *ua.Refusal {
	release := func() {}
	if who.trunk != nil {
		var err error
		if release, err = r.cfg.Directory.Take(who.trunk.Name); err != nil {
			return &ua.Refusal{
				Code: 503, Phrase: err.Error(), Headers: ua.Headers{{Name: "Retry-After", Value: "1"}},
				Reason: err.Error() + "; raise max_calls or max_calls_per_second of the trunk if it may have more",
			}
		}
	}
	refused := r.cfg.Legs.Take(in, who.caller(), arrived, release)
	if refused != nil {
		release()
	}
	return refused
}

// Request is any request outside of a call.
func (r *Reception) Request(req *ua.Request) {
	who := req.Peer.(screened)
	switch {
	case who.refused != nil:
		r.refuse(who.refused, req.Message, req.Refuse)
	case req.Method == "REGISTER":
		r.register(who.visitor, req)
	case req.Method == "OPTIONS": // RFC 3261 11
		req.Respond(200, "", nil, nil)
	default:
		req.Refuse(ua.Refusal{Code: 405, Reason: req.Method + " is not served here; the far end has to do without it"})
	}
}
