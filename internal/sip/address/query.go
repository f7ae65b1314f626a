package address

import (
	"net/url"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Query is what a URI asks for beside an address (RFC 3261 19.1.1).
type Query struct {
	Method  string            // of the request to send; empty: INVITE
	Headers map[string]string // to put into it, unescaped; names in lower case
}

// ParseQuery reads what a sip or sips URI asks for; of any other that is nothing.
// It is not ok when an escape is wrong.
func ParseQuery(uri string) (q Query, ok bool) {
	var u sip.Uri
	if err := sip.ParseUri(uri, &u); err != nil {
		return Query{}, true
	}
	q = Query{Method: strings.ToUpper(u.UriParams.GetOr("method", "")), Headers: map[string]string{}}
	for _, h := range u.Headers {
		value, err := url.PathUnescape(h.V)
		if err != nil {
			return Query{}, false
		}
		q.Headers[strings.ToLower(h.K)] = value
	}
	return q, true
}
