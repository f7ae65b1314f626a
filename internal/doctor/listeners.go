package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"strowger/internal/config"
)

// listeners binds every address as the server will.
func listeners(ctx context.Context, cfg config.Config) []Finding {
	running := alreadyRunning(ctx, cfg)
	surfaces := []struct {
		name      string
		addresses []string
	}{
		{"http", cfg.HTTP.Listen},
		{"sip", cfg.SIP.Listen},
		{"operator", nonEmpty(cfg.Operator.Listen)},
		{"lab", nonEmpty(cfg.Lab.Listen)},
	}
	var found []Finding
	for _, s := range surfaces {
		for _, address := range s.addresses {
			found = append(found, listener(s.name+" "+address, address, running))
		}
	}
	return found
}

func nonEmpty(address string) []string {
	if address == "" {
		return nil
	}
	return []string{address}
}

func listener(subject, address string, running bool) Finding {
	l, err := config.ParseListener(address, "http", "https", "udp", "tcp", "tls", "ws", "wss")
	if err != nil {
		return fail(subject, err, "correct it in the configuration")
	}
	err = bind(l)
	switch {
	case err == nil:
		return ok(subject, "can be bound")
	case errors.Is(err, syscall.EADDRINUSE) && running:
		return ok(subject, "is held by the Strowger that is running")
	case errors.Is(err, syscall.EADDRINUSE):
		return fail(subject, err, "another program holds the port: find it with `ss -lnptu`, or choose another port")
	case errors.Is(err, syscall.EACCES):
		return fail(subject, err, "ports below 1024 need a right: `setcap cap_net_bind_service=+ep strowger`, or choose a higher port")
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fail(subject, err, "this machine does not have the address: see `ip address`, or use 0.0.0.0 for all")
	default:
		return fail(subject, err, "choose an address of this machine")
	}
}

func bind(l config.Listener) error {
	if l.Scheme == "udp" {
		conn, err := net.ListenPacket("udp", l.Address())
		if err != nil {
			return err
		}
		return conn.Close()
	}
	socket, err := net.Listen("tcp", l.Address())
	if err != nil {
		return err
	}
	return socket.Close()
}

// alreadyRunning asks the first public address whether Strowger answers there.
func alreadyRunning(ctx context.Context, cfg config.Config) bool {
	l, err := config.ParseListener(cfg.HTTP.Listen[0], "http", "https")
	if err != nil {
		return false
	}
	if l.Host == "0.0.0.0" || l.Host == "::" {
		l.Host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.String()+"/health/live", nil)
	if err != nil {
		return false
	}
	// Our own address: whose certificate it shows does not matter here.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	return err == nil && response.StatusCode == http.StatusOK && strings.Contains(string(body), `"live"`)
}
