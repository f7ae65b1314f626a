package lab

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"strowger/internal/media/player"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/ua"
)

const (
	// ringsMost is how long a caller waits for an answer.
	ringsMost = time.Minute
	// unheard is how long a caller waits for any sign of a server.
	unheard = 3 * time.Second
	// farewell bounds the wait for the far end's answer to our BYE or CANCEL.
	farewell = 2 * time.Second
	// The ports for a caller's sound are not those of `strowger dev`.
	firstPort, lastPort = 30000, 30999
)

// CallConfig is a call to place.
type CallConfig struct {
	Server   string // udp://127.0.0.1:5060, or tcp://
	From, To string // numbers
	// Wait is the time from the answer to the first word or key. Say, which may
	// be nil, is said before Press is pressed.
	Wait  time.Duration
	Say   *player.Prompt
	Press Keys
	// For ends the call so long after its answer, if the far end has not.
	For time.Duration
	// Report hears what happens, when it does, with the time since the call was
	// placed. It is never called twice at once.
	Report func(at time.Duration, what string)
	Log    *slog.Logger
}

// CallResult is what came of a call.
type CallResult struct {
	Answered bool
	Heard    *player.Audio // all that was heard, from the first agreed sound on
}

// Call places a call and returns when it is over. When ctx is done it hangs up.
// An error means that no call could be placed at all.
func Call(ctx context.Context, cfg CallConfig) (CallResult, error) {
	transport, server, ip, err := route(cfg.Server)
	if err != nil {
		return CallResult{}, err
	}
	agent, err := ua.New(ua.Config{
		Listen: []string{transport + "://" + netip.AddrPortFrom(ip, 0).String()}, UserAgent: "Strowger lab",
		Methods: []string{"OPTIONS"}, Log: cfg.Log,
	})
	if err != nil {
		return CallResult{}, err
	}
	if err := agent.Listen(); err != nil {
		return CallResult{}, err
	}
	ports, err := rtp.NewPorts(firstPort, lastPort)
	if err != nil {
		return CallResult{}, err
	}
	// What the protocol owes to the far end is still done when ctx is done.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	c := newCaller(cfg)
	var parts sync.WaitGroup
	defer parts.Wait()
	defer stop()
	parts.Go(func() { _ = agent.Run(running, refusing{}) })
	parts.Go(func() { _ = c.clock.Run(running) })
	closeSound, err := c.openSound(running, ports, ip, c.keyHeard)
	if err != nil {
		return CallResult{}, err
	}
	defer closeSound()
	c.session = agent.Invite(c.invite(transport, server), c)
	result := c.run(ctx)
	if c.cause.Origin == ua.Local {
		leaving, cancel := context.WithTimeout(running, farewell)
		defer cancel()
		_ = agent.Quiet(leaving)
	}
	return result, nil
}

// route finds how a server is reached, and by which address of ours.
func route(server string) (transport, address string, ip netip.Addr, err error) {
	transport, address, _ = strings.Cut(server, "://")
	if transport != "udp" && transport != "tcp" {
		return "", "", ip, fmt.Errorf("%q is no SIP address; it should be like udp://127.0.0.1:5060 or tcp://127.0.0.1:5060", server)
	}
	probe, err := net.Dial("udp", address) // sends nothing
	if err != nil {
		return "", "", ip, fmt.Errorf("%s cannot be reached: %w", server, err)
	}
	defer probe.Close()
	local, ok := probe.LocalAddr().(*net.UDPAddr)
	if !ok {
		return "", "", ip, errors.New("no address of our own")
	}
	return transport, probe.RemoteAddr().String(), local.AddrPort().Addr().Unmap(), nil
}

func (c *caller) invite(transport, server string) ua.Outgoing {
	return ua.Outgoing{
		RequestURI: "sip:" + c.cfg.To + "@" + server, ContactUser: c.cfg.From,
		From: ua.Party{URI: "sip:" + c.cfg.From + "@" + c.rtp.LocalAddr().Addr().String()},
		To:   ua.Party{URI: "sip:" + c.cfg.To + "@" + server},
		SDP:  c.negotiation.Offer(), Hop: ua.Hop{Transport: transport, Address: server}, Patience: unheard,
	}
}

// refusing takes no calls.
type refusing struct{}

func (refusing) Invite(in *ua.Incoming) { in.Refuse(ua.Refusal{Code: 480}) }

func (refusing) Request(r *ua.Request) { r.Respond(200, "", nil, nil) }

// ending says why a call ended, in words for whoever placed it.
func ending(cause ua.Cause, answered bool, server string) string {
	unreached := cause.Origin == ua.Timeout || cause.Origin == ua.Transport
	switch {
	case unreached && answered:
		return "broken off: the far end cannot be reached any more"
	case unreached:
		return "not answered: nothing takes calls at " + server + ". Is `strowger dev` running? It prints its SIP address"
	}
	text := "they hung up"
	if !answered {
		text = strings.TrimSpace(fmt.Sprintf("not answered: %d %s", cause.Code, cause.Phrase))
	}
	switch {
	case answered:
	case cause.Code == 404:
		text += ": the server has no such number"
	case cause.Code == 480:
		text += ": nobody took the call in time. The screen of `strowger dev`, or the server's log, says why"
	}
	if len(cause.Contacts) > 0 {
		text += ", sent on to " + strings.Join(cause.Contacts, " or ")
	}
	if cause.Reason != "" {
		text += " (Reason: " + cause.Reason + ")"
	}
	return text
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
