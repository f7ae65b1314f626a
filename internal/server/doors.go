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

// door is one HTTP address. It is bound before anything runs and opened when
// its handler is there.
type door struct {
	url      string // as bound
	operator bool
	listener net.Listener
	server   *http.Server
}

// bindDoors takes the HTTP ports, the public ones first.
func (p *parts) bindDoors(serverTLS *tls.Config) error {
	for _, l := range p.cfg.HTTP.Listen {
		if err := p.bindDoor(l, serverTLS, false); err != nil {
			return fmt.Errorf("http.listen: %w", err)
		}
	}
	if l := p.cfg.Operator.Listen; l != "" {
		if err := p.bindDoor(l, nil, true); err != nil {
			return fmt.Errorf("operator.listen: %w", err)
		}
	}
	p.info.SIP = p.sipAddresses()
	if p.info.PublicURL = strings.TrimSuffix(p.cfg.HTTP.PublicURL, "/"); p.info.PublicURL == "" && len(p.info.HTTP) > 0 {
		p.info.PublicURL = p.info.HTTP[0]
	}
	return nil
}

func (p *parts) bindDoor(listen string, serverTLS *tls.Config, operator bool) error {
	scheme, address, _ := strings.Cut(listen, "://")
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%w (is another server running? `strowger doctor` tells)", err)
	}
	d := &door{url: scheme + "://" + listener.Addr().String(), operator: operator, listener: listener}
	if scheme == "https" {
		c := serverTLS.Clone()
		c.NextProtos = []string{"h2", "http/1.1"}
		d.listener = tls.NewListener(listener, c)
	}
	p.doors = append(p.doors, d)
	p.closers = append(p.closers, func() { _ = listener.Close() })
	if operator {
		p.info.Operator = d.url
	} else {
		p.info.HTTP = append(p.info.HTTP, d.url)
	}
	return nil
}

// public puts the subscriptions' validation beside the API. An http.ServeMux
// would redirect whatever path it finds untidy, "%2F%2F" in an identifier among
// them, before anybody has asked who wants it.
func public(door, validation http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == webhook.ValidationPath {
			validation.ServeHTTP(w, r)
			return
		}
		door.ServeHTTP(w, r)
	})
}

// open gives every door its handler.
func (p *parts) open(public, operator http.Handler) {
	for _, d := range p.doors {
		handler := public
		if d.operator {
			handler = operator
		}
		d.server = &http.Server{
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
func (d *door) serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = d.server.Close() })
	defer stop()
	err := d.server.Serve(d.listener)
	if errors.Is(err, http.ErrServerClosed) {
		<-ctx.Done() // shutdown came first: this part ends with the others
		return nil
	}
	return err
}

// shutdown takes no new requests and waits for those that are being answered.
func (d *door) shutdown(ctx context.Context) error { return d.server.Shutdown(ctx) }
