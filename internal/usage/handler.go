package usage

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"strowger/internal/call"
	"strowger/internal/operator"
)

// Path is where Handler is to be mounted.
const Path = "/usage"

// The parameters of a question; all are optional.
const (
	Since  = "since" // RFC 3339
	Until  = "until"
	Call   = "call"  // any of its identifiers
	Kind   = "kind"  // pstn, voip, application, recording
	After  = "after" // a position
	Limit  = "limit" // records
	Format = "format"
)

// Values of Format. JSON is one record a line; CSV begins with the names of its columns.
const (
	JSON = "json"
	CSV  = "csv"
)

// writeTime bounds how long one part of an answer may wait for whoever reads it.
const writeTime = 30 * time.Second

// Handler tells usage (GET), for programs on this machine only. Answers are streamed:
// one that breaks off after its beginning was not complete. With a limit, the next
// question is for what comes after the last position.
func (b *Book) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, b.serve)
	return operator.Guard(mux)
}

func (b *Book) serve(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	filter, err := filterOf(q)
	if err != nil {
		operator.Answer(w, http.StatusBadRequest, operator.Fault{Error: err.Error()})
		return
	}
	out := &answer{w: w, control: http.NewResponseController(w), csv: q.Get(Format) == CSV}
	err = b.Read(r.Context(), filter, out.record)
	switch {
	case err == nil:
		err = out.finish()
	case !out.begun:
		operator.Answer(w, http.StatusServiceUnavailable, operator.Fault{Error: err.Error()})
		return
	}
	if err != nil {
		panic(http.ErrAbortHandler) // whoever reads must not take it for complete
	}
}

func filterOf(q url.Values) (f Filter, err error) {
	for name, into := range map[string]*time.Time{Since: &f.Since, Until: &f.Until} {
		if text := q.Get(name); text != "" {
			if *into, err = time.Parse(time.RFC3339, text); err != nil {
				return f, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	if text := q.Get(Call); text != "" {
		if f.Call = keyOf(text); f.Call == "" {
			return f, fmt.Errorf("%s: %q is no identifier of a call", Call, text)
		}
	}
	if text := q.Get(After); text != "" {
		if err := f.After.UnmarshalText([]byte(text)); err != nil {
			return f, fmt.Errorf("%s: %w", After, err)
		}
	}
	if text := q.Get(Limit); text != "" {
		if f.Most, err = strconv.Atoi(text); err != nil || f.Most < 1 {
			return f, fmt.Errorf("%s: %q is no number of records", Limit, text)
		}
	}
	switch f.Kind = call.UsageKind(q.Get(Kind)); f.Kind {
	case "", call.UsedPSTN, call.UsedVoIP, call.UsedApplication, call.UsedRecording:
	default:
		return f, fmt.Errorf("%s: there is no kind %q", Kind, f.Kind)
	}
	switch text := q.Get(Format); text {
	case "", JSON, CSV:
		return f, nil
	default:
		return f, fmt.Errorf("%s: %q is neither json nor csv", Format, text)
	}
}

// keyOf is what all identifiers of a call begin with.
func keyOf(id string) call.Key {
	if named, ok := call.ServerCall(id); ok {
		return named.Key()
	}
	return call.ID(id).Key()
}

// answer writes records as they come.
type answer struct {
	w       http.ResponseWriter
	control *http.ResponseController
	csv     bool
	begun   bool
	rows    *csv.Writer
	lines   *json.Encoder
}

// next gives whoever reads another writeTime: it is not to blame for how long the
// store has looked for the next record. The first part begins the answer.
func (a *answer) next() error {
	_ = a.control.SetWriteDeadline(time.Now().Add(writeTime)) // where there is none, nothing needs to be moved
	if a.begun {
		return nil
	}
	a.begun = true
	if a.csv {
		a.w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
		a.rows = csv.NewWriter(a.w)
		return a.rows.Write(header())
	}
	a.w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	a.lines = json.NewEncoder(a.w)
	a.lines.SetEscapeHTML(false)
	return nil
}

func (a *answer) record(r Record) error {
	if err := a.next(); err != nil {
		return err
	}
	if a.csv {
		return a.rows.Write(row(r))
	}
	return a.lines.Encode(r)
}

// finish writes what is left; an answer without records has its header at least.
func (a *answer) finish() error {
	if err := a.next(); err != nil {
		return err
	}
	if !a.csv {
		return nil
	}
	a.rows.Flush()
	return a.rows.Error()
}

func header() (names []string) {
	for _, c := range columns {
		names = append(names, c.name)
	}
	return names
}

func row(r Record) (values []string) {
	for _, c := range columns {
		values = append(values, c.value(r))
	}
	return values
}
