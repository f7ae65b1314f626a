package preview2021

import (
	"context"
	"errors"
	"net/http"

	"strowger/internal/api"
	"strowger/internal/call"
	wire2021 "strowger/internal/wire/preview2021"
)

// codes are how both families answer refusals. The service had codes of its own for
// what a call is not; all else has that of HTTP.
var codes = api.Codes{
	Rules: map[call.Kind]api.Code{
		call.Invalid:        badRequest,
		call.NotFound:       {Status: http.StatusNotFound, Code: "8522"},
		call.Conflict:       badRequest,
		call.NotEstablished: notNow,
		call.Forbidden:      {Status: http.StatusForbidden, Code: "403"},
		call.TooBusy:        {Status: http.StatusTooManyRequests, Code: "429"},
		call.Stopping:       unavailable,
		call.OutOfService:   unavailable,
		call.Incompatible:   badRequest,

		call.AlreadyRecording: badRequest,
		call.OtherRequest:     badRequest,
		call.NotSetUp:         badRequest,
		call.Unsupported:      badRequest,
		call.TransferConflict: badRequest,
	},
	Faults: map[api.Fault]api.Code{
		api.Unsigned:     {Status: http.StatusUnauthorized, Code: "401"},
		api.TokenRefused: {Status: http.StatusUnauthorized, Code: "401"},
		api.BadField:     badRequest,
		api.TooLarge:     badRequest,
		api.NoOperation:  {Status: http.StatusNotFound, Code: "404"},
		api.WrongMethod:  {Status: http.StatusMethodNotAllowed, Code: "405"},
		api.NotBuilt:     {Status: http.StatusNotImplemented, Code: "501"},
		api.TooSlow:      unavailable,
		api.Internal:     {Status: http.StatusInternalServerError, Code: "500"},
	},
}

// Codes that are used more than once.
var (
	badRequest  = api.Code{Status: http.StatusBadRequest, Code: "400"}
	notNow      = api.Code{Status: http.StatusBadRequest, Code: "8501"}
	unavailable = api.Code{Status: http.StatusServiceUnavailable, Code: "503"}
)

// Refusals in the sentences of the service.
var (
	noCall         = &api.Refusal{Code: codes.Rules[call.NotFound], Reason: "Call not found.", Verbatim: true}
	noRecording    = &api.Refusal{Code: codes.Rules[call.NotFound], Reason: "Recording not found.", Verbatim: true}
	notEstablished = &api.Refusal{Code: notNow, Reason: "Action is invalid when call is not in Established state", Verbatim: true}
)

// badCallback refuses a callback URI that nothing may be sent to.
func badCallback(field string) error {
	return &api.Refusal{Code: notNow, Field: field, Reason: "Callback URI has to be a valid URI", Verbatim: true}
}

// absent is the refusal of what is asked of something that is not there.
type absent func(version string) *api.Refusal

// The absent of operations on a connection, on a call by its name, and on a recording.
func noConnection(string) *api.Refusal { return noCall }

func noServerCall(string) *api.Refusal { return notEstablished }

func notRecorded(version string) *api.Refusal {
	if wire2021.Version(version) == wire2021.June {
		return notEstablished
	}
	return noRecording
}

// worded is an operation that refuses in the sentences of the service.
func worded(missing absent, serve api.Serve) api.Serve {
	return func(ctx context.Context, r *api.Request) (api.Response, error) {
		response, err := serve(ctx, r)
		var rules *call.Error
		switch {
		case !errors.As(err, &rules):
		case rules.Kind == call.NotEstablished:
			err = notEstablished
		case rules.Kind == call.NotFound && rules.Part == "":
			err = missing(r.Version)
		}
		return response, err
	}
}
