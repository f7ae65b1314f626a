package ga

import (
	"net/http"

	"strowger/internal/api"
	"strowger/internal/call"
)

// codes are how this family answers refusals.
var codes = api.Codes{
	Rules: map[call.Kind]api.Code{
		call.Invalid:        invalidArgument,
		call.NotFound:       {Status: http.StatusNotFound, Code: "8522"},
		call.Conflict:       {Status: http.StatusConflict, Code: "8519"},
		call.NotEstablished: {Status: http.StatusBadRequest, Code: "8501"},
		call.Forbidden:      {Status: http.StatusForbidden, Code: "7504"},
		call.TooBusy:        {Status: http.StatusTooManyRequests, Code: "8516"},
		call.Stopping:       unavailable,
		call.OutOfService:   unavailable,
		call.Incompatible:   {Status: http.StatusPreconditionFailed, Code: "8583"},

		call.AlreadyRecording: {Status: http.StatusBadRequest, Code: "8553"},
		call.NotSetUp:         unconfigured,
		call.Unsupported:      unbuilt,
		call.OtherRequest:     invalidArgument,
		call.TransferConflict: {Status: http.StatusConflict, Code: "8607"},
	},
	Faults: map[api.Fault]api.Code{
		api.Unsigned:     {Status: http.StatusUnauthorized, Code: "7509"},
		api.TokenRefused: {Status: http.StatusUnauthorized, Code: "7501"},
		api.BadField:     invalidArgument,
		api.TooLarge:     {Status: http.StatusRequestEntityTooLarge, Code: "8523"},
		api.NoOperation:  {Status: http.StatusNotFound, Code: "404"},
		api.WrongMethod:  {Status: http.StatusMethodNotAllowed, Code: "405"},
		api.NotBuilt:     unbuilt,
		api.TooSlow:      unavailable,
		api.Internal:     {Status: http.StatusInternalServerError, Code: "9999"},
	},
}

// Codes that are used more than once, and those of refusals that only this
// family knows.
var (
	invalidArgument = api.Code{Status: http.StatusBadRequest, Code: "8523"}
	unavailable     = api.Code{Status: http.StatusServiceUnavailable, Code: "8512"}
	unbuilt         = api.Code{Status: http.StatusMethodNotAllowed, Code: "8520"}
	emptyText       = api.Code{Status: http.StatusBadRequest, Code: "8582"}
	unconfigured    = api.Code{Status: http.StatusMethodNotAllowed, Code: "8522"}
)

// notBuilt refuses a part of the published API that this server lacks, so that
// nobody waits for what will not come.
func notBuilt(field, reason string) error {
	return &api.Refusal{Code: unbuilt, Field: field, Reason: reason}
}

// notConfigured refuses what would need something that this server was not set
// up with.
func notConfigured(field, reason string) *api.Refusal {
	return &api.Refusal{Code: unconfigured, Field: field, Reason: reason}
}
