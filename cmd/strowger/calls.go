package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"strowger/internal/chronicle"
)

// callsCommand asks the running server at its operator's address: the journal has
// one reader.
type callsCommand struct {
	operatorAddress
	ID    string `arg:"" optional:"" help:"A call: any of its identifiers (callConnectionId, serverCallId, correlationId), or how one begins."`
	Ended bool   `help:"List calls that have ended, as far as the journal keeps them."`
}

func (c callsCommand) Run(t terminal) error {
	at, err := c.address(t, chronicle.Path)
	if err != nil {
		return err
	}
	if c.ID != "" {
		return c.one(t, at)
	}
	return c.list(t, at)
}

func (c callsCommand) one(t terminal, at string) error {
	var told chronicle.One
	if err := get(t.ctx, at+"/"+url.PathEscape(c.ID), &told); err != nil {
		return err
	}
	if len(told.Lines) > 0 {
		first := told.Lines[0]
		fmt.Fprintf(t.out, "call %s, %s\n", first.Call, first.At.Local().Format(time.DateOnly))
	}
	for _, l := range told.Lines {
		if err := printLine(t.out, l); err != nil {
			return err
		}
	}
	return nil
}

func (c callsCommand) list(t terminal, at string) error {
	if c.Ended {
		at += "?ended=true"
	}
	var told chronicle.Calls
	if err := get(t.ctx, at, &told); err != nil {
		return err
	}
	if len(told.Calls) == 0 {
		_, err := fmt.Fprintln(t.out, "no calls; `strowger calls --ended` lists those that were")
		return err
	}
	for _, s := range told.Calls {
		if err := printCall(t.out, s, time.Now()); err != nil {
			return err
		}
	}
	if told.More > 0 {
		fmt.Fprintf(t.out, "and %d more\n", told.More)
	}
	return nil
}

// shortID is how much of an identifier is shown: it finds the call again.
const shortID = 8

func short(id string) string { return id[:min(len(id), shortID)] }

func printLine(w io.Writer, l chronicle.Line) error {
	_, err := fmt.Fprintf(w, "%s  %s  %-7s  %s\n", l.At.Local().Format("15:04:05.000"), short(string(l.Call)), l.Kind, oneLine(l.Text))
	return err
}

func printCall(w io.Writer, s chronicle.Summary, now time.Time) error {
	who := strings.Join(s.Participants, ", ")
	if who == "" {
		who = "nobody in it"
	}
	lasted := now.Sub(s.Began)
	if s.Last.After(s.Began) && s.Phase == "ended" {
		lasted = s.Last.Sub(s.Began)
	}
	_, err := fmt.Fprintf(w, "%s  %-11s  since %s, %s  %s", s.Call, phase(s), s.Began.Local().Format(time.DateTime), lasted.Round(time.Second), oneLine(who))
	for _, c := range s.Connections {
		if err == nil {
			_, err = fmt.Fprintf(w, "  connection %s", c)
		}
	}
	if err == nil {
		_, err = fmt.Fprintln(w)
	}
	return err
}

// phase is how far a call is, and what its recordings have to do with it.
func phase(s chronicle.Summary) string {
	switch {
	case s.Recorded:
		return string(s.Phase) + ", being recorded"
	case s.Finishing > 1:
		return fmt.Sprintf("%s, %d recordings are being finished", s.Phase, s.Finishing)
	case s.Finishing == 1:
		return string(s.Phase) + ", its recording is being finished"
	}
	return string(s.Phase)
}

// oneLine keeps what applications and far ends have written on one line, and away
// from the terminal's controls.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}
