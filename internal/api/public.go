package api

import (
	"encoding/json"
	"net/http"

	"strowger/internal/access"
)

// Health tells whether the server can take calls.
type Health interface {
	// Ready is nil, or why the server is not ready: a sentence that says
	// nothing that the public must not know.
	Ready() error
}

// Paths of health.
const (
	LivePath  = "/health/live"
	ReadyPath = "/health/ready"
)

// servePublic answers what needs no credentials, and says whether it did.
func (a *API) servePublic(w http.ResponseWriter, r *http.Request) bool {
	document, known := a.public(r.URL.Path)
	if !known {
		return false
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeBody(w, http.StatusMethodNotAllowed, nil)
		return true
	}
	status, body := document()
	writeBody(w, status, body)
	return true
}

func (a *API) public(path string) (func() (int, []byte), bool) {
	switch path {
	case access.OpenIDPath:
		return func() (int, []byte) { return http.StatusOK, a.o.Signer.OpenIDDocument() }, true
	case access.KeysPath:
		return func() (int, []byte) { return http.StatusOK, a.o.Signer.KeySet() }, true
	case LivePath:
		return func() (int, []byte) { return status(http.StatusOK, "live") }, true
	case ReadyPath:
		return a.ready, true
	}
	return nil, false
}

func (a *API) ready() (int, []byte) {
	if err := a.o.Health.Ready(); err != nil {
		return status(http.StatusServiceUnavailable, err.Error())
	}
	return status(http.StatusOK, "ready")
}

func status(code int, text string) (int, []byte) {
	body, err := json.Marshal(map[string]string{"status": text})
	if err != nil {
		panic("api: a status cannot be encoded: " + err.Error()) // it is a string
	}
	return code, body
}
