package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"strowger/internal/config"
	"strowger/internal/listener"
	"strowger/internal/recording/content"
	"strowger/internal/webhook"
)

const (
	// writeTime bounds an answer, from the head of its request on. An operation
	// may take most of it; the API gives its own answers a shorter time.
	writeTime = time.Minute
	// operatorConnections are kept for the operator, whatever the public does.
	operatorConnections = 64
)

// boundListener is one HTTP address. It is bound before anything runs and opened
// when its handler is there.
type boundListener struct {
	*listener.Listener
	url      string // as bound
	guard    *listener.Guard
	operator bool
	server   *http.Server
}

// bindListeners takes the HTTP ports, the public ones first.
func (p *parts) bindListeners(serverTLS *tls.Config) error {
	for _, l := range p.cfg.HTTP.Listen {
		if err := p.bind(l, serverTLS, false); err != nil {
			return fmt.Errorf("http.listen: %w", err)
		}
	}
	if l := p.cfg.Operator.Listen; l != "" {
		if err := p.bind(l, nil, true); err != nil {
			return fmt.Errorf("operator.listen: %w", err)
		}
	}
	p.info.SIP = p.sipAddresses()
	if p.info.PublicURL = strings.TrimSuffix(p.cfg.HTTP.PublicURL, "/"); p.info.PublicURL == "" && len(p.info.HTTP) > 0 {
		p.info.PublicURL = p.info.HTTP[0]
	}
	p.info.Endpoint = p.endpoint()
	return nil
}

func (p *parts) bind(listen string, serverTLS *tls.Config, operator bool) error {
	at, err := config.ParseListener(listen, "http", "https")
	if err != nil {
		return err
	}
	c := listener.Config{Address: at.Address(), Plain: at.Scheme == "http", Guard: p.guard, Log: p.log}
	if at.SpeaksTLS() && !operator {
		c.TLS = serverTLS
	}
	if operator {
		c.Guard = listener.NewGuard(listener.Limits{InAll: operatorConnections, PerSource: operatorConnections})
	}
	l, err := listener.Listen(c)
	if err != nil {
		return fmt.Errorf("%w (is another server running? `strowger doctor` tells)", err)
	}
	bound := &boundListener{Listener: l, url: at.Scheme + "://" + l.Addr().String(), guard: c.Guard, operator: operator}
	p.listeners = append(p.listeners, bound)
	p.closers = append(p.closers, func() { _ = l.Close() })
	if operator {
		p.info.Operator = bound.url
	} else {
		p.info.HTTP = append(p.info.HTTP, bound.url)
	}
	return nil
}

// endpoint is the address for an application's SDK: one that speaks TLS where
// there is one, because the Java SDK takes no other and the Python SDK makes one
// of any other (decision 008).
func (p *parts) endpoint() string {
	if p.cfg.HTTP.PublicURL != "" {
		return p.info.PublicURL
	}
	for _, url := range p.info.HTTP {
		if strings.HasPrefix(url, "https://") {
			return url
		}
	}
	if address, plain := strings.CutPrefix(p.info.PublicURL, "http://"); plain && p.info.CAFile != "" {
		return "https://" + address
	}
	return p.info.PublicURL
}

// public puts the subscriptions' validation and the recordings beside the API. An http.ServeMux
// would redirect whatever path it finds untidy, "%2F%2F" in an identifier among
// them, before anybody has asked who wants it.
func public(api, validation, contents http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == webhook.ValidationPath {
			validation.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, content.Path) {
			contents.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// open gives every listener its handler. The times bound who sends half a
// request, reads no answer or says nothing; profiles take the operator as long
// as is asked for.
func (p *parts) open(public, operator http.Handler) {
	for _, l := range p.listeners {
		handler, most := public, writeTime
		if l.operator {
			handler, most = operator, 0
		}
		l.server = &http.Server{
			Handler:           l.guard.Handler(handler),
			ReadHeaderTimeout: 10 * time.Second,
			ReadTimeout:       30 * time.Second,
			WriteTimeout:      most,
			IdleTimeout:       2 * time.Minute,
			MaxHeaderBytes:    64 << 10,
			HTTP2: &http.HTTP2Config{
				MaxConcurrentStreams: 100,
				SendPingTimeout:      30 * time.Second,
				PingTimeout:          10 * time.Second,
				WriteByteTimeout:     10 * time.Second,
			},
			ErrorLog: slog.NewLogLogger(handshakes{p.log.Handler()}, slog.LevelWarn),
			// "OPTIONS *" is for the handler too, which answers nobody unknown.
			DisableGeneralOptionsHandler: true,
		}
	}
}

// serve answers until ctx is done or shutdown.
func (l *boundListener) serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = l.server.Close() })
	defer stop()
	err := l.Serve(l.server)
	if errors.Is(err, http.ErrServerClosed) {
		<-ctx.Done() // shutdown came first: this part ends with the others
		return nil
	}
	return err
}

// shutdown takes no new requests and waits for those that are being answered.
func (l *boundListener) shutdown(ctx context.Context) error { return l.server.Shutdown(ctx) }
