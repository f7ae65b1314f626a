package doctor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"

	"strowger/internal/config"
	"strowger/internal/sip/ua"
)

// trunks sends each trunk one OPTIONS from a port of its own. Any answer is an
// answer: RFC 3261 11 lets an element refuse it.
func trunks(ctx context.Context, cfg config.Config) []Finding {
	var found []Finding
	for _, t := range cfg.Trunks {
		if t.Name == config.LabTrunk && cfg.Lab.Listen != "" {
			continue // it answers when the server runs
		}
		found = append(found, trunk(ctx, cfg, t))
	}
	return found
}

func trunk(ctx context.Context, cfg config.Config, t config.Trunk) Finding {
	subject := "trunk " + t.Name
	target, err := config.ParseSIPTarget(t.Address)
	if err != nil {
		return fail(subject, err, "correct it in the configuration")
	}
	if stays, leaves := isLoopback(source(cfg)), !isLoopback(target.Host); stays && leaves {
		return fail(subject, fmt.Errorf("%s is not on this machine, and all of sip.listen is", target.Host),
			"listen on an address that the trunk can reach, such as udp://0.0.0.0:5060, and set sip.external_ip behind NAT")
	}
	code, err := options(ctx, cfg, target)
	if err != nil {
		return warn(subject, err, fmt.Sprintf("see that %s is right, that it admits this machine, and that no firewall stands between", t.Address))
	}
	return ok(subject, "answers OPTIONS with %d", code)
}

// options asks target and waits, at most for patience: the transaction itself
// would wait for 32 s.
func options(ctx context.Context, cfg config.Config, target config.SIPTarget) (code int, err error) {
	agent, err := ua.New(ua.Config{
		Listen:     []string{"udp://" + net.JoinHostPort(source(cfg), "0"), "tcp://" + net.JoinHostPort(source(cfg), "0")},
		ExternalIP: cfg.SIP.ExternalIP,
		UserAgent:  "strowger doctor",
		Log:        slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return 0, err
	}
	if err := agent.Listen(); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	running.Go(func() { agent.Run(ctx, deaf{}) })

	answer := make(chan ua.Response, 1)
	agent.Do(request(cfg, target), func(r ua.Response) { answer <- r })
	select {
	case r := <-answer:
		if r.Origin != ua.Remote {
			return 0, errors.New("it cannot be reached")
		}
		return r.Code, nil
	case <-ctx.Done():
		return 0, fmt.Errorf("no answer within %s", patience)
	}
}

func request(cfg config.Config, target config.SIPTarget) ua.OutgoingRequest {
	uri := "sip:" + target.Address()
	return ua.OutgoingRequest{
		Method:     "OPTIONS",
		RequestURI: uri,
		From:       ua.Party{URI: "sip:doctor@" + cfg.SIP.Domain},
		To:         ua.Party{URI: uri},
		Hop:        ua.Hop{Transport: target.Transport, Address: target.Address()},
	}
}

// source is the address that the server itself would send from: the first that
// is not of this machine only.
func source(cfg config.Config) string {
	for _, address := range cfg.SIP.Listen {
		l, err := config.ParseListener(address, "udp", "tcp", "tls", "ws", "wss")
		if err == nil && !l.Loopback() {
			return l.Host
		}
	}
	return "127.0.0.1"
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

// deaf refuses whatever reaches the doctor's port.
type deaf struct{}

// Invite takes no call: the user agent answers what nobody takes with 500.
func (deaf) Invite(*ua.Incoming) {}

func (deaf) Request(r *ua.Request) { r.Respond(503, "", nil, nil) }
