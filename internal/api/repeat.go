package api

import (
	"net/http"
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

// repeatable reads what identifies a repeatable request. The operation is part
// of it: the same id with another operation is another request.
func repeatable(h http.Header, operation string) (call.Repeatable, error) {
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
	return call.Repeatable{RequestID: operation + "/" + strings.ToLower(id)}, nil
}
