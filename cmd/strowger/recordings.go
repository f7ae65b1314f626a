package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"strowger/internal/call"
	"strowger/internal/operator"
	"strowger/internal/recording"
	"strowger/internal/recording/catalog"
)

// recordingsCommands ask the running server about the recordings of its calls.
type recordingsCommands struct {
	List   recordingsList   `cmd:"" default:"withargs" help:"List recordings, the last that began first, and those that are being made."`
	Get    recordingsGet    `cmd:"" help:"Fetch one of them: its sound, or what is known of it."`
	Delete recordingsDelete `cmd:"" help:"Delete some, for good."`
}

type recordingsList struct {
	operatorAddress
	Since string `help:"Only those that began then or later: a time ago, as 24h, or a day, as 2026-03-31." placeholder:"WHEN"`
	Call  string `help:"Only those of a call: any of its identifiers, or how one begins." placeholder:"ID"`
}

func (c recordingsList) Run(t terminal) error {
	at, err := c.address(t, catalog.Path)
	if err != nil {
		return err
	}
	question := url.Values{}
	if c.Call != "" {
		question.Set(catalog.Call, c.Call)
	}
	if c.Since != "" {
		since, err := moment("--since", c.Since, time.Now())
		if err != nil {
			return err
		}
		question.Set(catalog.Since, since.Format(time.RFC3339))
	}
	var told catalog.Recordings
	if err := get(t.ctx, at+"?"+question.Encode(), &told); err != nil {
		return err
	}
	return printRecordings(t.out, told)
}

// moment reads a time ago or a day of this machine's time zone, as an option says it.
func moment(option, text string, now time.Time) (time.Time, error) {
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	for _, form := range []string{time.DateOnly, time.DateTime, time.RFC3339} {
		if at, err := time.ParseInLocation(form, text, time.Local); err == nil {
			return at, nil
		}
	}
	return time.Time{}, &settingsError{fmt.Errorf("%s: %q is neither a time like 24h nor a day like 2026-03-31", option, text)}
}

func printRecordings(w io.Writer, told catalog.Recordings) error {
	for _, u := range told.Unfinished {
		fmt.Fprintf(w, "%s  %s  %s  %s  call %s  %s  %s\n", u.Started.Local().Format(time.DateTime), u.Recorded.Round(time.Second),
			kind(string(u.Format), u.Unmixed), count(u.Chunks, "chunk"), short(string(u.Call)), people(u.Participants), progress(u))
	}
	chunks := map[string]int{}
	for _, d := range told.Documents {
		chunks[d.About.RecordingID]++
	}
	for _, d := range told.Documents {
		printDocument(w, d, chunks[d.About.RecordingID])
	}
	var err error
	switch {
	case told.More > 0:
		_, err = fmt.Fprintf(w, "and %d older ones, which --call finds\n", told.More)
	case len(told.Documents) > 0:
		_, err = fmt.Fprintln(w, "`strowger recordings get DOCUMENT` fetches one; --metadata tells who took part, and when")
	case len(told.Unfinished) == 0:
		_, err = fmt.Fprintln(w, "no recordings, or none of these")
	}
	return err
}

// progress is where a recording is that is not in the store with all of its chunks.
func progress(u recording.Unfinished) string {
	text := "being recorded"
	if u.Ended {
		text = "over, being stored"
	}
	if u.Stored > 0 {
		text += fmt.Sprintf(" (%d of %d are stored)", u.Stored, u.Chunks)
	}
	if u.Trouble != "" {
		text += "; it cannot be stored now, and is tried again: " + oneLine(u.Trouble)
	}
	return text
}

