package reception

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"time"

	"strowger/internal/directory"
	"strowger/internal/sip/address"
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
	r      *Reception
	trunk  directory.Trunk
	callID string // RFC 3261 10.2: all registrations of a boot share it
	cseq   uint32
	// ask sends one REGISTER and waits for its answer; not ok when ctx is done.
	ask func(ctx context.Context) (ua.Response, bool)
}

func newRegistration(r *Reception, t directory.Trunk) *registration {
	g := &registration{r: r, trunk: t, callID: rand.Text() + "@" + r.cfg.Domain}
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
			g.r.log.Info("registered at trunk", "trunk", g.trunk.Name, "again_in", wait.String())
		} else {
			retry = min(2*retry, trunkRetryMax)
			g.r.log.Warn("trunk does not register us", "trunk", g.trunk.Name, "status", res.Code, "phrase", res.Phrase, "again_in", wait.String())
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (g *registration) register(ctx context.Context) (ua.Response, bool) {
	account := address.URI{User: g.trunk.Username, HostPort: g.trunk.Address}.String()
	done := make(chan ua.Response, 1)
	g.cseq++
	g.r.cfg.UA.Do(ua.OutgoingRequest{
		Method:      "REGISTER",
		RequestURI:  address.URI{HostPort: g.trunk.Address, Transport: g.trunk.Transport}.String(),
		From:        ua.Party{URI: account},
		To:          ua.Party{URI: account},
		ContactUser: g.trunk.Username,
		Headers:     ua.Headers{{Name: "Expires", Value: strconv.Itoa(int(trunkExpiry / time.Second))}},
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
		granted = address.Seconds(e)
	}
	for _, header := range res.Headers.Values("Contact") {
		for _, value := range address.List(header) {
			c, err := address.ParseContact(value)
			if err != nil || c.Expires < 0 {
				continue
			}
			if a, ok := address.Parse(c.URI); ok && strings.EqualFold(a.User, g.trunk.Username) && g.r.ours(a.Host) {
				granted = c.Expires
			}
		}
	}
	return max(granted, 10*time.Second)
}
