package outbound

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"
)

// Refused says why an address may not be called.
type Refused struct {
	Addr   netip.Addr
	Reason string
}

func (r *Refused) Error() string {
	return fmt.Sprintf("%s is %s, which outbound.allow_networks does not hold", r.Addr, r.Reason)
}

// special are the networks that are not the public internet (the registries of
// RFC 6890 for IPv4 and IPv6), and one public address that is not public in
// fact.
var special = []struct {
	prefix netip.Prefix
	reason string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "this host"},
	{netip.MustParsePrefix("10.0.0.0/8"), "a private address"},
	{netip.MustParsePrefix("100.64.0.0/10"), "a carrier's shared address"},
	{netip.MustParsePrefix("127.0.0.0/8"), "a loopback address"},
	{netip.MustParsePrefix("168.63.129.16/32"), "a cloud platform's metadata address"},
	{netip.MustParsePrefix("169.254.0.0/16"), "a link-local or metadata address"},
	{netip.MustParsePrefix("172.16.0.0/12"), "a private address"},
	{netip.MustParsePrefix("192.0.0.0/24"), "a protocol's own address"},
	{netip.MustParsePrefix("192.0.2.0/24"), "a documentation address"},
	{netip.MustParsePrefix("192.88.99.0/24"), "a relay's address"},
	{netip.MustParsePrefix("192.168.0.0/16"), "a private address"},
	{netip.MustParsePrefix("198.18.0.0/15"), "a benchmarking address"},
	{netip.MustParsePrefix("198.51.100.0/24"), "a documentation address"},
	{netip.MustParsePrefix("203.0.113.0/24"), "a documentation address"},
	{netip.MustParsePrefix("224.0.0.0/4"), "a multicast address"},
	{netip.MustParsePrefix("240.0.0.0/4"), "a reserved address"},
	{netip.MustParsePrefix("::/128"), "this host"},
	{netip.MustParsePrefix("::1/128"), "a loopback address"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "a local translation address"},
	{netip.MustParsePrefix("100::/64"), "a discard address"},
	{netip.MustParsePrefix("2001::/23"), "a protocol's own address"}, // Teredo among them
	{netip.MustParsePrefix("2001:db8::/32"), "a documentation address"},
	{netip.MustParsePrefix("3fff::/20"), "a documentation address"},
	{netip.MustParsePrefix("5f00::/16"), "a segment routing address"},
	{netip.MustParsePrefix("fc00::/7"), "a private address"},
	{netip.MustParsePrefix("fe80::/10"), "a link-local address"},
	{netip.MustParsePrefix("fec0::/10"), "a site-local address"},
	{netip.MustParsePrefix("ff00::/8"), "a multicast address"},
}

var (
	globalV6 = netip.MustParsePrefix("2000::/3")
	// RFC 6052: the last 32 bits are the IPv4 address that a NAT64 gateway
	// will call for us.
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
	// RFC 3056: bits 16 to 47 are the IPv4 address of the 6to4 relay.
	sixToFour = netip.MustParsePrefix("2002::/16")
	// RFC 4291 2.5.5.1: the deprecated IPv4-compatible form.
	compatible = netip.MustParsePrefix("::/96")
)

// Policy holds which networks may be called beside the public internet. The
// zero value allows none.
type Policy struct {
	allowed []netip.Prefix
	roots   *x509.CertPool // nil: the system's
}

// NewPolicy allows networks beside public addresses.
func NewPolicy(networks []netip.Prefix) *Policy {
	allowed := make([]netip.Prefix, len(networks))
	for i, n := range networks {
		allowed[i] = n.Masked()
	}
	return &Policy{allowed: allowed}
}

// Trusting is the policy, trusting the certificates in PEM files beside the system's.
func (p *Policy) Trusting(files []string) (*Policy, error) {
	if len(files) == 0 {
		return p, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("the certificates that the system trusts: %w", err)
	}
	for _, file := range files {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", file)
		}
	}
	return &Policy{allowed: p.allowed, roots: roots}, nil
}

// Admit refuses an addr that may not be called; the error is a *Refused.
func (p *Policy) Admit(addr netip.Addr) error {
	addr = addr.Unmap()
	if p.Allows(addr) {
		return nil
	}
	if reason := notPublic(addr); reason != "" {
		return &Refused{Addr: addr, Reason: reason}
	}
	return nil
}

// Allows reports whether addr lies in an allowed network.
func (p *Policy) Allows(addr netip.Addr) bool {
	// A zone names an interface of this host; no prefix contains it.
	addr = addr.Unmap().WithZone("")
	for _, n := range p.allowed {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

// notPublic is why addr is not on the public internet, or "".
func notPublic(addr netip.Addr) string {
	if !addr.IsValid() {
		return "not an address"
	}
	addr = addr.WithZone("")
	for _, s := range special {
		if s.prefix.Contains(addr) {
			return s.reason
		}
	}
	if inner, ok := embedded(addr); ok {
		if reason := notPublic(inner); reason != "" {
			return reason + " (as " + inner.String() + " within IPv6)"
		}
		return ""
	}
	if addr.Is6() && !globalV6.Contains(addr) {
		return "not a public address"
	}
	return ""
}

// embedded is the IPv4 address that calling an IPv6 address ends at.
func embedded(addr netip.Addr) (netip.Addr, bool) {
	if !addr.Is6() {
		return netip.Addr{}, false
	}
	bytes := addr.As16()
	switch {
	case nat64.Contains(addr), compatible.Contains(addr):
		return netip.AddrFrom4([4]byte(bytes[12:16])), true
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(bytes[2:6])), true
	}
	return netip.Addr{}, false
}
