package outbound

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxURL is longer than any sensible callback with its secrets in the query.
const maxURL = 4096

// Schemes that a target may have: the secure one and its plain twin.
var (
	HTTP      = Schemes{Secure: "https", Plain: "http"}
	WebSocket = Schemes{Secure: "wss", Plain: "ws"}
)

// Schemes is a pair of URL schemes.
type Schemes struct{ Secure, Plain string }

// CheckURL reads a target that an application named, and says in words what is
// wrong with it. What it lets through may still be refused when a name turns
// out to stand for an address that is not allowed.
func (p *Policy) CheckURL(raw string, s Schemes) (*url.URL, error) {
	if len(raw) > maxURL {
		return nil, fmt.Errorf("is longer than %d characters", maxURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("is not a valid URI")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != s.Secure && u.Scheme != s.Plain {
		return nil, fmt.Errorf("is not an absolute %s URI", s.Secure)
	}
	if err := checkHost(u); err != nil {
		return nil, err
	}
	return u, p.checkTarget(u, s)
}

func checkHost(u *url.URL) error {
	if u.Hostname() == "" {
		return fmt.Errorf("has no host")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("has no valid port (%s)", port)
		}
	}
	return nil
}

// checkTarget judges what is known before a name is resolved.
func (p *Policy) checkTarget(u *url.URL, s Schemes) error {
	addr, err := netip.ParseAddr(u.Hostname())
	literal := err == nil
	if literal {
		if err := p.Admit(addr); err != nil {
			return err
		}
	}
	if u.Scheme == s.Secure {
		return nil
	}
	if literal && !p.Allows(addr) || len(p.allowed) == 0 {
		return fmt.Errorf("is not %s; plain %s is for networks in outbound.allow_networks", s.Secure, s.Plain)
	}
	return nil
}
