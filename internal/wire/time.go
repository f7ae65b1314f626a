package wire

import (
	"encoding/json"
	"time"
)

// timeLayout is what the service sends: seven digits (100 ns, the tick of the
// platform that it runs on) and a numeric offset, never "Z".
const timeLayout = "2006-01-02T15:04:05.0000000-07:00"

// Time is an instant as events carry it: 2026-09-15T11:36:15.7193527+00:00.
type Time struct{ time.Time }

// String is the instant in its published form, in UTC.
func (t Time) String() string { return t.UTC().Format(timeLayout) }

// MarshalJSON writes the published form.
func (t Time) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalJSON accepts any RFC 3339 instant.
func (t *Time) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return Fieldf("", "a time stamp has to be a string")
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return Fieldf("", "%q is not an RFC 3339 time stamp", text)
	}
	t.Time = at
	return nil
}
