package ua

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/meter"
	"strowger/internal/sip/notice"
	"strowger/internal/sip/transaction"
	"strowger/internal/sip/transport"
)

// Config says where a user agent listens and what it admits.
type Config struct {
	// Listen are addresses such as udp://127.0.0.1:5060, tcp://, tls://. Port 0
	// lets the system choose; Addr says what it chose. (ws:// and wss:// come later.)
	Listen []string
	// ExternalIP replaces the address of the socket in Via and Contact.
	ExternalIP string
	// UserAgent is sent as User-Agent and Server.
	UserAgent string
	// TLS serves tls:// listeners and verifies the servers that we connect to.
	TLS *tls.Config
	// Admit is asked before anything is parsed: a source that it refuses gets no
	// answer. Transport is "udp", "tcp" or "tls"; packet is nil for a connection,
	// which is asked about before it is read, and for each message on it, which waits
	// while the answer is Refused. Called from the readers' goroutines at once; nil
	// trusts everyone. Responses to our own requests over UDP pass it too.
	Admit func(src netip.AddrPort, transport string, packet []byte) Standing
	// Methods are those that Handler.Request takes; others are refused with 405.
	// Nil means REGISTER and OPTIONS.
	Methods []string
	// InDialog are the methods beside INFO that RequestObservers take.
	InDialog []string
	// Extensions are the option tags that may be required of us (RFC 3261 8.2.2.3).
	Extensions []string
	// Secret is what our tags, branches and derived Call-IDs are made with. A process
	// with the Secret of an earlier one knows that one's calls for its own. Nil means
	// one that dies with the process.
	Secret []byte
	// Notices is told of every request that is refused, that cannot be answered, and
	// (without a line in the log) that is served. nil: one that writes to Log.
	Notices *notice.List
	Log     *slog.Logger

	listenUDP func(addr string) (transport.PacketConn, error)
}

// Standing is what Admit says of a source.
type Standing = transport.Standing

// The standings, each better than the one before; package transport says what
// they mean.
const (
	Refused  = transport.Refused
	Stranger = transport.Stranger
	Known    = transport.Known
	Trusted  = transport.Trusted
)

// Counters count what was turned away.
type Counters struct {
	Refused    uint64 // packets and connections that Admit refused
	Malformed  uint64 // messages that could not be read
	Busy       uint64 // messages that found their shard's queue full
	Unanswered uint64 // responses that strangers did not get, because there were too many
}

// UA is a user agent. New starts nothing, Listen binds, Run serves.
type UA struct {
	cfg          Config
	handler      Handler // since Run
	log          *slog.Logger
	notices      *notice.List
	transport    *transport.Layer
	transactions *transaction.Layer
	shards       map[*transaction.Shard]*shard
	secret       []byte       // for tags that nobody else can make
	strays       *meter.Meter // answers to nobody's calls that are ended
	allow        string
	supported    string // option tags
	malformed    atomic.Uint64
	busy         atomic.Uint64
	census       census

	listenOnce sync.Once
	listenErr  error
}

// New checks the configuration.
func New(cfg Config) (*UA, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if cfg.Notices == nil {
		cfg.Notices = notice.New(cfg.Log, nil)
	}
	if cfg.Methods == nil {
		cfg.Methods = []string{"REGISTER", "OPTIONS"}
	}
	u := &UA{cfg: cfg, log: cfg.Log, notices: cfg.Notices, shards: map[*transaction.Shard]*shard{}, secret: cfg.Secret}
	if u.secret == nil {
		u.secret = make([]byte, 32)
		rand.Read(u.secret) // never fails: crypto/rand ends the program instead
	}
	u.strays = meter.New(meter.Config{Rate: strayRate, Burst: strayBurst, Now: time.Now})
	u.supported = strings.Join(slices.Concat(supported, cfg.Extensions), ", ")
	u.allow = allowed(slices.Concat(cfg.Methods, cfg.InDialog))
	var err error
	u.transport, err = transport.New(transport.Config{
		Listen: cfg.Listen, ExternalIP: cfg.ExternalIP, TLS: cfg.TLS, Admit: cfg.Admit,
		Receive: u.receive, Malformed: u.unreadable, Unheard: u.unheard, ListenUDP: cfg.listenUDP,
	})
	if err != nil {
		return nil, fmt.Errorf("user agent: %w", err)
	}
	u.transactions = transaction.New(transaction.Config{Handler: func(t *transaction.Shard) transaction.Handler {
		s := &shard{Shard: t, ua: u, sessions: map[sessionKey]*Session{}}
		u.shards[t] = s
		return s
	}})
	return u, nil
}

