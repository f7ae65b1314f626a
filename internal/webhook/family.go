package webhook

import (
	"strowger/internal/call"
	"strowger/internal/journal"
)

// Message is an event in its published form.
type Message struct {
	Type string
	Body []byte // of the request that tells it
}

// Family puts the events for applications in the form that one generation of the
// API has. A recipient's version says which family it is of.
type Family struct {
	Versions []string
	// Render is the i-th event of a record, which is for a recipient. It is
	// false when the recipient's version is not told of it. It is called once
	// an event, and again after a restart for what was not delivered.
	Render func(r journal.Record, i int) (_ Message, told bool, _ error)
}

// EventGrid puts events in the form that subscribers get.
type EventGrid interface {
	// Type is the published type of an event.
	Type(call.ForSubscribers) string
	// Render is the i-th event of a record, which is for subscribers.
	Render(r journal.Record, i int) (Message, error)
}
