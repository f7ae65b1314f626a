package api

import (
	"net/http"

	"strowger/internal/access"
)

// Paths of health, which Config.Health answers.
const (
	livePath  = "/health/live"
	readyPath = "/health/ready"
)

// servePublic answers what needs no credentials, and reports whether it did.
func (a *API) servePublic(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path == livePath || r.URL.Path == readyPath {
		a.c.Health.ServeHTTP(w, r)
		return true
	}
	document, known := a.public(r.URL.Path)
	if !known {
		return false
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeBody(w, http.StatusMethodNotAllowed, nil)
		return true
	}
	writeBody(w, http.StatusOK, document)
	return true
}

func (a *API) public(path string) (document []byte, known bool) {
	switch path {
	case access.OpenIDPath:
		return a.c.Signer.OpenIDDocument(), true
	case access.KeysPath:
		return a.c.Signer.KeySet(), true
	}
	return nil, false
}
