package sip

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/call"
	"strowger/internal/sip/ua"
)

// serverCallIDHeader tells our users which call they are in.
const serverCallIDHeader = "X-Server-Call-Id"

// Bounds of the custom headers that pass from a SIP message to applications
// and back.
const (
	customMost  = 32
	customBytes = 4 << 10
)

func serverCallID(leg call.LegID) ua.Header {
	return ua.Header{Name: serverCallIDHeader, Value: leg.Call().ServerCallID()}
}

// isCustom reports whether a header is the application's to read and to set.
func isCustom(name string) bool {
	if strings.EqualFold(name, serverCallIDHeader) || len(name) > 128 {
		return false
	}
	if strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
		return false
	}
	_, x := cutPrefixFold(name, "x-")
	return x || strings.EqualFold(name, "User-To-User") // RFC 7433
}

// customOf are the custom headers of a message; beyond the bounds they are left out.
func customOf(headers ua.Headers) map[string]string {
	found, bytes := map[string]string{}, 0
	for _, h := range headers {
		if !isCustom(h.Name) {
			continue
		}
		bytes += len(h.Name) + len(h.Value)
		if len(found) == customMost || bytes > customBytes {
			break
		}
		found[h.Name] = h.Value
	}
	return found
}

// custom are the headers that a call asks to be sent. A value that would break
// the message is left out.
func custom(headers map[string]string) ua.Headers {
	var hs ua.Headers
	for name, value := range headers {
		if isCustom(name) && !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			hs = append(hs, ua.Header{Name: name, Value: value})
		}
	}
	return hs
}

// list splits a header value at its commas, outside of quotes and brackets
// (RFC 3261 7.3.1).
func list(value string) []string {
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

// contact is one value of a Contact header, or of another that looks like it.
type contact struct {
	uri     string
	q       int           // in thousandths
	expires time.Duration // negative: not said
}

var errContact = errors.New("contact cannot be read")

func parseContact(value string) (contact, error) {
	var uri sip.Uri
	params := sip.NewParams()
	if len(value) > 1024 {
		return contact{}, errContact
	}
	if _, err := sip.ParseAddressValue(value, &uri, &params); err != nil || uri.Host == "" && uri.Scheme != "tel" {
		return contact{}, errContact
	}
	c := contact{uri: uri.String(), q: 1000, expires: -1}
	if q, ok := params.Get("q"); ok {
		f, err := strconv.ParseFloat(q, 64)
		if err != nil || !(f >= 0 && f <= 1) {
			return contact{}, errContact
		}
		c.q = int(f * 1000)
	}
	if e, ok := params.Get("expires"); ok {
		c.expires = seconds(e)
	}
	return c, nil
}

// seconds reads a delta-seconds. RFC 3261 10.2.1.1: a malformed one counts as
// an hour, and what is longer than any registration is as long as it gets.
func seconds(s string) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return time.Hour
	}
	return time.Duration(n) * time.Second
}

func secondsOf(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
