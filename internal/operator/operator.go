// Package operator answers programs of the operator at the operator's address.
//
// It guarantees:
//
//   - What it guards asks for no credentials, and so is there for programs on this
//     machine only: neither for other hosts, where the address is open to them for its
//     metrics, nor for a page in a browser, whether it was led here by a name of its
//     own or sends without reading the answer.
package operator

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Fault is the body of an answer that is no success.
type Fault struct{ Error string }

// Guard lets programs on this machine through to h.
func Guard(h http.Handler) http.Handler {
	own := http.NewCrossOriginProtection().Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !local(r.RemoteAddr) || !named(r.Host) {
			Answer(w, http.StatusForbidden, Fault{Error: "this is for programs on this machine only"})
			return
		}
		own.ServeHTTP(w, r)
	})
}

// Answer writes a body as JSON.
func Answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// local reports whether an address is this machine's own.
func local(address string) bool {
	a, err := netip.ParseAddrPort(address)
	return err == nil && a.Addr().Unmap().IsLoopback()
}

// named reports whether a Host header names this machine in a way that nobody else
// can define.
func named(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}
