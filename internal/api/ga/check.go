package ga

import (
	"errors"
	"slices"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/number"
	"strowger/internal/wire"
)

// within places a fault of a nested part below its field.
func within(field string, err error) error {
	var fault *wire.FieldError
	if errors.As(err, &fault) {
		return fault.Within(field)
	}
	var refusal *api.Refusal
	if errors.As(err, &refusal) {
		placed := wire.FieldError{Field: refusal.Field}
		return &api.Refusal{Code: refusal.Code, Field: placed.Within(field).Field, Reason: refusal.Reason}
	}
	return err
}

// address reads who is meant by an identifier.
func address(field string, id wire.Identifier) (call.Address, error) {
	complete, err := id.Resolve()
	if err != nil {
		return "", within(field, err)
	}
	return call.Address(complete.RawID), nil
}

// addresses reads who is meant by several.
func addresses(field string, ids []wire.Identifier) ([]call.Address, error) {
	var read []call.Address
	for i, id := range ids {
		a, err := address(indexed(field, i), id)
		if err != nil {
			return nil, err
		}
		read = append(read, a)
	}
	return read, nil
}

// dialable reads whom to call: users and numbers are what this server reaches.
func dialable(field string, id wire.Identifier) (call.Address, error) {
	complete, err := id.Resolve()
	if err != nil {
		return "", within(field, err)
	}
	switch complete.Kind {
	case wire.KindCommunicationUser:
	case wire.KindPhoneNumber:
		if !number.IsNumber(complete.PhoneNumber.Value) {
			return "", wire.Fieldf(field, "%.64q is not a phone number in E.164 format", complete.PhoneNumber.Value)
		}
	default:
		return "", wire.Fieldf(field, "a %s cannot be called from this server", complete.Kind)
	}
	return call.Address(complete.RawID), nil
}

// shownNumber reads the number that a called phone sees; it may be withheld.
func shownNumber(field string, p *wire.PhoneNumber) (call.Address, error) {
	if p == nil {
		return "", nil
	}
	complete, err := wire.Identifier{PhoneNumber: p}.Resolve()
	if err != nil {
		// The field is the number itself, not an identifier around it.
		var fault *wire.FieldError
		errors.As(err, &fault)
		return "", wire.Fieldf(field+".value", "%s", fault.Reason)
	}
	if a := call.Address(complete.RawID); a == call.Anonymous || number.IsNumber(a.Phone()) {
		return a, nil
	}
	return "", wire.Fieldf(field+".value", "%.64q is not a phone number in E.164 format", p.Value)
}

// user reads {"id": …}, which names a communication user.
func user(field string, u *wire.CommunicationUser) (call.Address, error) {
	if u == nil {
		return "", nil
	}
	complete, err := wire.Identifier{CommunicationUser: u}.Resolve()
	if err != nil {
		var fault *wire.FieldError
		errors.As(err, &fault)
		return "", wire.Fieldf(field+".id", "%s", fault.Reason)
	}
	return call.Address(complete.RawID), nil
}

// callback checks where a connection's events are to go. The words are those
// by which applications know the fault.
func (f family) callback(uri string) error {
	if uri == "" {
		return wire.Fieldf("callbackUri", "is missing")
	}
	if err := f.CheckHTTP(uri); err != nil {
		return wire.Fieldf("callbackUri", "the CallbackUri field is invalid: %v", err)
	}
	return nil
}

// operation reads what most commands carry about themselves.
func (f family) operation(context, callbackURI string) (call.Operation, error) {
	if callbackURI != "" {
		if err := f.CheckHTTP(callbackURI); err != nil {
			return call.Operation{}, wire.Fieldf("operationCallbackUri", "the OperationCallbackUri field is invalid: %v", err)
		}
	}
	return call.Operation{Context: context, CallbackURI: callbackURI}, nil
}

// Whether a field may be left out.
const (
	optional = false
	needed   = true
)

// oneOf holds a name to a published list, in any case of letters.
func oneOf(field, given string, isNeeded bool, known ...string) error {
	switch {
	case given == "" && isNeeded:
		return wire.Fieldf(field, "is missing")
	case given == "" || slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, given) }):
		return nil
	case len(known) == 1:
		return wire.Fieldf(field, "%.64q is not %s", given, known[0])
	}
	last := len(known) - 1
	return wire.Fieldf(field, "%.64q is not one of %s and %s", given, strings.Join(known[:last], ", "), known[last])
}

// between holds a whole number to its published bounds; absent means fallback.
func between(field string, value *int, low, high, fallback int) (int, error) {
	if value == nil {
		return fallback, nil
	}
	if *value < low || *value > high {
		return 0, wire.Fieldf(field, "is %d, it has to be from %d to %d", *value, low, high)
	}
	return *value, nil
}
