package api

import (
	"context"
	"errors"
	"net/http"

	"strowger/internal/access"
	"strowger/internal/call"
	"strowger/internal/wire"
)

// Verdict is the status and the published code of a refusal.
type Verdict struct {
	Status int
	Code   string
}

// The verdicts that are not the rules' but the door's.
var (
	InvalidArgument = Verdict{http.StatusBadRequest, "8523"}
	EmptyText       = Verdict{http.StatusBadRequest, "8582"}
	NotConfigured   = Verdict{http.StatusMethodNotAllowed, "8522"}
	NotBuilt        = Verdict{http.StatusMethodNotAllowed, "8520"}

	noOperation = Verdict{http.StatusNotFound, "404"}
	wrongMethod = Verdict{http.StatusMethodNotAllowed, "405"}
	tooLarge    = Verdict{http.StatusRequestEntityTooLarge, "8523"}
	noAccess    = http.StatusUnauthorized // its code is in the refusal
	tooSlow     = Verdict{http.StatusServiceUnavailable, "8512"}
	internal    = Verdict{http.StatusInternalServerError, "9999"}
)

// verdicts has one line for each kind of refusal by the rules.
var verdicts = map[call.Kind]Verdict{
	call.Invalid:        InvalidArgument,
	call.NotFound:       {http.StatusNotFound, "8522"},
	call.Conflict:       {http.StatusConflict, "8519"},
	call.NotEstablished: {http.StatusBadRequest, "8501"},
	call.Forbidden:      {http.StatusForbidden, "7504"},
	call.TooBusy:        {http.StatusTooManyRequests, "8516"},
	call.Stopping:       {http.StatusServiceUnavailable, "8512"},
	call.Incompatible:   {http.StatusPreconditionFailed, "8583"},
}

// Refusal is a refusal by the door.
type Refusal struct {
	Verdict Verdict
	Field   string
	Reason  string
	Allow   []string // the methods that the path takes, for a 405
}

func (r *Refusal) Error() string { return fielded(r.Field, r.Reason) }

func fielded(field, reason string) string {
	if field == "" {
		return reason
	}
	return field + ": " + reason
}

// failure is what a client is answered instead of what it wanted.
type failure struct {
	Verdict
	field   string
	message string
	allow   []string // methods
	ours    bool     // a fault of the server: to be logged
}

// failureOf turns an error into an answer. What it does not know is internal.
func failureOf(err error) failure {
	var (
		refusal *Refusal
		field   *wire.FieldError
		rules   *call.Error
		stopped *access.Refusal
		large   *http.MaxBytesError
	)
	switch {
	case errors.As(err, &refusal):
		return failure{Verdict: refusal.Verdict, field: refusal.Field, message: refusal.Error(), allow: refusal.Allow}
	case errors.As(err, &field):
		return failure{Verdict: InvalidArgument, field: field.Field, message: field.Error()}
	case errors.As(err, &rules):
		return rulesFailure(rules)
	case errors.As(err, &stopped):
		return failure{Verdict: Verdict{noAccess, string(stopped.Code)}, message: stopped.Reason}
	case errors.As(err, &large):
		return failure{Verdict: tooLarge, message: "The body is larger than the server takes."}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return failure{Verdict: tooSlow, message: "The command was not carried out in time.", ours: errors.Is(err, context.DeadlineExceeded)}
	}
	return internalFailure()
}

func rulesFailure(err *call.Error) failure {
	verdict, ok := verdicts[err.Kind]
	if !ok {
		return internalFailure()
	}
	return failure{Verdict: verdict, message: err.Reason}
}

// spelt puts a refusal by the rules in the words of the operation's request.
func (op *Operation) spelt(err error) error {
	var rules *call.Error
	if !errors.As(err, &rules) || rules.Part == "" || verdicts[rules.Kind] == (Verdict{}) {
		return err
	}
	return &Refusal{Verdict: verdicts[rules.Kind], Field: op.Fields[rules.Part], Reason: rules.Reason}
}

func internalFailure() failure {
	return failure{Verdict: internal, message: "Internal error.", ours: true}
}

func (f failure) body() wire.ErrorBody {
	return wire.ErrorBody{Error: wire.Error{Code: f.Code, Message: f.message, Target: f.field}}
}
