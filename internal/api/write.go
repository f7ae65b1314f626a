package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"strowger/internal/call"
)

// outcome is an answer ready to be written.
type outcome struct {
	status     int
	code       string // of a refusal, with the field that it names, if any, and its message
	field, why string
	allow      []string
	body       []byte
	chain      call.ID
	repeatable bool
}

// chainID is what an answer is traced by: the call, where one is known. Every answer
// below /calling has one.
func (o outcome) chainID(r *http.Request) string {
	if o.chain == "" && strings.HasPrefix(r.URL.Path, "/calling") {
		return uuid.NewString()
	}
	return string(o.chain)
}

// accepted is separate from writing so that an answer that cannot be encoded
// still becomes a proper refusal.
func accepted(req *Request, r Response) (outcome, error) {
	done := outcome{status: req.operation.Status, chain: r.Call, repeatable: req.Repeatable.RequestID != ""}
	if r.Body == nil {
		return done, nil
	}
	var err error
	if done.body, err = json.Marshal(r.Body); err != nil {
		return outcome{}, fmt.Errorf("encode answer: %w", err)
	}
	return done, nil
}

func refused(f failure) outcome {
	body, err := json.Marshal(f.body())
	if err != nil {
		panic("api: an error body cannot be encoded: " + err.Error()) // it holds strings only
	}
	return outcome{status: f.Status, code: f.Code.Code, field: f.field, why: f.message, allow: f.allow, body: body}
}

// clientRequestIDMax bounds what we echo.
const clientRequestIDMax = 256

// write sends the answer to its end. It returns when the answer has been
// handed to the network, or the client is beyond reach: either way nobody has
// to wait for it any more.
func (a *API) write(w http.ResponseWriter, r *http.Request, done outcome) {
	h := w.Header()
	if id := r.Header.Get("x-ms-client-request-id"); id != "" && len(id) <= clientRequestIDMax {
		h.Set("x-ms-client-request-id", id)
	}
	if chain := done.chainID(r); chain != "" {
		h.Set("X-Microsoft-Skype-Chain-ID", chain)
	}
	if done.code != "" {
		h.Set("x-ms-error-code", done.code)
	}
	switch {
	case done.field == headerRequestID || done.field == headerFirstSent:
		h.Set(headerResult, "rejected")
	case done.code == "" && done.repeatable:
		h.Set(headerResult, "accepted")
	}
	if len(done.allow) > 0 {
		h.Set("Allow", strings.Join(done.allow, ", ")) // RFC 9110 15.5.6
	}
	switch done.status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "HMAC-SHA256") // RFC 9110 15.5.2
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", "1") // official clients retry 429 only when told when
	}
	writeBody(w, done.status, done.body)
}

// writeBody sets the length always, so that the client knows the answer to be
// whole when its last byte has come, and not only when the handler returns.
func writeBody(w http.ResponseWriter, status int, body []byte) {
	if len(body) > 0 {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	if status != http.StatusNoContent { // RFC 9110 8.6: a 204 has no length
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	control := http.NewResponseController(w)
	// A client that does not read must not hold its call's events for long.
	_ = control.SetWriteDeadline(time.Now().Add(writeTime))
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever is gone will ask again
	_ = control.Flush()
	_ = control.SetWriteDeadline(time.Time{})
}
