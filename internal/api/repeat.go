package api

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"strowger/internal/call"
	"strowger/internal/wire"
)

// Headers of repeatable requests (OASIS Repeatable Requests 1.0).
const (
	headerRequestID = "Repeatability-Request-ID"
	headerFirstSent = "Repeatability-First-Sent"
	headerResult    = "Repeatability-Result"
)

// repeatable reads what identifies a repeatable request. An ID stands for one
// request only: the method, the path, the headers that are ours and the body are its
// digest.
func repeatable(r *http.Request, body []byte) (call.Repeatable, error) {
	h := r.Header
	id := h.Get(headerRequestID)
	if id == "" {
		return call.Repeatable{}, nil
	}
	parsed, err := uuid.Parse(id)
	if err != nil || len(id) != len(parsed.String()) {
		return call.Repeatable{}, wire.Fieldf(headerRequestID, "%.64q is not a UUID", id)
	}
	sent := h.Get(headerFirstSent)
	if sent == "" {
		return call.Repeatable{}, wire.Fieldf(headerFirstSent, "is missing beside %s", headerRequestID)
	}
	if _, err := time.Parse(http.TimeFormat, sent); err != nil {
		return call.Repeatable{}, wire.Fieldf(headerFirstSent, "%.64q is not a date like %q", sent, http.TimeFormat)
	}
	return call.Repeatable{RequestID: strings.ToLower(id), Digest: digest(r, body)}, nil
}

// digestBytes is what is kept of a hash: enough to tell a client's own requests apart.
const digestBytes = 12

// ownHeaders are those that say what is asked for beside the body, as Go writes them.
const ownHeaders = "X-Strowger-"

func digest(r *http.Request, body []byte) string {
	h := sha256.New()
	_, _ = io.WriteString(h, r.Method+" "+r.URL.EscapedPath()+"\n") // a hash takes all
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if strings.HasPrefix(name, ownHeaders) {
			_, _ = fmt.Fprintf(h, "%s: %q\n", name, r.Header[name])
		}
	}
	_, _ = h.Write(body)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:digestBytes])
}
