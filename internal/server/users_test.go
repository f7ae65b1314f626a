package server

import (
	"log/slog"
	"testing"
	"time"

	"strowger/internal/access"
	"strowger/internal/config"
	"strowger/internal/identity"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/siptest"
)

// inARun lets f have a server that runs, and stops it.
func inARun(t *testing.T, cfg config.Config, f func(*parts)) {
	t.Helper()
	p, err := build(t.Context(), Config{Config: cfg, Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	l := newLife()
	defer l.stop()
	recovered, err := p.start(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	<-recovered
	f(p)
}

func (u *users) tokenOf(id string, g identity.Grant) string {
	return u.tokens.Token(access.Grant{ID: g.ID, Resource: u.resource, User: id, Scopes: g.Scopes, Issued: g.Issued, Expires: g.Expires})
}

// entering registers a phone with a token and returns the status.
func entering(t *testing.T, p *parts, ports *rtp.Ports, id, token string) int {
	t.Helper()
	return siptest.NewPhone(t, "udp", ports).Register(p.agent.Addr("udp"), p.cfg.SIP.Domain, id, token).Code
}

func TestAUserWhoWasMadeOutlivesTheProcessAndSoDoesARevocation(t *testing.T) {
	for name, url := range map[string]func() string{
		"embedded": func() string { return "" },
		"external": func() string { return cluster(t) },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := devConfig(t)
			cfg.NATS.URL = url()
			ports := siptest.Ports(t, 46000, 46099)
			wish := identity.Wish{Scopes: []string{identity.VoIP}, Life: time.Hour}
			var user, token string
			inARun(t, cfg, func(p *parts) {
				u, g, err := p.users.Make(t.Context(), identity.Seed{1}, wish)
				if err != nil {
					t.Fatal(err)
				}
				user, token = u.ID, p.users.tokenOf(u.ID, g)
				if code := entering(t, p, ports, user, token); code != 200 {
					t.Errorf("with a token: %d", code)
				}
			})
			inARun(t, cfg, func(p *parts) {
				if at := p.directory.Bindings(user); len(at) != 1 {
					t.Errorf("after a restart the phone is at %v", at)
				}
				if err := p.users.Revoke(t.Context(), user); err != nil {
					t.Fatal(err)
				}
				if at := p.directory.Bindings(user); len(at) != 0 {
					t.Errorf("after the revocation the phone is at %v", at)
				}
			})
			inARun(t, cfg, func(p *parts) {
				if code := entering(t, p, ports, user, token); code != 401 {
					t.Errorf("with a token that was revoked: %d", code)
				}
			})
		})
	}
}
