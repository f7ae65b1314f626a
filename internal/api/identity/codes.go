package identity

import (
	"errors"
	"net/http"

	"strowger/internal/api"
	"strowger/internal/identity"
)

var codes = api.Codes{Faults: map[api.Fault]api.Code{
	api.Unsigned:     {Status: http.StatusUnauthorized, Code: "Denied"},
	api.TokenRefused: {Status: http.StatusUnauthorized, Code: "Denied"},
	api.BadField:     invalidInput,
	api.TooLarge:     {Status: http.StatusRequestEntityTooLarge, Code: "InvalidInput"},
	api.NoOperation:  {Status: http.StatusNotFound, Code: "NotFound"},
	api.WrongMethod:  {Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowed"},
	api.NotBuilt:     notServed,
	api.TooSlow:      unavailable,
	api.Internal:     {Status: http.StatusInternalServerError, Code: "InternalError"},
}}

var (
	invalidInput    = api.Code{Status: http.StatusBadRequest, Code: "InvalidInput"}
	unknownIdentity = api.Code{Status: http.StatusNotFound, Code: "IdentityNotFound"}
	quotaExceeded   = api.Code{Status: http.StatusForbidden, Code: "QuotaExceeded"}
	notServed       = api.Code{Status: http.StatusMethodNotAllowed, Code: "NotSupported"}
	tooManyRequests = api.Code{Status: http.StatusTooManyRequests, Code: "TooManyRequests"}
	unavailable     = api.Code{Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable"}
)

// refusal puts what a Book refuses into published words.
func refusal(err error) error {
	for _, known := range []struct {
		err   error
		code  api.Code
		field string
	}{
		{identity.ErrUnknown, unknownIdentity, "id"},
		{identity.ErrFull, quotaExceeded, ""},
		{identity.ErrBusy, unavailable, ""},
		{identity.ErrNoRoom, unavailable, ""},
	} {
		if errors.Is(err, known.err) {
			return &api.Refusal{Code: known.code, Field: known.field, Reason: known.err.Error()}
		}
	}
	return err
}