// printDocument tells of a chunk; chunks is how many of its recording are told of.
func printDocument(w io.Writer, d catalog.Document, chunks int) {
	if d.Trouble != "" {
		fmt.Fprintf(w, "%s  %s  what is known of it cannot be read: %s\n", d.ID.Started().Local().Format(time.DateTime), d.ID, oneLine(d.Trouble))
		return
	}
	a := d.About
	form := kind(a.Info.Format, a.Info.ChannelType == "unmixed")
	if chunks > 1 {
		form += fmt.Sprintf("  chunk %d of %d", a.ChunkIndex+1, chunks)
	}
	var who []call.Address
	seen := map[string]bool{}
	for _, p := range a.Participants {
		if !seen[p.ParticipantID] {
			who, seen[p.ParticipantID] = append(who, call.Address(p.ParticipantID)), true
		}
	}
	lasts := time.Duration(a.ChunkDuration * float64(time.Millisecond))
	fmt.Fprintf(w, "%s  %s  %s  %s  call %s  %s  %s\n", a.ChunkStartTime.Local().Format(time.DateTime), lasts.Round(time.Second),
		oneLine(form), size(a.ContentLength), short(string(d.Call)), people(who), d.ID)
}

func kind(format string, unmixed bool) string {
	if unmixed {
		return format + " unmixed"
	}
	return format
}

func people(all []call.Address) string {
	var names []string
	for _, a := range all {
		names = append(names, oneLine(strings.TrimPrefix(string(a), "4:")))
	}
	return cmp.Or(strings.Join(names, ", "), "nobody in it")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// size is a number of bytes with the digits that matter.
func size(bytes int64) string {
	switch {
	case bytes < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
	case bytes < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
}

type recordingsGet struct {
	operatorAddress
	Document string `arg:"" help:"A document of the list."`
	Output   string `short:"o" help:"Where it goes; - is the standard output. Without it, sound goes to DOCUMENT.wav (mp3, mp4) here, and metadata to the standard output." placeholder:"FILE"`
	Metadata bool   `help:"What is known of it, as JSON, in place of the sound."`
}

func (c recordingsGet) Run(t terminal) error {
	at, err := c.address(t, catalog.Path+"/"+url.PathEscape(c.Document)+"/content/")
	if err != nil {
		return err
	}
	if c.Metadata {
		return c.fetch(t, at+"acsmetadata", cmp.Or(c.Output, "-"), "")
	}
	var about recording.Metadata
	if err := get(t.ctx, at+"acsmetadata", &about); err != nil {
		return err
	}
	return c.fetch(t, at+"audio", cmp.Or(c.Output, about.ChunkDocumentID+"."+about.Info.Format), about.ContentSHA256)
}

// fetch writes what is at an address to a file, whose SHA-256 has to be sum, if there is
// one. A file that did not come whole is not left behind.
func (c recordingsGet) fetch(t terminal, at, name, sum string) error {
	if name == "-" {
		_, err := copyChecked(t.ctx, at, t.out, sum)
		return err
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	n, err := copyChecked(t.ctx, at, file, sum)
	if err = errors.Join(err, file.Close()); err != nil {
		_ = os.Remove(name)
		return err
	}
	_, err = fmt.Fprintf(t.out, "%s  %s\n", name, size(n))
	return err
}

func copyChecked(ctx context.Context, at string, to io.Writer, sum string) (int64, error) {
	got := sha256.New()
	n, err := copyFrom(ctx, at, io.MultiWriter(to, got))
	if err == nil && sum != "" && hex.EncodeToString(got.Sum(nil)) != sum {
		err = errors.New("what came is not what was recorded: its SHA-256 is another")
	}
	return n, err
}

// copyFrom writes what is at an address of the server.
func copyFrom(ctx context.Context, at string, to io.Writer) (int64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		var fault operator.Fault
		_ = json.NewDecoder(answer.Body).Decode(&fault)
		return 0, errors.New(cmp.Or(fault.Error, "the server answered "+answer.Status))
	}
	return io.Copy(to, answer.Body)
}

type recordingsDelete struct {
	operatorAddress
	Documents []string `arg:"" name:"document" help:"Documents of the list."`
}

func (c recordingsDelete) Run(t terminal) error {
	at, err := c.address(t, catalog.Path)
	if err != nil {
		return err
	}
	for _, d := range c.Documents {
		var gone catalog.Deleted
		if err := ask(t.ctx, http.MethodDelete, at+"/"+url.PathEscape(d), &gone); err != nil {
			return fmt.Errorf("document %s: %w", oneLine(d), err)
		}
		fmt.Fprintf(t.out, "%s  deleted\n", gone.Document)
	}
	return nil
}
