package wire

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A request's bounds stand at its fields, as struct tags:
//
//	Label   string            `json:"label" max:"256"`           characters
//	Targets []Identifier      `json:"targets" max:"50"`          items
//	Phrases []string          `json:"phrases" max:"50,256"`      items, and characters of each
//	Headers map[string]string `json:"headers" max:"5,64,256"`    members, and characters of their names and values
//
// Decode holds documents to them.
const boundTag = "max"

// Bound is what one field of a request may hold.
type Bound struct {
	Field string // as published, without the names of what it stands in
	Most  string // in words: "50 items of 256 characters"
}

// Bounds are those of a type and of all that it holds. The error names a string,
// a list or an object of free names that may be of any length, or a tag that
// does not fit its field.
func Bounds(t reflect.Type) ([]Bound, error) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return Bounds(t.Elem())
	case reflect.Struct:
	default:
		return nil, nil
	}
	var all []Bound
	for i := range t.NumField() {
		f := t.Field(i)
		b, err := boundOf(f)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", f.Name, t, err)
		}
		if len(b) > 0 {
			all = append(all, Bound{Field: published(f), Most: words(f.Type.Kind(), b)})
		}
		below, err := Bounds(f.Type)
		if err != nil {
			return nil, err
		}
		all = append(all, below...)
	}
	return all, nil
}

// bound holds the numbers of a tag.
type bound []int

// boundOf reads a field's tag and says whether it fits the field.
func boundOf(f reflect.StructField) (bound, error) {
	var b bound
	if tag, tagged := f.Tag.Lookup(boundTag); tagged {
		for part := range strings.SplitSeq(tag, ",") {
			n, err := strconv.Atoi(part)
			if err != nil || n < 1 {
				return nil, fmt.Errorf("%q is not a bound", tag)
			}
			b = append(b, n)
		}
	}
	if needed := numbers(f.Type); len(b) != needed {
		return nil, fmt.Errorf("it needs a bound of %d numbers and has %d", needed, len(b))
	}
	return b, nil
}

// numbers is how many numbers bound a value of a type, below which structs have
// bounds of their own.
func numbers(t reflect.Type) int {
	switch t.Kind() {
	case reflect.Pointer:
		return numbers(t.Elem())
	case reflect.String:
		return 1
	case reflect.Slice:
		return 1 + numbers(t.Elem())
	case reflect.Map:
		return 1 + numbers(t.Key()) + numbers(t.Elem())
	}
	return 0
}

func words(kind reflect.Kind, b bound) string {
	switch {
	case kind == reflect.Map:
		return fmt.Sprintf("%d members, names of %d and values of %d characters", b[0], b[1], b[2])
	case len(b) == 2:
		return fmt.Sprintf("%d items of %d characters", b[0], b[1])
	case kind == reflect.Slice:
		return fmt.Sprintf("%d items", b[0])
	}
	return fmt.Sprintf("%d characters", b[0])
}

// checkBounds holds a decoded document to the bounds at its fields. Types
// without any (answers, events) pass.
func checkBounds(v reflect.Value) *FieldError {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return checkBounds(v.Elem())
	case reflect.Struct:
		return checkFields(v)
	}
	return nil
}

func checkFields(v reflect.Value) *FieldError {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		var b bound
		if _, tagged := f.Tag.Lookup(boundTag); tagged {
			b, _ = boundOf(f) // Bounds has refused others
		}
		if fault := b.check(v.Field(i)); fault != nil {
			return fault.Within(published(f))
		}
	}
	return nil
}

// check places faults below the value's field.
func (b bound) check(v reflect.Value) *FieldError {
	switch v.Kind() {
	case reflect.String:
		if len(b) > 0 && tooLong(v.String(), b[0]) {
			return Fieldf("", "is longer than %d characters", b[0])
		}
	case reflect.Slice:
		return b.checkItems(v)
	case reflect.Map:
		return b.checkMembers(v)
	default:
		return checkBounds(v)
	}
	return nil
}

func (b bound) checkItems(v reflect.Value) *FieldError {
	if len(b) > 0 && v.Len() > b[0] {
		return Fieldf("", "holds %d items, %d at most are taken", v.Len(), b[0])
	}
	for i := range v.Len() {
		if fault := b[min(1, len(b)):].check(v.Index(i)); fault != nil {
			return fault.Within("[" + strconv.Itoa(i) + "]")
		}
	}
	return nil
}

// checkMembers names the first fault in the order of names, so that it is the
// same each time.
func (b bound) checkMembers(v reflect.Value) (first *FieldError) {
	if len(b) == 0 {
		return nil
	}
	if v.Len() > b[0] {
		return Fieldf("", "holds %d members, %d at most are taken", v.Len(), b[0])
	}
	at := ""
	for members := v.MapRange(); members.Next(); {
		name, value := members.Key().String(), members.Value().String()
		var fault *FieldError
		switch {
		case tooLong(name, b[1]):
			fault = Fieldf(beginning(name, b[1]), "the name is longer than %d characters", b[1])
		case tooLong(value, b[2]):
			fault = Fieldf(name, "the value is longer than %d characters", b[2])
		}
		if fault != nil && (first == nil || name < at) {
			first, at = fault, name
		}
	}
	return first
}

// tooLong counts characters, and looks at the bytes of a long text only once.
func tooLong(text string, most int) bool {
	return len(text) > most && (len(text) > utf8.UTFMax*most || utf8.RuneCountInString(text) > most)
}

func beginning(text string, most int) string {
	return string([]rune(text[:min(len(text), utf8.UTFMax*most)])[:most]) + "…"
}

// published is a field's name in JSON.
func published(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
