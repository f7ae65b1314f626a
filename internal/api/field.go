package api

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"strowger/internal/call"
	"strowger/internal/number"
	"strowger/internal/wire"
)

// Within places a fault of a nested part below its field.
func Within(field string, err error) error {
	var fault *wire.FieldError
	if errors.As(err, &fault) {
		return fault.Within(field)
	}
	var refusal *Refusal
	if errors.As(err, &refusal) {
		placed := *refusal
		placed.Field = (&wire.FieldError{Field: refusal.Field}).Within(field).Field
		return &placed
	}
	return err
}

// Address reads who is meant by an identifier.
func Address(field string, id wire.Identifier) (call.Address, error) {
	complete, err := id.Resolve()
	if err != nil {
		return "", Within(field, err)
	}
	return call.Address(complete.RawID), nil
}

// Addresses reads who is meant by several.
func Addresses(field string, ids []wire.Identifier) ([]call.Address, error) {
	var read []call.Address
	for i, id := range ids {
		a, err := Address(Indexed(field, i), id)
		if err != nil {
			return nil, err
		}
		read = append(read, a)
	}
	return read, nil
}

// Dialable reads whom to call: users and numbers are what this server reaches.
func Dialable(field string, id wire.Identifier) (call.Address, error) {
	complete, err := id.Resolve()
	if err != nil {
		return "", Within(field, err)
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

// ShownNumber reads the number that a called phone sees; it may be withheld.
func ShownNumber(field string, p *wire.PhoneNumber) (call.Address, error) {
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

// Indexed is the i-th item of a field.
func Indexed(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// Whether a field may be left out.
const (
	Optional = false
	Needed   = true
)

// OneOf holds a name to a published list, in any case of letters.
func OneOf(field, given string, isNeeded bool, known ...string) error {
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
