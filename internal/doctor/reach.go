package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"

	"strowger/internal/config"
	"strowger/internal/outbound"
)

// webhooks connects to every subscription as the server will, and sends nothing.
func webhooks(ctx context.Context, cfg config.Config) []Finding {
	var networks []netip.Prefix
	for _, s := range cfg.Outbound.AllowNetworks {
		if network, err := netip.ParsePrefix(s); err == nil {
			networks = append(networks, network)
		}
	}
	policy := outbound.NewPolicy(networks)
	var found []Finding
	for _, s := range cfg.EventGrid.Subscriptions {
		found = append(found, webhook(ctx, policy, s.URL))
	}
	return found
}

func webhook(ctx context.Context, policy *outbound.Policy, address string) Finding {
	subject := "webhook " + address
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var refused *outbound.Refused
	var name *net.DNSError
	err := connect(ctx, policy, address)
	switch {
	case err == nil:
		return ok(subject, "can be reached")
	case errors.As(err, &refused):
		return fail(subject, err, "add its network to outbound.allow_networks")
	case errors.As(err, &name):
		return fail(subject, err, "correct the host's name in event_grid.subscriptions, or the resolver")
	default:
		return warn(subject, err, "start the application; until it answers, it hears of no call")
	}
}

func connect(ctx context.Context, policy *outbound.Policy, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	target := net.JoinHostPort(u.Hostname(), port)
	if u.Scheme == "http" {
		conn, err := policy.DialPlain(ctx, "tcp", target)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	conn, err := policy.DialTLS(ctx, "tcp", target)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := tls.Client(conn, &tls.Config{ServerName: u.Hostname()}).HandshakeContext(ctx); err != nil {
		return fmt.Errorf("its certificate: %w", err)
	}
	return nil
}
