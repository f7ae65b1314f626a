package address

import (
	"net/url"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Address is whom a URI names.
type Address struct {
	User string // unescaped, without its parameters; the number of a tel URI
	// Password is what stands behind the last colon of the user part (RFC 3261 25.1),
	// unescaped.
	Password string
	// Context is the phone-context of a number (RFC 3966 5.1.5), wherever it stands.
	Context string
	Host    string // in lower case, without brackets; empty in a tel URI
}

// Parse reads a sip, sips or tel URI. It is not ok when the URI is malformed or
// has another scheme.
func Parse(uri string) (a Address, ok bool) {
	if number, tel := cutPrefixFold(uri, "tel:"); tel {
		number, params, _ := strings.Cut(number, ";")
		return Address{User: number, Context: contextIn(params)}, number != ""
	}
	var u sip.Uri
	if err := sip.ParseUri(uri, &u); err != nil || u.Scheme != "sip" && u.Scheme != "sips" {
		return Address{}, false
	}
	user, err := withoutParams(u.User)
	if err != nil {
		return Address{}, false
	}
	password, err := withoutParams(u.Password)
	if err != nil {
		return Address{}, false
	}
	_, params, _ := strings.Cut(u.User, ";")
	context := contextIn(params)
	if context == "" {
		context = u.UriParams.GetOr("phone-context", "")
	}
	return Address{User: user, Password: password, Context: context, Host: strings.ToLower(strings.Trim(u.Host, "[]"))}, true
}

// contextIn finds the phone-context among the parameters of a number.
func contextIn(params string) string {
	for param := range strings.SplitSeq(params, ";") {
		if value, ok := cutPrefixFold(param, "phone-context="); ok {
			if context, err := url.PathUnescape(value); err == nil {
				return context
			}
		}
	}
	return ""
}

// withoutParams leaves out the parameters of a number that is written as a SIP
// URI (RFC 3261 19.1.6), and unescapes the rest.
func withoutParams(part string) (string, error) {
	part, _, _ = strings.Cut(part, ";")
	return url.PathUnescape(part)
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// URI is a SIP URI to write.
type URI struct {
	User      string // unescaped; may be empty
	HostPort  string
	Transport string // empty, or "udp", which goes without saying, "tcp" or "tls"
}

// String is the URI as messages have it.
func (u URI) String() string {
	s := "sip:"
	if u.User != "" {
		s += url.PathEscape(u.User) + "@"
	}
	s += u.HostPort
	if u.Transport != "" && u.Transport != "udp" {
		s += ";transport=" + u.Transport
	}
	return s
}
