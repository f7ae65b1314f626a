package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"strowger/internal/call"
)

// change is what a step has changed of a state: what it does not name is as it
// was. It is what most records hold, so that what a call writes grows with what
// happens in it and not with its size.
type change struct {
	// Set are the fields of the state that have another value.
	Set map[string]any `json:",omitempty"`
	// Lists are the fields that are lists of which each element has an identity.
	Lists map[string]listChange `json:",omitempty"`
}

// listChange is what has changed in a list. What is Gone goes first.
type listChange struct {
	// Gone are the identities of elements that are there no more.
	Gone []any `json:",omitempty"`
	// Put are elements. One that is there already says its identity and the fields
	// that have another value; any other comes to the end of the list, whole.
	Put []any `json:",omitempty"`
}

// changeOf is what leads from one state to the next. What is said beside the
// states, by a newer version, stays where it is.
func changeOf(before, after *call.State, beside *additions) (change, error) {
	c := change{Set: map[string]any{}, Lists: map[string]listChange{}}
	was, is := reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem()
	for i := range is.NumField() {
		name := is.Type().Field(i).Name
		if same(was.Field(i), is.Field(i)) {
			continue
		}
		if l, ok, err := listChangeOf(was.Field(i), is.Field(i), beside.of(name)); err != nil {
			return c, err
		} else if ok {
			c.Lists[name] = l
			continue
		}
		value, err := beside.of(name).addTo(is.Field(i).Interface())
		if err != nil {
			return c, err
		}
		c.Set[name] = value
	}
	return c, nil
}

// listChangeOf is false for what is no list of elements with an identity, and for
// a list in which the order of those that stay is another: that is Set.
func listChangeOf(was, is reflect.Value, beside *additions) (l listChange, ok bool, err error) {
	id, identified := identityIn(is.Type())
	if !identified || was.Len() == 0 || is.Len() == 0 {
		return l, false, nil
	}
	before, after := identitiesOf(was, id), identitiesOf(is, id)
	if len(before) < was.Len() || len(after) < is.Len() {
		return l, false, nil // two with one identity
	}
	i := 0
	for j := range is.Len() {
		element := is.Index(j)
		name := element.Field(id).Interface()
		for ; i < was.Len() && was.Index(i).Field(id).Interface() != name; i++ {
			l.Gone = append(l.Gone, was.Index(i).Field(id).Interface())
		}
		put := map[string]any(nil)
		switch {
		case i < was.Len():
			put, err = fieldsOf(was.Index(i), element, id, beside)
			i++
		case before[name]:
			return l, false, nil
		default:
			l.Put = append(l.Put, element.Interface())
		}
		if err != nil {
			return l, false, err
		}
		if put != nil {
			l.Put = append(l.Put, put)
		}
	}
	for ; i < was.Len(); i++ {
		l.Gone = append(l.Gone, was.Index(i).Field(id).Interface())
	}
	return l, true, nil
}

// fieldsOf are an element's identity and the fields that have another value, nil
// when none has.
func fieldsOf(was, is reflect.Value, id int, beside *additions) (map[string]any, error) {
	of := is.Type()
	var fields map[string]any
	for i := range of.NumField() {
		if same(was.Field(i), is.Field(i)) {
			continue
		}
		if fields == nil {
			fields = map[string]any{of.Field(id).Name: is.Field(id).Interface()}
			beside = beside.of(numbered(named(of.Field(id).Name, is.Field(id).Interface()), 0))
		}
		value, err := beside.of(of.Field(i).Name).addTo(is.Field(i).Interface())
		if err != nil {
			return nil, err
		}
		fields[of.Field(i).Name] = value
	}
	return fields, nil
}

// identityIn is the field that tells the elements of a list apart.
func identityIn(list reflect.Type) (field int, ok bool) {
	if list.Kind() != reflect.Slice || list.Elem().Kind() != reflect.Struct {
		return 0, false
	}
	for _, name := range identifying {
		if f, ok := list.Elem().FieldByName(name); ok {
			return f.Index[0], true
		}
	}
	return 0, false
}

func identitiesOf(list reflect.Value, id int) map[any]bool {
	all := make(map[any]bool, list.Len())
	for i := range list.Len() {
		all[list.Index(i).Field(id).Interface()] = true
	}
	return all
}

// same reports whether two values are stored alike. It looks at what is behind
// pointers only when they differ: states share what has not changed.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Pointer, reflect.Map:
		return a.Pointer() == b.Pointer() || reflect.DeepEqual(a.Interface(), b.Interface())
	case reflect.Slice:
		return a.IsNil() == b.IsNil() && a.Len() == b.Len() && (a.Pointer() == b.Pointer() || sameElements(a, b))
	case reflect.Struct:
		if a.Type() == reflect.TypeFor[time.Time]() {
			return a.Interface() == b.Interface()
		}
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}

func sameElements(a, b reflect.Value) bool {
	for i := range a.Len() {
		if !same(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

// storedChange is a change as it is read.
type storedChange struct {
	Set   map[string]any
	Lists map[string]struct {
		Gone []any
		Put  []map[string]any
	}
}

// applyTo makes of a state, as its JSON has it, the one that the change leads to.
// It needs to know no field: also what a newer version has added is changed.
func (c storedChange) applyTo(state map[string]any) error {
	for name, value := range c.Set {
		state[name] = value
	}
	for name, l := range c.Lists {
		list, ok := state[name].([]any)
		if !ok && state[name] != nil {
			return fmt.Errorf("a change of the list %s, which is none", name)
		}
		list = without(list, l.Gone)
		at := places(list)
		for _, put := range l.Put {
			id, identified := identity(put)
			if !identified {
				return fmt.Errorf("a change of the list %s for an element without an identity", name)
			}
			if i, ok := at[id]; ok {
				merge(list[i], put)
				continue
			}
			at[id] = len(list)
			list = append(list, put)
		}
		state[name] = list
	}
	return nil
}

func without(list []any, gone []any) []any {
	if len(gone) == 0 {
		return list
	}
	out := make(map[string]bool, len(gone))
	for _, id := range gone {
		out[fmt.Sprint(id)] = true
	}
	kept := []any{}
	for _, element := range list {
		if _, id, ok := identifier(element); !ok || !out[fmt.Sprint(id)] {
			kept = append(kept, element)
		}
	}
	return kept
}

// places are where in a list its elements are.
func places(list []any) map[string]int {
	at := make(map[string]int, len(list))
	for i, element := range list {
		if id, ok := identity(element); ok {
			at[id] = i
		}
	}
	return at
}

func merge(into any, fields map[string]any) {
	object := into.(map[string]any) // it has an identity
	for name, value := range fields {
		object[name] = value
	}
}

// apply makes of the JSON of a state that which a change in JSON leads to. The
// change is open when it may hold what this version does not know.
func apply(state map[string]any, stored json.RawMessage, open bool) error {
	if len(stored) == 0 {
		return errors.New("a record that holds neither a state nor a change")
	}
	var c storedChange
	if err := unmarshal(stored, &c, open); err != nil {
		return fmt.Errorf("change: %w", err)
	}
	return c.applyTo(state)
}
