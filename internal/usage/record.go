package usage

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"strowger/internal/call"
)

// Record is one usage as it is kept and shown. docs/usage.md says what each field
// means.
type Record struct {
	// Position is where the record is in the ledger. Who has read up to it goes on
	// after it.
	Position  Position       `json:"position,omitzero"`
	ID        string         `json:"id"`
	Call      call.ID        `json:"call"`
	Kind      call.UsageKind `json:"kind"`
	Direction call.Direction `json:"direction,omitempty"`
	Address   call.Address   `json:"address,omitempty"`
	Trunk     string         `json:"trunk,omitempty"`
	Endpoint  string         `json:"endpoint,omitempty"`
	Codec     string         `json:"codec,omitempty"`
	Start     time.Time      `json:"start,omitzero"`
	Answer    time.Time      `json:"answer,omitzero"`
	End       time.Time      `json:"end"`
	Seconds   Seconds        `json:"seconds"`
	Cause     call.Reason    `json:"cause"`
	SIP       int            `json:"sip,omitempty"`
	Q850      int            `json:"q850,omitempty"`
	Moved     bool           `json:"moved,omitempty"`
}

// Seconds are exact to the millisecond, so that sums of them are.
type Seconds time.Duration

func (s Seconds) String() string {
	return strconv.FormatFloat(time.Duration(s).Seconds(), 'f', 3, 64)
}

// MarshalJSON writes a number with three digits after its point.
func (s Seconds) MarshalJSON() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalJSON reads any number.
func (s *Seconds) UnmarshalJSON(text []byte) error {
	var n float64
	if err := json.Unmarshal(text, &n); err != nil {
		return err
	}
	*s = Seconds(time.Duration(math.Round(n*1e3)) * time.Millisecond)
	return nil
}

func recordOf(id call.ID, u call.Usage) Record {
	return Record{
		ID: u.ID, Call: id, Kind: u.Kind, Direction: u.Direction, Address: u.Address, Trunk: u.Trunk, Endpoint: u.Endpoint, Codec: u.Codec,
		Start: millis(u.Began), Answer: millis(u.Answered), End: millis(u.Ended), Seconds: Seconds(u.Length.Truncate(time.Millisecond)),
		Cause: u.Cause.Reason, SIP: u.Cause.SIPStatus, Q850: u.Cause.Q850, Moved: u.Moved,
	}
}

// millis is a time as it is shown; zero stays zero.
func millis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// columns are the names and the values of a record in CSV.
var columns = []struct {
	name  string
	value func(Record) string
}{
	{"position", func(r Record) string { return r.Position.String() }},
	{"id", func(r Record) string { return r.ID }},
	{"call", func(r Record) string { return string(r.Call) }},
	{"kind", func(r Record) string { return string(r.Kind) }},
	{"direction", func(r Record) string { return string(r.Direction) }},
	{"address", func(r Record) string { return text(string(r.Address)) }},
	{"trunk", func(r Record) string { return text(r.Trunk) }},
	{"endpoint", func(r Record) string { return text(r.Endpoint) }},
	{"codec", func(r Record) string { return r.Codec }},
	{"start", func(r Record) string { return moment(r.Start) }},
	{"answer", func(r Record) string { return moment(r.Answer) }},
	{"end", func(r Record) string { return moment(r.End) }},
	{"seconds", func(r Record) string { return r.Seconds.String() }},
	{"cause", func(r Record) string { return string(r.Cause) }},
	{"sip", func(r Record) string { return number(r.SIP) }},
	{"q850", func(r Record) string { return number(r.Q850) }},
	{"moved", func(r Record) string { return strconv.FormatBool(r.Moved) }},
}

// text is what far ends may have chosen. A spreadsheet takes what begins like a
// formula for one.
func text(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\t' || s[0] == '\r') {
		return "'" + s
	}
	return s
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
