package chronicle

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Path is where Handler is to be mounted, with all below it.
const Path = "/calls"

// Calls and One are what Handler answers, as JSON.
type (
	Calls struct {
		Calls []Summary
		More  int // that are not listed
	}
	One   struct{ Lines []Line }
	Fault struct{ Error string }
)

// Handler lists calls (those that have ended with ?ended=true) and tells what
// happened in one. It asks for no credentials, and so answers programs on this machine
// only: neither other hosts, where the address is open to them for its metrics, nor
// a page in a browser that was led here by a name of its own.
func (c *Chronicle) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, c.serveList)
	mux.HandleFunc("GET "+Path+"/{id}", c.serveOne)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !local(r.RemoteAddr) || !named(r.Host) {
			answer(w, http.StatusForbidden, Fault{"calls are shown to programs on this machine only"})
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (c *Chronicle) serveList(w http.ResponseWriter, r *http.Request) {
	all, more, err := c.List(r.Context(), r.URL.Query().Get("ended") == "true")
	if err != nil {
		answer(w, http.StatusServiceUnavailable, Fault{err.Error()})
		return
	}
	answer(w, http.StatusOK, Calls{all, more})
}

func (c *Chronicle) serveOne(w http.ResponseWriter, r *http.Request) {
	lines, err := c.Of(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrUnknown), errors.Is(err, ErrAmbiguous):
		answer(w, http.StatusNotFound, Fault{err.Error()})
	case err != nil:
		answer(w, http.StatusServiceUnavailable, Fault{err.Error()})
	default:
		answer(w, http.StatusOK, One{lines})
	}
}

func answer(w http.ResponseWriter, status int, body any) {
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
