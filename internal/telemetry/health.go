package telemetry

import (
	"encoding/json"
	"net/http"
	"sync"
)

// Health says whether the process lives and whether it takes new calls.
type Health struct {
	closed func() string
	mu     sync.Mutex
	reason string // why not ready; empty when ready
}

// NewHealth is not ready yet. Once it is, closed is asked why no new calls can be
// taken now, and says nothing when they can; it may be nil.
func NewHealth(closed func() string) *Health {
	if closed == nil {
		closed = func() string { return "" }
	}
	return &Health{closed: closed, reason: "starting"}
}

// Ready says that new calls are taken from now on.
func (h *Health) Ready() { h.set("") }

// NotReady says that no new calls are taken, and why: "starting", "stopping".
func (h *Health) NotReady(reason string) { h.set(reason) }

func (h *Health) set(reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reason = reason
}

// Reason is why new calls are not taken; empty when they are.
func (h *Health) Reason() string {
	h.mu.Lock()
	reason := h.reason
	h.mu.Unlock()
	switch closed := h.closed(); {
	case reason == "":
		return closed
	case closed != "":
		return reason + "; " + closed
	}
	return reason
}

// live answers 200 for as long as the process can answer at all: an
// orchestrator restarts what is not live, so load or a stop must not show here.
func (h *Health) live(w http.ResponseWriter, _ *http.Request) {
	writeStatus(w, http.StatusOK, status{Status: "live"})
}

// ready answers 200 when new calls are taken, else 503 with the reason.
func (h *Health) ready(w http.ResponseWriter, _ *http.Request) {
	if reason := h.Reason(); reason != "" {
		writeStatus(w, http.StatusServiceUnavailable, status{Status: "not ready", Reason: reason})
		return
	}
	writeStatus(w, http.StatusOK, status{Status: "ready"})
}

// Paths of health, on the public address and on the operator's. Neither needs
// credentials.
const (
	LivePath  = "/health/live"
	ReadyPath = "/health/ready"
)

// ServeHTTP answers LivePath and ReadyPath, to GET and HEAD.
func (h *Health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
	case r.URL.Path == LivePath:
		h.live(w, r)
	case r.URL.Path == ReadyPath:
		h.ready(w, r)
	default:
		http.NotFound(w, r)
	}
}

type status struct {
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
}

func writeStatus(w http.ResponseWriter, code int, s status) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(s) // a caller who has gone needs no answer
}
