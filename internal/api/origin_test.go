package api

import (
	"crypto/tls"
	"net/http"
	"testing"
)

// A link leads where its client has come from.
func TestALinkLeadsToWhereItsClientReachesUs(t *testing.T) {
	for _, c := range []struct {
		public, host string
		tls          *tls.ConnectionState
		want         string
	}{
		{"https://calls.example", "calls.example", nil, "https://calls.example"}, // TLS ends before us
		{"https://calls.example", "10.0.0.7:8080", nil, "http://10.0.0.7:8080"},
		{"http://127.0.0.1:8080", "127.0.0.1:8080", nil, "http://127.0.0.1:8080"},
		{"http://127.0.0.1:8080", "127.0.0.1:8080", &tls.ConnectionState{}, "https://127.0.0.1:8080"},
		{"", "localhost:8443", &tls.ConnectionState{}, "https://localhost:8443"},
	} {
		a := New(Config{Public: c.public})
		if got := a.origin(&http.Request{Host: c.host, TLS: c.tls}); got != c.want {
			t.Errorf("%s asked as %s: %s, want %s", c.public, c.host, got, c.want)
		}
	}
}
