package ua

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/netip"
)

// Config says where a user agent listens and who handles what arrives.
type Config struct {
	// Listen are addresses such as udp://127.0.0.1:5060, tcp://, tls://. Port 0
	// lets the system choose; Addr tells what it chose. (ws:// and wss:// come later.)
	Listen []string
	// ExternalIP replaces the address of the socket in Via and Contact.
	ExternalIP string
	// UserAgent is sent as User-Agent and Server.
	UserAgent string
	// TLS serves tls:// listeners and verifies the servers that we connect to.
	TLS *tls.Config
	// Admit is asked before anything is parsed: a source that it refuses gets no
	// answer. Transport is "udp", "tcp" or "tls". Called from the readers'
	// goroutines at once; nil admits everyone.
	Admit func(src netip.AddrPort, transport string) bool
	// Handler takes requests that belong to no session.
	Handler Handler
	Log     *slog.Logger
}

// UA is a user agent. New starts nothing, Listen binds, Run serves.
type UA struct {
	cfg Config
}

// New checks the configuration.
func New(cfg Config) (*UA, error) {
	return &UA{cfg: cfg}, nil
}

// Listen binds the sockets, so that addresses are known (and refusals seen)
// before Run. Messages wait in the sockets until then.
func (u *UA) Listen() error { panic("ua: not yet") }

// Run serves until ctx is done and returns when every goroutine has ended.
// It binds first when Listen was not called.
func (u *UA) Run(ctx context.Context) error { panic("ua: not yet") }

// Addr is the address of the first listener of a transport, zero when there is none.
func (u *UA) Addr(transport string) netip.AddrPort { panic("ua: not yet") }

// Invite places a call. Every outcome, also a failure to send, reaches the
// observer from the session's shard, never from inside this call.
func (u *UA) Invite(out Outgoing, obs Observer) *Session { panic("ua: not yet") }

// Resume makes a session from a dialog that an earlier process established, so
// that it can be ended (or carried on). The session counts as answered.
func (u *UA) Resume(d Dialog, obs Observer) *Session { panic("ua: not yet") }

// Do sends a request outside of any dialog, such as REGISTER or OPTIONS, and
// calls done once, on a shard goroutine, with its final response.
func (u *UA) Do(req OutgoingRequest, done func(Response)) { panic("ua: not yet") }
