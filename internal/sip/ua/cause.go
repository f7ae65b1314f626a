package ua

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"strowger/internal/sip/transaction"
)

// causeOf is why a request of ours found no agreement.
func causeOf(res *sip.Response, err error) Cause {
	if res == nil {
		return failureOf(err)
	}
	c := Cause{Origin: Remote, Code: res.StatusCode, Phrase: res.Reason}
	c.read(res)
	for _, h := range res.GetHeaders("Contact") {
		if contact, ok := h.(*sip.ContactHeader); ok && res.IsRedirection() {
			c.Contacts = append(c.Contacts, contact.Address.String())
		}
	}
	return c
}

func failureOf(err error) Cause {
	if errors.Is(err, transaction.ErrTimeout) {
		return Cause{Origin: Timeout, Code: sip.StatusRequestTimeout, Phrase: StatusPhrase(sip.StatusRequestTimeout)}
	}
	c := Cause{Origin: Transport, Code: sip.StatusServiceUnavailable, Phrase: StatusPhrase(sip.StatusServiceUnavailable)}
	if err != nil {
		c.Reason = err.Error()
	}
	return c
}

// read takes what a response and a BYE have in common.
func (c *Cause) read(msg interface{ GetHeaders(string) []sip.Header }) {
	for _, h := range msg.GetHeaders("Reason") {
		for _, v := range strings.Split(h.Value(), ",") {
			if q, ok := q850(v); ok {
				c.Q850 = q
			}
		}
		if c.Reason == "" {
			c.Reason = h.Value()
		}
	}
	if hs := msg.GetHeaders("Retry-After"); len(hs) > 0 {
		c.RetryAfter = retryAfter(hs[0].Value())
	}
}

// q850 reads one Reason value (RFC 3326 2): Q.850;cause=17;text="User busy".
func q850(v string) (int, bool) {
	parts := strings.Split(v, ";")
	if !strings.EqualFold(strings.TrimSpace(parts[0]), "Q.850") {
		return 0, false
	}
	for _, p := range parts[1:] {
		k, n, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(strings.TrimSpace(k), "cause") {
			cause, err := strconv.Atoi(strings.TrimSpace(n))
			return cause, err == nil && cause > 0 && cause < 128
		}
	}
	return 0, false
}

// retryAfter reads RFC 3261 20.33: seconds, then perhaps a comment and parameters.
func retryAfter(v string) time.Duration {
	end := strings.IndexFunc(v, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		v = v[:end]
	}
	n, err := strconv.ParseUint(v, 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// headers are the Reason header fields that tell r.
func (r Reason) headers() []sip.Header {
	var hs []sip.Header
	add := func(protocol string, cause int) {
		if cause == 0 {
			return
		}
		v := protocol + ";cause=" + strconv.Itoa(cause)
		if r.Text != "" {
			v += `;text="` + quotable(r.Text) + `"`
		}
		hs = append(hs, sip.NewHeader("Reason", v))
	}
	add("SIP", r.SIP)
	add("Q.850", r.Q850)
	return hs
}

var statusPhrases = map[int]string{
	100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress",
	200: "OK", 202: "Accepted",
	300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily", 305: "Use Proxy",
	400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
	405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout",
	410: "Gone", 413: "Request Entity Too Large", 414: "Request-URI Too Long", 415: "Unsupported Media Type",
	416: "Unsupported URI Scheme", 420: "Bad Extension", 421: "Extension Required", 422: "Session Interval Too Small",
	423: "Interval Too Brief", 480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist",
	482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete", 485: "Ambiguous", 486: "Busy Here",
	487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending", 493: "Undecipherable",
	500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
	504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large",
	600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
}

// StatusPhrase is the usual phrase of a status.
func StatusPhrase(code int) string {
	if p, ok := statusPhrases[code]; ok {
		return p
	}
	return "Unknown"
}
