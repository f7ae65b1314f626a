package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"unicode/utf8"
)

// Decode reads one JSON object into dst, which points to a struct, and holds it
// to the bounds of the struct. Members that dst does not know are ignored,
// because later versions only add members. Every error is a *FieldError.
func Decode(data []byte, dst any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return Fieldf("", "the body is empty, a JSON object is needed")
	}
	if !utf8.Valid(data) {
		return Fieldf("", "the body is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(dst); err != nil {
		return explain(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Fieldf("", "the body goes on after its JSON object")
	}
	if fault := checkBounds(reflect.ValueOf(dst)); fault != nil {
		return fault
	}
	return nil
}

// explain turns what encoding/json says into words for the sender. A type's
// own UnmarshalJSON reports a *FieldError itself.
func explain(err error) *FieldError {
	var field *FieldError
	if errors.As(err, &field) {
		return field
	}
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return Fieldf(wrongType.Field, "a JSON %s stands where %s is needed", wrongType.Value, needed(wrongType))
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return Fieldf("", "the body is not JSON: %s at byte %d", syntax.Error(), syntax.Offset)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return Fieldf("", "the body is not JSON: it ends too early")
	}
	return Fieldf("", "the body is not JSON: %v", err)
}

func needed(e *json.UnmarshalTypeError) string {
	switch kind := e.Type.Kind().String(); kind {
	case "struct", "map":
		return "an object"
	case "slice", "array":
		return "an array"
	case "bool":
		return "true or false"
	case "string":
		return "a string"
	case "int", "int32", "int64":
		return "a whole number"
	case "float64":
		return "a number"
	default:
		return fmt.Sprintf("a %s", kind)
	}
}
