package sip

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"strowger/internal/directory"
	"strowger/internal/sip/ua"
)

// How we register at a carrier: what we ask for, when we ask again, and how
// long we wait after a refusal (RFC 5626 4.5 in spirit: doubling, with a limit).
const (
	trunkExpiry   = 30 * time.Minute
	trunkRetry    = 5 * time.Second
	trunkRetryMax = 10 * time.Minute
)

// registration keeps us registered at one trunk.
type registration struct {
	x      *Exchange
	trunk  directory.Trunk
	callID string // RFC 3261 10.2: all registrations of a boot share it
	cseq   uint32
	// ask sends one REGISTER and waits for its answer; not ok when ctx is done.
	ask func(ctx context.Context) (ua.Response, bool)
}

func newRegistration(x *Exchange, t directory.Trunk) *registration {
	g := &registration{x: x, trunk: t, callID: rand.Text() + "@" + x.cfg.Domain}
	g.ask = g.register
	return g
}

// run registers again and again until ctx is done.
func (g *registration) run(ctx context.Context) {
	retry := trunkRetry
	for {
		res, ok := g.ask(ctx)
		if !ok {
			return
		}
		wait := retry
		if res.Code == 200 {
			wait = g.granted(res) * 3 / 4 // well before it ends
			retry = trunkRetry
			g.x.log.Info("registered at trunk", "trunk", g.trunk.Name, "again_in", wait.String())
		} else {
			retry = min(2*retry, trunkRetryMax)
			g.x.log.Warn("trunk does not register us", "trunk", g.trunk.Name, "status", res.Code, "phrase", res.Phrase, "again_in", wait.String())
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (g *registration) register(ctx context.Context) (ua.Response, bool) {
	account := trunkURI(g.trunk.Username, directory.Trunk{Address: g.trunk.Address})
	done := make(chan ua.Response, 1)
	g.cseq++
	g.x.ua.Do(ua.OutgoingRequest{
		Method:      "REGISTER",
		RequestURI:  trunkURI("", g.trunk),
		From:        ua.Party{URI: account},
		To:          ua.Party{URI: account},
		ContactUser: g.trunk.Username,
		Headers:     ua.Headers{{Name: "Expires", Value: secondsOf(trunkExpiry)}},
		CallID:      g.callID,
		CSeq:        g.cseq,
		Hop:         ua.Hop{Transport: g.trunk.Transport, Address: g.trunk.Address},
		Credentials: ua.Credentials{Username: g.trunk.Username, Password: g.trunk.Password},
	}, func(r ua.Response) { done <- r })
	select {
	case <-ctx.Done():
		return ua.Response{}, false
	case r := <-done:
		g.cseq = max(g.cseq, r.CSeq)
		return r, true
	}
}

// granted is how long the registrar keeps us: what it says beside our Contact,
// else in Expires, else what we asked for.
func (g *registration) granted(res ua.Response) time.Duration {
	granted := trunkExpiry
	if e := res.Headers.Get("Expires"); e != "" {
		granted = seconds(e)
	}
	for _, header := range res.Headers.Values("Contact") {
		for _, value := range list(header) {
			c, err := parseContact(value)
			if err != nil || c.expires < 0 {
				continue
			}
			if p, ok := placeOf(c.uri); ok && strings.EqualFold(p.user, g.trunk.Username) && g.x.ours(p.host) {
				granted = c.expires
			}
		}
	}
	return max(granted, 10*time.Second)
}
