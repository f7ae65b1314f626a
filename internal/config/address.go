package config

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Listener is one address of http.listen, sip.listen, operator.listen or
// lab.listen, taken apart. Port 0 lets the system choose.
type Listener struct {
	Scheme string
	Host   string
	Port   int
}

// ParseListener reads scheme://host:port, where the scheme is one of schemes.
func ParseListener(s string, schemes ...string) (Listener, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !slices.Contains(schemes, scheme) {
		return Listener{}, fmt.Errorf("%q: write %s://address:port", s, strings.Join(schemes, ":// or "))
	}
	host, port, err := splitHostPort(rest)
	if err != nil {
		return Listener{}, fmt.Errorf("%q: %w", s, err)
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "localhost" {
		return Listener{}, fmt.Errorf("%q: %q is not an IP address of this machine (0.0.0.0 or [::] means all of them)", s, host)
	}
	return Listener{Scheme: scheme, Host: host, Port: port}, nil
}

// Address is host:port as package net wants it.
func (l Listener) Address() string { return net.JoinHostPort(l.Host, strconv.Itoa(l.Port)) }

func (l Listener) String() string { return l.Scheme + "://" + l.Address() }

// Loopback reports whether only this machine can reach the address.
func (l Listener) Loopback() bool {
	if l.Host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(l.Host)
	return err == nil && addr.Unmap().IsLoopback()
}

// SIPTarget is where a trunk is: the address of trunks.address taken apart.
type SIPTarget struct {
	Host      string
	Port      int
	Transport string // udp, tcp or tls
}

// ParseSIPTarget reads sip:host[:port][;transport=udp|tcp|tls] or sips:host[:port].
func ParseSIPTarget(s string) (SIPTarget, error) {
	wrong := func(why string) (SIPTarget, error) {
		return SIPTarget{}, fmt.Errorf("%q: %s; write sip:host:port;transport=udp (or tcp, tls)", s, why)
	}
	scheme, rest, _ := strings.Cut(s, ":")
	if scheme != "sip" && scheme != "sips" {
		return wrong("is not a SIP address")
	}
	hostPort, params, hasParams := strings.Cut(rest, ";")
	target := SIPTarget{Transport: "udp"}
	if scheme == "sips" {
		target.Transport = "tls"
	}
	if hasParams {
		name, value, _ := strings.Cut(params, "=")
		if name != "transport" || !slices.Contains([]string{"udp", "tcp", "tls"}, value) {
			return wrong(fmt.Sprintf("%q is not a transport that we have", params))
		}
		if scheme == "sips" && value != "tls" {
			return wrong("sips goes over tls only")
		}
		target.Transport = value
	}
	var err error
	if target.Host, target.Port, err = splitSIPHost(hostPort, target.defaultPort()); err != nil {
		return wrong(err.Error())
	}
	return target, nil
}

// Address is host:port as package net wants it.
func (t SIPTarget) Address() string { return net.JoinHostPort(t.Host, strconv.Itoa(t.Port)) }

// RFC 3261 19.1.2: 5060, and 5061 over TLS.
func (t SIPTarget) defaultPort() int {
	if t.Transport == "tls" {
		return 5061
	}
	return 5060
}

// splitSIPHost accepts a host without a port, and IPv6 in brackets.
func splitSIPHost(s string, defaultPort int) (string, int, error) {
	host, port := s, defaultPort
	if bare, bracketed := strings.CutPrefix(s, "["); bracketed && strings.HasSuffix(bare, "]") {
		host = strings.TrimSuffix(bare, "]")
	} else if strings.Contains(s, ":") {
		var err error
		if host, port, err = splitHostPort(s); err != nil {
			return "", 0, err
		}
	}
	if port == 0 {
		return "", 0, fmt.Errorf("port 0 cannot be reached")
	}
	if _, err := netip.ParseAddr(host); err != nil && !isHostName(host) {
		return "", 0, fmt.Errorf("%q is neither a host name nor an IP address", host)
	}
	return host, port, nil
}

func splitHostPort(s string) (string, int, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", 0, fmt.Errorf("%q is not address:port", s)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("%q is not a port (0 to 65535)", port)
	}
	return host, int(n), nil
}

// isHostName is RFC 1123 2.1: labels of letters, digits and inner hyphens.
func isHostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(s, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			return false
		}
	}
	return true
}

// PortRange is an inclusive range of UDP ports, written "20000-29999".
type PortRange struct{ First, Last int }

func (r PortRange) String() string { return fmt.Sprintf("%d-%d", r.First, r.Last) }

// MarshalText writes the range as it is read.
func (r PortRange) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalYAML reads "first-last"; Validate judges the bounds.
func (r *PortRange) UnmarshalYAML(node *yaml.Node) error {
	first, last, ok := strings.Cut(node.Value, "-")
	a, err := strconv.ParseUint(strings.TrimSpace(first), 10, 16)
	b, err2 := strconv.ParseUint(strings.TrimSpace(last), 10, 16)
	if !ok || err != nil || err2 != nil {
		// A TypeError is joined with the others; any other error would hide them.
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %q is not a port range; write 20000-29999", node.Line, node.Value)}}
	}
	r.First, r.Last = int(a), int(b)
	return nil
}
