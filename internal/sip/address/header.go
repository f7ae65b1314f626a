package address

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/message"
)

// List splits a header value at its commas, outside of quotes and brackets
// (RFC 3261 7.3.1).
func List(value string) []string {
	var parts []string
	start, quoted, bracketed := 0, false, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			bracketed = true
		case c == '>':
			bracketed = false
		case c == ',' && !bracketed:
			parts = append(parts, strings.TrimSpace(value[start:i]))
			start = i + 1
		}
	}
	if rest := strings.TrimSpace(value[start:]); rest != "" {
		parts = append(parts, rest)
	}
	return parts
}

// Contact is one value of a Contact header.
type Contact struct {
	URI     string
	Q       int           // in thousandths, 1000 when it is not said
	Expires time.Duration // negative when it is not said
}

var errContact = errors.New("contact cannot be read")

// Value is one value of a header that is written like Contact.
type Value struct {
	URI    string
	Params sip.HeaderParams // names in lower case
}

// ParseValue reads one value.
func ParseValue(value string) (Value, error) {
	if len(value) > 1024 {
		return Value{}, errContact
	}
	uri, params, err := message.ReadAddress(value)
	if err != nil || uri.Wildcard {
		return Value{}, errContact
	}
	return Value{URI: uri.String(), Params: params}, nil
}

// ParseContact reads one value of a Contact header.
func ParseContact(value string) (Contact, error) {
	v, err := ParseValue(value)
	if err != nil {
		return Contact{}, err
	}
	c, params := Contact{URI: v.URI, Q: 1000, Expires: -1}, v.Params
	if q, ok := params.Get("q"); ok {
		f, err := strconv.ParseFloat(q, 64)
		if err != nil || !(f >= 0 && f <= 1) {
			return Contact{}, errContact
		}
		c.Q = int(f * 1000)
	}
	if e, ok := params.Get("expires"); ok {
		c.Expires = Seconds(e)
	}
	return c, nil
}

// Seconds reads a delta-seconds. RFC 3261 10.2.1.1: a malformed one counts as
// an hour, and what is longer than any registration is as long as it gets.
func Seconds(s string) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return time.Hour
	}
	return time.Duration(n) * time.Second
}
