package wire

import (
	"fmt"
	"strings"
)

// FieldError says which member of a document is wrong, and why. Field is the
// path as the sender would write it: "targets[1].phoneNumber.value". It is
// empty when the document as a whole is wrong.
type FieldError struct {
	Field  string
	Reason string
}

func (e *FieldError) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return e.Field + ": " + e.Reason
}

// Fieldf makes a FieldError.
func Fieldf(field, format string, args ...any) *FieldError {
	return &FieldError{Field: field, Reason: fmt.Sprintf(format, args...)}
}

// Within places the error below parent: a fault in "value" within
// "phoneNumber" is a fault in "phoneNumber.value".
func (e *FieldError) Within(parent string) *FieldError {
	switch {
	case e.Field == "":
		return &FieldError{Field: parent, Reason: e.Reason}
	case strings.HasPrefix(e.Field, "["):
		return &FieldError{Field: parent + e.Field, Reason: e.Reason}
	}
	return &FieldError{Field: parent + "." + e.Field, Reason: e.Reason}
}
