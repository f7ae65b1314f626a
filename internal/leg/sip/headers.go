package sip

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"strowger/internal/call"
	"strowger/internal/sip/ua"
)

// serverCallIDHeader tells our users which call they are in.
const serverCallIDHeader = "X-Server-Call-Id"

// voipHeader carries one VoIP header, which may have any name and value: both are
// percent-encoded, with an equals sign between them. There may be several.
const voipHeader = "X-VoIP-Header"

// voipBytes bounds the VoIP headers of a message, as they are written: it has to
// fit into a datagram.
const voipBytes = 8 << 10

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
	if strings.EqualFold(name, serverCallIDHeader) || strings.EqualFold(name, voipHeader) || len(name) > 128 {
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

// voip are the VoIP headers that a call asks to be sent, in the order of their
// names. Those beyond the bound are left out.
func voip(headers map[string]string) ua.Headers {
	var hs ua.Headers
	bytes := 0
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		h := ua.Header{Name: voipHeader, Value: escaped(name) + "=" + escaped(headers[name])}
		if bytes += len(h.Name) + len(h.Value); bytes > voipBytes {
			break
		}
		hs = append(hs, h)
	}
	return hs
}

// voipOf are the VoIP headers of a message; beyond the bound they are left out, and
// what is not written as it should be.
func voipOf(headers ua.Headers) map[string]string {
	found, bytes := map[string]string{}, 0
	for _, value := range headers.Values(voipHeader) {
		if bytes += len(voipHeader) + len(value); bytes > voipBytes {
			break
		}
		name, text, _ := strings.Cut(value, "=")
		name, nameErr := url.PathUnescape(name)
		text, textErr := url.PathUnescape(text)
		if name != "" && nameErr == nil && textErr == nil && utf8.ValidString(name) && utf8.ValidString(text) {
			found[name] = text
		}
	}
	return found
}

// escaped is percent-encoded in every character that has a meaning anywhere, a
// blank as %20: browsers' decodeURIComponent reads it.
func escaped(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
