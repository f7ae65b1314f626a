package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"strowger/internal/webhook"
)

// listener is one HTTP address. It is bound before anything runs and opened
// when its handler is there.
type listener struct {
	net.Listener
	url      string // as bound
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
	return nil
}

func (p *parts) bind(listen string, serverTLS *tls.Config, operator bool) error {
	scheme, address, _ := strings.Cut(listen, "://")
	tcp, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%w (is another server running? `strowger doctor` tells)", err)
	}
	l := &listener{url: scheme + "://" + tcp.Addr().String(), operator: operator, Listener: tcp}
	if scheme == "https" {
		c := serverTLS.Clone()
		c.NextProtos = []string{"h2", "http/1.1"}
		l.Listener = tls.NewListener(tcp, c)
	}
	p.listeners = append(p.listeners, l)
	p.closers = append(p.closers, func() { _ = tcp.Close() })
	if operator {
		p.info.Operator = l.url
	} else {
		p.info.HTTP = append(p.info.HTTP, l.url)
	}
	return nil
}

// public puts the subscriptions' validation beside the API. An http.ServeMux
// would redirect whatever path it finds untidy, "%2F%2F" in an identifier among
// them, before anybody has asked who wants it.
func public(api, validation http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == webhook.ValidationPath {
			validation.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// open gives every listener its handler.
func (p *parts) open(public, operator http.Handler) {
	for _, l := range p.listeners {
		handler := public
		if l.operator {
			handler = operator
		}
		l.server = &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 10 * time.Second,
			ReadTimeout:       30 * time.Second,
			IdleTimeout:       2 * time.Minute,
			MaxHeaderBytes:    64 << 10,
			ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
			// "OPTIONS *" is for the handler too, which answers nobody unknown.
			DisableGeneralOptionsHandler: true,
		}
	}
}

// serve answers until ctx is done or shutdown.
func (l *listener) serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = l.server.Close() })
	defer stop()
	err := l.server.Serve(l.Listener)
	if errors.Is(err, http.ErrServerClosed) {
		<-ctx.Done() // shutdown came first: this part ends with the others
		return nil
	}
	return err
}

// shutdown takes no new requests and waits for those that are being answered.
func (l *listener) shutdown(ctx context.Context) error { return l.server.Shutdown(ctx) }
