package webhook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Delivery is one event as it arrived.
type Delivery struct {
	At     time.Time
	Path   string // with its query
	Header http.Header
	// Type is the event's type without "Microsoft.Communication.".
	Type string
	// ID is the event's id, the same at every repetition.
	ID string
	// Data is the event's data.
	Data map[string]any
	// Event is the whole envelope.
	Event map[string]any
	// Count is how many events the POST had.
	Count int
}

// Connection is the callConnectionId.
func (d Delivery) Connection() string { return d.Text("callConnectionId") }

// Context is the operationContext.
func (d Delivery) Context() string { return d.Text("operationContext") }

// Text is one string of the data, by the path of its keys.
func (d Delivery) Text(path ...string) string {
	s, _ := d.dig(path).(string)
	return s
}

// Number is one number of the data, by the path of its keys; -1 where none is.
func (d Delivery) Number(path ...string) int {
	f, ok := d.dig(path).(float64)
	if !ok {
		return -1
	}
	return int(f)
}

// List is one array of the data, by the path of its keys.
func (d Delivery) List(path ...string) []any {
	l, _ := d.dig(path).([]any)
	return l
}

// Result is the event's code and subcode, as "486/8539".
func (d Delivery) Result() string {
	return fmt.Sprintf("%d/%d", d.Number("resultInformation", "code"), d.Number("resultInformation", "subCode"))
}

// Tones are the tones of a DTMF result.
func (d Delivery) Tones() string {
	var names []string
	for _, tone := range d.List("dtmfResult", "tones") {
		names = append(names, fmt.Sprint(tone))
	}
	return strings.Join(names, " ")
}

// String is what a failing test prints.
func (d Delivery) String() string {
	text, _ := json.Marshal(d.Data)
	return fmt.Sprintf("%s %s %s %s", d.At.Format("15:04:05.000"), d.Path, d.Type, text)
}

func (d Delivery) dig(path []string) any {
	var v any = d.Data
	for _, key := range path {
		o, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = o[key]
	}
	return v
}

// deliveries reads a POST: an array of CloudEvents or Event Grid events.
func deliveries(r *http.Request, body []byte, at time.Time) ([]Delivery, error) {
	var events []map[string]any
	if err := json.Unmarshal(body, &events); err != nil {
		return nil, fmt.Errorf("the body is no JSON array: %w", err)
	}
	var all []Delivery
	for _, event := range events {
		name, _ := event["type"].(string)
		if name == "" {
			name, _ = event["eventType"].(string)
		}
		id, _ := event["id"].(string)
		data, _ := event["data"].(map[string]any)
		all = append(all, Delivery{
			At: at, Path: r.URL.RequestURI(), Header: r.Header.Clone(), ID: id, Data: data, Event: event, Count: len(events),
			Type: strings.TrimPrefix(name, "Microsoft.Communication."),
		})
	}
	return all, nil
}
