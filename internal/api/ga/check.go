package ga

import (
	"errors"

	"strowger/internal/call"
	"strowger/internal/wire"
)

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