// Listen binds the sockets, so that addresses are known (and refusals seen)
// before Run. Messages wait in the sockets until then.
func (u *UA) Listen() error {
	u.listenOnce.Do(func() { u.listenErr = u.transport.Listen() })
	return u.listenErr
}

// Run serves until ctx is done and returns when every goroutine has ended. h
// takes the requests that belong to no session. It binds first when Listen was
// not called.
func (u *UA) Run(ctx context.Context, h Handler) error {
	if err := u.Listen(); err != nil {
		return err
	}
	u.handler = h
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		<-u.transport.Running() // calls placed before Run wait for the sockets
		u.transactions.Run(ctx)
	})
	err := u.transport.Run(ctx)
	wg.Wait()
	return err
}

// Addr is the address of the first listener of a transport, zero when there is none.
func (u *UA) Addr(transport string) netip.AddrPort { return u.transport.Addr(transport) }

// External is the address that stands for our sockets' in what we say of
// ourselves; invalid when none was configured.
func (u *UA) External() netip.Addr { return u.transport.External() }

// Owns reports whether addr is one that we are reached at: one that we listen
// on, any of this machine's when we listen on all, or the external one.
func (u *UA) Owns(addr netip.Addr) bool { return u.transport.Owns(addr) }

// OwnsHost is Owns for a host as it stands in a URI; of names it knows
// localhost only.
func (u *UA) OwnsHost(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && u.Owns(addr) || host == "localhost"
}

// Counters are the present counts.
func (u *UA) Counters() Counters {
	return Counters{
		Refused:    u.transport.Counters.Refused.Load(),
		Malformed:  u.transport.Counters.Malformed.Load() + u.malformed.Load(),
		Busy:       u.busy.Load(),
		Unanswered: u.transport.Counters.Unanswered.Load(),
	}
}

// Invite places a call. Every outcome, also a failure to send, reaches the
// observer from the session's shard, never from inside this call.
func (u *UA) Invite(out Outgoing, obs Observer) *Session {
	if out.CallID == "" {
		out.CallID = newCallID()
	}
	s := u.newSession(out.CallID, u.callerTag(out.CallID), obs)
	s.credentials = out.Credentials
	s.shard.Post(func() { s.place(out) })
	return s
}

// resumeGap is how many requests an earlier process may have sent in a dialog
// after it wrote it down.
const resumeGap = 10

// Resume makes a session from a dialog that an earlier process established, so
// that it can be ended (or carried on). The session counts as answered.
func (u *UA) Resume(d Dialog, obs Observer) *Session {
	s := u.newSession(d.CallID, d.LocalTag, obs)
	// The earlier process may have sent requests after it wrote the dialog down;
	// the far end accepts a gap (RFC 3261 12.2.2) but not a number twice.
	d.LocalCSeq += resumeGap
	s.setDialog(d)
	s.shard.Post(s.resume)
	return s
}

// Do sends a request outside of any dialog, such as REGISTER or OPTIONS, and
// calls done once, on a shard goroutine, with its final response.
func (u *UA) Do(req OutgoingRequest, done func(Response)) {
	if req.CallID == "" {
		req.CallID = newCallID()
	}
	sh := u.shard(req.CallID)
	sh.Post(func() { sh.do(req, done) })
}

func (u *UA) shard(callID string) *shard { return u.shards[u.transactions.Shard(callID)] }

func (u *UA) newSession(callID, localTag string, obs Observer) *Session {
	if obs == nil {
		obs = deaf{}
	}
	return &Session{ua: u, shard: u.shard(callID), key: sessionKey{callID, localTag}, obs: obs}
}
