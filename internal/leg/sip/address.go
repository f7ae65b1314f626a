package sip

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/sip/ua"
)

// place is the user and host of a SIP URI, or the number of a tel URI.
type place struct {
	user string // unescaped, without parameters
	host string // lower case; empty for tel
}

// placeOf reads a sip, sips or tel URI.
func placeOf(uri string) (place, bool) {
	if number, tel := cutPrefixFold(uri, "tel:"); tel {
		number, _, _ = strings.Cut(number, ";")
		return place{user: number}, number != ""
	}
	var u sip.Uri
	if err := sip.ParseUri(uri, &u); err != nil || u.Scheme != "sip" && u.Scheme != "sips" {
		return place{}, false
	}
	if u.Password != "" {
		// A raw id whose colons nobody escaped: RFC 3261 25.1 takes what follows
		// one for a password.
		_, rest, _ := strings.Cut(uri, ":")
		userInfo, _, _ := strings.Cut(rest, "@")
		if a := call.Address(userInfo); a.IsUser() || a.IsPhone() {
			u.User = userInfo
		}
	}
	// RFC 3261 19.1.6: the parameters of a number written as a SIP URI are in its user part.
	user, _, _ := strings.Cut(u.User, ";")
	user, err := url.PathUnescape(user)
	return place{user: user, host: strings.ToLower(strings.Trim(u.Host, "[]"))}, err == nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// addressOf is the IP of host:port, invalid when the host is a name.
func addressOf(hostPort string) netip.Addr {
	ap, err := netip.ParseAddrPort(hostPort)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr()
}

// ours reports whether a host in a URI means this server.
func (x *Exchange) ours(host string) bool {
	if host == x.domain {
		return true
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host == "localhost"
	}
	return x.own[addr.Unmap()]
}

// ownAddresses are the addresses under which we are reached: those that we
// listen on, all of this machine's when we listen on all, and the external one.
func ownAddresses(listen []string, external netip.Addr) map[netip.Addr]bool {
	own := map[netip.Addr]bool{external: true}
	for _, l := range listen {
		_, hostPort, _ := strings.Cut(l, "://")
		host, _, _ := net.SplitHostPort(hostPort)
		addr, err := netip.ParseAddr(host)
		if err == nil && !addr.IsUnspecified() {
			own[addr.Unmap()] = true
			continue
		}
		interfaces, _ := net.InterfaceAddrs()
		for _, i := range interfaces {
			if prefix, err := netip.ParsePrefix(i.String()); err == nil {
				own[prefix.Addr().Unmap()] = true
			}
		}
	}
	return own
}

// callingNumber is the address of a caller from the telephone network. The
// trunk is trusted, so P-Asserted-Identity counts before From (RFC 3325).
func callingNumber(m ua.Message) call.Address {
	if strings.Contains(strings.ToLower(m.Headers.Get("Privacy")), "id") {
		return call.Anonymous
	}
	uris := []string{m.From.URI}
	for _, value := range m.Headers.Values("P-Asserted-Identity") {
		for _, id := range list(value) {
			if a, err := parseContact(id); err == nil {
				uris = append([]string{a.uri}, uris...)
			}
		}
	}
	for _, uri := range uris {
		if p, ok := placeOf(uri); ok {
			if number := e164(p.user); number != "" {
				return call.PhoneAddress(number)
			}
		}
	}
	return call.Anonymous
}

// shortest is how many digits a number has at least that carriers send in
// full but without its plus.
const shortest = 8

// e164 makes a number of what a carrier sends as one: with a plus, with an
// international prefix, or the bare digits. Shorter ones are service numbers
// and stay as they are. What is no number is "".
func e164(user string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.() ", r) { // RFC 3966 5.1.1: visual separators
			return -1
		}
		return r
	}, user)
	digits, plus := strings.CutPrefix(digits, "+")
	if digits == "" || len(digits) > 17 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	if international, ok := strings.CutPrefix(digits, "00"); ok && !plus {
		digits, plus = international, true
	}
	if plus || len(digits) >= shortest && digits[0] != '0' {
		return "+" + digits
	}
	return digits
}

// userURI is the address of one of our users.
func (x *Exchange) userURI(user string) string {
	return "sip:" + url.PathEscape(user) + "@" + x.cfg.Domain
}

// anonymous is whoever does not say who they are (RFC 3323 4.1.1.3).
var anonymous = ua.Party{DisplayName: "Anonymous", URI: "sip:anonymous@anonymous.invalid"}

// caller is how one of our users sees who calls.
func (x *Exchange) caller(from call.Address, name string) ua.Party {
	if from == call.Anonymous || from == "" {
		return anonymous
	}
	if number := from.Phone(); number != "" {
		return ua.Party{DisplayName: name, URI: x.userURI(number)}
	}
	if u, ok := x.cfg.Directory.UserAt(from); ok {
		if name == "" {
			name = u.DisplayName
		}
		return ua.Party{DisplayName: name, URI: x.userURI(u.Name)}
	}
	return ua.Party{DisplayName: name, URI: x.userURI(string(from))}
}

// callerOnTrunk is how the telephone network sees who calls. Somebody without a
// number is shown as the trunk's first, or else as its account.
func (x *Exchange) callerOnTrunk(from call.Address, t directory.Trunk) ua.Party {
	switch number := from.Phone(); {
	case from == call.Anonymous:
	case number != "":
		return ua.Party{URI: x.userURI(number)}
	case len(t.Numbers) > 0:
		return ua.Party{URI: x.userURI(t.Numbers[0])}
	case t.Username != "":
		return ua.Party{URI: trunkURI(t.Username, directory.Trunk{Address: t.Address})}
	}
	return anonymous
}

// trunkURI is a number, or an account, at a trunk.
func trunkURI(user string, t directory.Trunk) string {
	uri := "sip:"
	if user != "" {
		uri += url.PathEscape(user) + "@"
	}
	uri += t.Address
	if t.Transport != "" && t.Transport != "udp" {
		uri += ";transport=" + t.Transport
	}
	return uri
}
