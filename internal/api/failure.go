package api

import (
	"context"
	"errors"
	"net/http"

	"strowger/internal/access"
	"strowger/internal/call"
	"strowger/internal/wire"
)

// Refusal is a refusal by a family, with a code of its own.
type Refusal struct {
	Code     Code
	Field    string
	Reason   string
	Verbatim bool // the reason is published: the field does not stand before it
}

func (r *Refusal) Error() string {
	if r.Verbatim {
		return r.Reason
	}
	return fielded(r.Field, r.Reason)
}

func fielded(field, reason string) string {
	if field == "" {
		return reason
	}
	return field + ": " + reason
}

// fault is a refusal by this package.
type fault struct {
	fault  Fault
	reason string
	allow  []string // the methods that the path takes, for WrongMethod
}

func (f *fault) Error() string { return f.reason }

// failure is what a client is answered instead of what it wanted.
type failure struct {
	Code
	field   string
	message string
	allow   []string // methods
	ours    bool     // a fault of the server: to be logged
}

// failureOf turns an error into an answer of the family that was asked, in the
// words of the operation, which is nil as long as it is not known. An error
// that it does not know is internal.
func (f *Family) failureOf(err error, op *Operation) failure {
	var (
		refusal *Refusal
		field   *wire.FieldError
		rules   *call.Error
		caller  *access.Refusal
		large   *http.MaxBytesError
		own     *fault
	)
	switch {
	case errors.As(err, &refusal):
		return failure{Code: refusal.Code, field: refusal.Field, message: refusal.Error()}
	case errors.As(err, &field):
		return failure{Code: f.Codes.Faults[BadField], field: field.Field, message: field.Error()}
	case errors.As(err, &rules):
		return f.rulesFailure(rules, op)
	case errors.As(err, &caller):
		return failure{Code: f.Codes.Faults[credentialFault(caller.Credential)], message: caller.Reason}
	case errors.As(err, &own):
		return failure{Code: f.Codes.Faults[own.fault], message: own.reason, allow: own.allow}
	case errors.As(err, &large):
		return failure{Code: f.Codes.Faults[TooLarge], message: "The body is larger than the server takes."}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return failure{Code: f.Codes.Faults[TooSlow], message: undecided, ours: errors.Is(err, context.DeadlineExceeded)}
	}
	return f.internal()
}

// undecided is the answer to a command that has not been carried out when its time
// is over: it may still be.
const undecided = "It is not known yet whether this was or will be done. Sent again with the same " + headerRequestID + ", it is done once and gets its first answer."

// rulesFailure spells a refusal by the rules as the operation's request does.
func (f *Family) rulesFailure(err *call.Error, op *Operation) failure {
	code, known := f.Codes.Rules[err.Kind]
	if !known {
		return f.internal()
	}
	field := ""
	switch {
	case err.Kind == call.OtherRequest:
		field = headerRequestID
	case op != nil:
		field = op.Fields[err.Part]
	}
	return failure{Code: code, field: field, message: fielded(field, err.Reason)}
}

func credentialFault(c access.Credential) Fault {
	if c == access.Token {
		return TokenRefused
	}
	return Unsigned
}

func (f *Family) internal() failure {
	return failure{Code: f.Codes.Faults[Internal], message: "Internal error.", ours: true}
}

func (f failure) body() wire.ErrorBody {
	return wire.ErrorBody{Error: wire.Error{Code: f.Code.Code, Message: f.message, Target: f.field}}
}
