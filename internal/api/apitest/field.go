package apitest

import (
	"reflect"
	"strings"
)

// WrongField is where a field of a request stands, and what it cannot be. An empty part
// of the path is the first item of a list.
type WrongField struct {
	path  []string
	wrong any
}

// WrongFields are all fields of a request's type, each with a value of another type.
func WrongFields(t reflect.Type) []WrongField { return wrongFields(t, nil) }

// Name is how answers name the field, without its place in a list.
func (f WrongField) Name() string { return strings.ReplaceAll(strings.Join(f.path, "."), "..", ".") }

// Document is a request that has the field alone.
func (f WrongField) Document() any {
	doc := f.wrong
	for i := len(f.path) - 1; i >= 0; i-- {
		if f.path[i] == "" {
			doc = []any{doc}
		} else {
			doc = map[string]any{f.path[i]: doc}
		}
	}
	return doc
}

func wrongFields(t reflect.Type, path []string) (all []WrongField) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := append(path[:len(path):len(path)], name)
		in := f.Type
		if in.Kind() == reflect.Pointer {
			in = in.Elem()
		}
		all = append(all, WrongField{at, wrongFor(in.Kind())})
		switch {
		case in.Kind() == reflect.Struct:
			all = append(all, wrongFields(in, at)...)
		case in.Kind() == reflect.Slice && in.Elem().Kind() == reflect.Struct:
			all = append(all, wrongFields(in.Elem(), append(at[:len(at):len(at)], ""))...)
		}
	}
	return all
}

func wrongFor(k reflect.Kind) any {
	if k == reflect.String || k == reflect.Struct || k == reflect.Map || k == reflect.Slice {
		return 7
	}
	return "seven"
}
