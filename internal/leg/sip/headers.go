package sip

import (
	"strings"

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
	return strings.HasPrefix(strings.ToLower(name), "x-") || strings.EqualFold(name, "User-To-User") // RFC 7433
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
