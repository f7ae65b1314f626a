package journal

import (
	"encoding/json"
	"fmt"
	"strings"
)

// additions are what a state of a newer minor form says that this version does
// not know. They go into every state that is written after it: an unknown field
// goes where it was, as long as the object that it was in is there. An element of
// a list is found again by its identity, wherever in the list it is; what an
// element that has gone said goes with it.
type additions struct {
	unknown map[string]any        // fields of this object
	below   map[string]*additions // in objects by their field, in elements by their identity
}

// additionsOf compares a state as it was stored with what this version made of it.
func additionsOf(stored json.RawMessage, known any) (*additions, error) {
	all, err := tree(stored)
	if err != nil {
		return nil, err
	}
	understood, err := treeOf(known)
	if err != nil {
		return nil, err
	}
	return added(all, understood), nil
}

// addTo is a value, of the object that the additions are about, together with them.
func (a *additions) addTo(value any) (any, error) {
	if a == nil {
		return value, nil
	}
	understood, err := treeOf(value)
	if err != nil {
		return nil, err
	}
	a.put(understood)
	return understood, nil
}

// of are the additions to what is in a field, or to an element by its identity.
func (a *additions) of(name string) *additions {
	if a == nil {
		return nil
	}
	return a.below[name]
}

// added is what all has beside known, nil when it has nothing.
func added(all, known any) *additions {
	a := &additions{unknown: map[string]any{}, below: map[string]*additions{}}
	switch known := known.(type) {
	case map[string]any:
		fields, _ := all.(map[string]any)
		for name, value := range fields {
			if _, ok := known[name]; ok {
				a.keep(name, added(value, known[name]))
			} else {
				a.unknown[name] = value
			}
		}
	case []any:
		elements, _ := all.([]any)
		for i, name := range identities(known) {
			if i < len(elements) {
				a.keep(name, added(elements[i], known[i]))
			}
		}
	}
	if len(a.unknown) == 0 && len(a.below) == 0 {
		return nil
	}
	return a
}

func (a *additions) keep(name string, below *additions) {
	if below != nil {
		a.below[name] = below
	}
}

func (a *additions) put(into any) {
	if a == nil {
		return
	}
	switch into := into.(type) {
	case map[string]any:
		for name, value := range into {
			a.below[name].put(value)
		}
		for name, value := range a.unknown {
			into[name] = value
		}
	case []any:
		for i, name := range identities(into) {
			a.below[name].put(into[i])
		}
	}
}

// identifying are the fields that name an element among its list's others.
var identifying = []string{"ID", "Leg", "Request"}

// identities name the elements of a list. One without an identifying field is
// known by all that it says: such elements are replaced and never changed. Equal
// ones are told apart by their order.
func identities(list []any) []string {
	names := make([]string, len(list))
	seen := map[string]int{}
	for i, element := range list {
		name, ok := identity(element)
		if !ok {
			name = text(element)
		}
		names[i] = numbered(name, seen[name])
		seen[name]++
	}
	return names
}

func numbered(name string, n int) string { return fmt.Sprintf("%s #%d", name, n) }

// identity names an element by its identifying field.
func identity(element any) (name string, ok bool) {
	field, id, ok := identifier(element)
	return named(field, id), ok
}

func named(field string, id any) string { return fmt.Sprintf("%s %v", field, id) }

func identifier(element any) (field string, id any, ok bool) {
	object, _ := element.(map[string]any)
	for _, name := range identifying {
		if id, ok := object[name]; ok {
			return name, id, true
		}
	}
	return "", nil, false
}

// text is what an element says, with its fields in order.
func text(element any) string {
	whole, err := json.Marshal(element)
	if err != nil {
		panic(fmt.Sprintf("journal: JSON that was decoded cannot be encoded: %v", err))
	}
	return string(whole)
}

// tree is any JSON, with numbers as they are written.
func tree(data []byte) (any, error) {
	var t any
	return t, unmarshal(data, &t, true)
}

func treeOf(v any) (any, error) {
	var text strings.Builder
	if err := encodeJSON(&text, v); err != nil {
		return nil, err
	}
	return tree([]byte(text.String()))
}
