package main

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"strowger/internal/call"
	"strowger/internal/usage"
)

// usageCommand asks the running server what was used.
type usageCommand struct {
	operatorAddress
	Since  string `help:"Only what ended then or later: a time ago, as 24h, or a day, as 2026-03-31." placeholder:"WHEN"`
	Until  string `help:"Only what ended before." placeholder:"WHEN"`
	Call   string `help:"Only that of a call: any of its identifiers." placeholder:"ID"`
	Kind   string `help:"Only that of a kind: pstn, voip, application or recording." placeholder:"KIND"`
	Format string `help:"json: a record a line; csv: with the names of its columns." enum:"json,csv" default:"json"`
	Sum    bool   `help:"Add up the records of each kind, direction and trunk, in place of listing them."`
}

func (c usageCommand) Run(t terminal) error {
	at, err := c.address(t, usage.Path)
	if err != nil {
		return err
	}
	question, err := c.question(time.Now())
	if err != nil {
		return err
	}
	at += "?" + question.Encode()
	if !c.Sum {
		_, err := copyFrom(t.ctx, at, t.out)
		return err
	}
	records, write := io.Pipe()
	go func() {
		_, err := copyFrom(t.ctx, at, write)
		write.CloseWithError(err)
	}()
	defer records.Close()
	return sum(records, t.out, c.Format)
}

func (c usageCommand) question(now time.Time) (url.Values, error) {
	q := url.Values{usage.Format: {c.Format}}
	if c.Sum {
		q.Set(usage.Format, usage.JSON)
	}
	for name, value := range map[string]string{usage.Call: c.Call, usage.Kind: c.Kind} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, value := range map[string]string{usage.Since: c.Since, usage.Until: c.Until} {
		if value == "" {
			continue
		}
		at, err := moment("--"+name, value, now)
		if err != nil {
			return nil, err
		}
		q.Set(name, at.Format(time.RFC3339Nano))
	}
	return q, nil
}

// usageSort is usage that is added up together.
type usageSort struct {
	Kind      call.UsageKind `json:"kind"`
	Direction call.Direction `json:"direction,omitempty"`
	Trunk     string         `json:"trunk,omitempty"`
}

// total is what the records of one sort come to.
type total struct {
	usageSort
	Records  int           `json:"records"`
	Answered int           `json:"answered"` // by somebody; of a recording, that has sound
	Seconds  usage.Seconds `json:"seconds"`
}

// sum adds records up as they come, and prints a line for each sort.
func sum(records io.Reader, w io.Writer, format string) error {
	totals := map[usageSort]*total{}
	in := json.NewDecoder(bufio.NewReader(records))
	for {
		var r usage.Record
		err := in.Decode(&r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		s := usageSort{r.Kind, r.Direction, r.Trunk}
		if totals[s] == nil {
			totals[s] = &total{usageSort: s}
		}
		totals[s].Records++
		totals[s].Seconds += r.Seconds
		if !r.Answer.IsZero() {
			totals[s].Answered++
		}
	}
	all := slices.SortedFunc(maps.Values(totals), func(a, b *total) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Direction, b.Direction), cmp.Compare(a.Trunk, b.Trunk))
	})
	if format == usage.CSV {
		return printTotalsCSV(w, all)
	}
	out := json.NewEncoder(w)
	for _, t := range all {
		if err := out.Encode(t); err != nil {
			return err
		}
	}
	return nil
}

func printTotalsCSV(w io.Writer, all []*total) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"kind", "direction", "trunk", "records", "answered", "seconds"}) // Error tells
	for _, t := range all {
		_ = out.Write([]string{string(t.Kind), string(t.Direction), t.Trunk, strconv.Itoa(t.Records), strconv.Itoa(t.Answered), t.Seconds.String()})
	}
	out.Flush()
	return out.Error()
}
