package webhook

import (
	"fmt"
	"reflect"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/wire"
)

// Forms has a line for each event of the rules that is for an application: how a
// family tells it, or that it does not. A Maker is the family's kind of function
// that makes the data of an event.
type Forms[Maker any] map[reflect.Type]Form[Maker]

// Form is how a family tells one kind of event.
type Form[Maker any] struct {
	Type string // as published; empty: no application of the family is told
	Make Maker

	event reflect.Type
}

// FormOf is the form of the events of type E.
func FormOf[E call.ForRecipient, Maker any](published string, make Maker) Form[Maker] {
	return Form[Maker]{published, make, reflect.TypeFor[E]()}
}

// NewForms is a family's catalogue.
func NewForms[Maker any](all ...Form[Maker]) Forms[Maker] {
	forms := Forms[Maker]{}
	for _, f := range all {
		forms[f.event] = f
	}
	return forms
}

// Of finds the form of an event. It is false when the family does not tell it, and
// an error when the event is not for an application or has no line.
func (f Forms[Maker]) Of(e call.Event) (_ call.ForRecipient, _ Form[Maker], told bool, _ error) {
	to, ok := e.(call.ForRecipient)
	if !ok {
		return nil, Form[Maker]{}, false, fmt.Errorf("%T is not for a connection", e)
	}
	form, known := f[reflect.TypeOf(e)]
	if !known {
		return nil, form, false, fmt.Errorf("no published form of %T", e)
	}
	return to, form, form.Type != "", nil
}

// Callback is the message that tells the i-th event of a record.
func Callback(r journal.Record, i int, published, subject string, data any) (Message, error) {
	event, err := wire.NewCloudEvent(r.EventID(i), published, subject, wire.Time{Time: r.Time}, data)
	if err != nil {
		return Message{}, err
	}
	body, err := wire.EncodeCallback(event)
	return Message{Type: published, Body: body}, err
}
