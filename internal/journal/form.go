package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Form is the shape of a record. A version reads every form before its own,
// and every Minor of its own Major:
//
//   - Minor rises with an addition: a field, an event, the value of a word. What
//     is absent means zero, and rules that know nothing of the addition do right
//     by leaving it alone. A version that meets a newer Minor carries what it
//     does not know along (see additions), so that two versions can take turns
//     with a call while one is replaced by the other.
//   - Major rises with anything else: a name, type or meaning that changes, and
//     an addition that older rules would get wrong. Older versions cannot read
//     it; newer ones have the step to it in forms.
type Form struct{ Major, Minor int }

func (f Form) String() string { return fmt.Sprintf("%d.%d", f.Major, f.Minor) }

// forms are all that records were ever written in. A test compares the last
// with what is really stored, and says what to do when they differ.
var forms = history{
	{Form{1, 0}, fromForm1},
	{Form{2, 0}, fromForm2},
	{Form{3, 0}, nil},
}

// history is a list of forms, oldest first, one of each Major with the last
// Minor that it had. The last form is the one that is written.
type history []era

// era is a form and the step from it to the next, which the last does not have.
type era struct {
	Form
	next func(*document) error
}

// document is a record as its JSON has it: what a step from one form to the
// next reads and changes. Numbers are json.Number.
type document struct {
	Time   time.Time // read only
	Events []documentEvent
	State  map[string]any // nil for a record that is asked for its events only
}

type documentEvent struct {
	Type string
	Body map[string]any
}

func (h history) current() Form { return h[len(h)-1].Form }

// parsed is a record as it was written, and how to go on with it.
type parsed struct {
	read
	era  int  // of its form in the history
	open bool // it may hold what this version does not know
}

// parse decodes a record in whatever form it has.
func (h history) parse(body []byte) (p parsed, err error) {
	var head struct{ Format, Minor int }
	if err := json.Unmarshal(body, &head); err != nil {
		return p, err
	}
	form := Form{head.Format, head.Minor}
	p.era = slices.IndexFunc(h, func(e era) bool { return e.Major == form.Major })
	last := len(h) - 1
	if p.era < 0 || p.era < last && form.Minor > h[p.era].Minor {
		return p, fmt.Errorf("it has form %s, this version reads forms %s to %s", form, h[0], h.current())
	}
	p.open = form.Minor > h[p.era].Minor
	return p, unmarshal(body, &p.read, p.open)
}

// upgrade brings a record to the last form.
func (h history) upgrade(in *parsed) error {
	if in.era == len(h)-1 {
		return nil
	}
	d, err := in.document()
	if err != nil {
		return err
	}
	for i := in.era; i < len(h)-1; i++ {
		if err := h[i].next(d); err != nil {
			return fmt.Errorf("from form %d to %d: %w", h[i].Major, h[i+1].Major, err)
		}
	}
	return in.replace(d)
}

func (in *read) document() (*document, error) {
	d := &document{Time: in.Time, Events: make([]documentEvent, len(in.Events))}
	for i, e := range in.Events {
		d.Events[i].Type = e.Type
		if err := unmarshal(e.Body, &d.Events[i].Body, true); err != nil {
			return nil, fmt.Errorf("event %s: %w", e.Type, err)
		}
	}
	if in.State == nil {
		return d, nil
	}
	return d, unmarshal(in.State, &d.State, true)
}

func (in *read) replace(d *document) (err error) {
	in.Events = make([]storedEvent, len(d.Events))
	for i, e := range d.Events {
		in.Events[i].Type = e.Type
		if in.Events[i].Body, err = json.Marshal(e.Body); err != nil {
			return err
		}
	}
	if d.State != nil {
		in.State, err = json.Marshal(d.State)
	}
	return err
}

// unmarshal decodes one JSON document. Unless it is open, a field that is not
// known is an error: whoever writes the call on would lose it.
func unmarshal(data []byte, into any, open bool) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if !open {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one document")
	}
	return nil
}

// What steps between forms are made of.

// objects are the elements of a list that are objects.
func objects(list any) []map[string]any {
	elements, _ := list.([]any)
	var all []map[string]any
	for _, e := range elements {
		if object, ok := e.(map[string]any); ok {
			all = append(all, object)
		}
	}
	return all
}

// as is an object in Go's types.
func as[T any](object map[string]any) (t T, err error) {
	text, err := json.Marshal(object)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(text, &t)
}

// rename moves a field of an object to another name.
func rename(object map[string]any, from, to string) {
	if v, ok := object[from]; ok {
		delete(object, from)
		object[to] = v
	}
}

func remove(object map[string]any, names ...string) {
	for _, name := range names {
		delete(object, name)
	}
}
