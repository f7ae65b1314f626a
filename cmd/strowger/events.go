package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"strowger/internal/deadletter"
	"strowger/internal/webhook"
)

// eventsCommands ask the running server about the events that it has given up.
type eventsCommands struct {
	List   eventsList   `cmd:"" default:"withargs" help:"List the events that were given up, those first that were first."`
	Show   eventsShow   `cmd:"" help:"Show one of them, as it is sent."`
	Resend eventsResend `cmd:"" help:"Send some again, in order, with the ids that they have. It ends with 0 when all were taken; those that were not stay."`
	Delete eventsDelete `cmd:"" help:"Delete some."`
}

// which chooses events by what they are.
type which struct {
	Subscription string `help:"Only those of a subscription, by its name; 'callbacks' for those that go to callback URIs." placeholder:"NAME"`
	Type         string `help:"Only those of a type, as CallEnded." placeholder:"TYPE"`
	Call         string `help:"Only those of a call: its correlationId, or how that begins." placeholder:"ID"`
}

// callbacks is what stands for a subscription where there is none.
const callbacks = "callbacks"

func (w which) fits(l webhook.DeadLetter) bool {
	return (w.Subscription == "" || strings.EqualFold(w.Subscription, recipient(l))) &&
		(w.Type == "" || strings.EqualFold(shortType(w.Type), shortType(l.Type))) &&
		(w.Call == "" || strings.HasPrefix(string(l.Call), strings.ToLower(w.Call)))
}

func recipient(l webhook.DeadLetter) string { return cmp.Or(l.Subscription, callbacks) }

func shortType(published string) string {
	if len(published) > len(typePrefix) && strings.EqualFold(published[:len(typePrefix)], typePrefix) {
		return published[len(typePrefix):]
	}
	return published
}

// typePrefix is what the types of all events begin with.
const typePrefix = "Microsoft.Communication."

// chosen are the events that a command is about.
func (w which) chosen(t terminal, at string) (all []webhook.DeadLetter, err error) {
	var told deadletter.Events
	if err := get(t.ctx, at, &told); err != nil {
		return nil, err
	}
	for _, l := range told.Events {
		if w.fits(l) {
			all = append(all, l)
		}
	}
	return all, nil
}

type eventsList struct {
	operatorAddress
	which
}

func (c eventsList) Run(t terminal) error {
	at, err := c.address(t, deadletter.Path)
	if err != nil {
		return err
	}
	all, err := c.chosen(t, at)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(t.out, "no event was given up, or none of these")
		return err
	}
	for _, l := range all {
		if err := printLetter(t.out, l); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(t.out, "%d in all; `strowger events show ID` shows one, `resend` and `delete` take IDs or --all\n", len(all))
	return err
}

func printLetter(w io.Writer, l webhook.DeadLetter) error {
	status := ""
	if l.Status != 0 {
		status = fmt.Sprintf(" (%d)", l.Status)
	}
	_, err := fmt.Fprintf(w, "%s  %s  %s  to %s at %s  call %s  %d tries%s: %s\n", l.ID, l.GivenUp.Local().Format(time.DateTime),
		shortType(l.Type), recipient(l), oneLine(l.Host), short(string(l.Call)), l.Tries, status, oneLine(l.Why))
	return err
}

type eventsShow struct {
	operatorAddress
	ID string `arg:"" help:"An event of the list, or how its ID begins."`
}

func (c eventsShow) Run(t terminal) error {
	if err := checkID(c.ID); err != nil {
		return err
	}
	at, err := c.address(t, deadletter.Path)
	if err != nil {
		return err
	}
	var l webhook.DeadLetter
	if err := get(t.ctx, at+"/"+url.PathEscape(c.ID), &l); err != nil {
		return err
	}
	if err := printLetter(t.out, l); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "happened %s in call %s", l.Happened.Local().Format(time.DateTime), l.Call)
	if l.Connection != "" {
		fmt.Fprintf(t.out, ", connection %s", l.Connection)
	}
	var body bytes.Buffer
	if err := json.Indent(&body, l.Body, "", "  "); err != nil {
		return fmt.Errorf("the event is no JSON: %w", err)
	}
	_, err = fmt.Fprintf(t.out, "\n%s\n", body.Bytes())
	return err
}

// some are the events that are named, or all of a choice.
type some struct {
	operatorAddress
	which
	IDs []string `arg:"" optional:"" name:"id" help:"Events of the list, or how their IDs begin."`
	All bool     `help:"All of them, or of those that --subscription, --type and --call leave."`
}

// events are those that the command line means. Of those that are named by their IDs
// nothing else is known.
func (c some) events(t terminal, at string) ([]webhook.DeadLetter, error) {
	switch {
	case c.All == (len(c.IDs) > 0):
		return nil, &settingsError{errors.New("name events by their IDs, or say --all; `strowger events` lists them")}
	case c.All:
		return c.chosen(t, at)
	case c.which != which{}:
		return nil, &settingsError{errors.New("--subscription, --type and --call go with --all")}
	}
	var all []webhook.DeadLetter
	for _, id := range c.IDs {
		if err := checkID(id); err != nil {
			return nil, err
		}
		all = append(all, webhook.DeadLetter{ID: id})
	}
	return all, nil
}

// checkID refuses what is no ID nor begins one: in a URL it might mean something else.
func checkID(id string) error {
	if id == "" || strings.Trim(strings.ToLower(id), "0123456789abcdef") != "" {
		return &settingsError{fmt.Errorf("%q is no ID of an event; `strowger events` lists them", id)}
	}
	return nil
}

type eventsResend struct {
	some
	To string `help:"Send them to this subscription, where their own is not in the settings any more." placeholder:"NAME"`
}

func (c eventsResend) Run(t terminal) error {
	at, err := c.address(t, deadletter.Path)
	if err != nil {
		return err
	}
	all, err := c.events(t, at)
	if err != nil {
		return err
	}
	all = c.withoutIncoming(t, all)
	taken, gone, err := c.send(t, at, all)
	fmt.Fprintf(t.out, "%d of %d were taken\n", taken, len(all)-gone)
	if left := len(all) - gone - taken; left > 0 && err == nil {
		err = fmt.Errorf("%d events were not taken, and stay", left)
	}
	return err
}

// withoutIncoming leaves out calls that ring no more, unless they are asked for: an
// application would answer them in vain.
func (c eventsResend) withoutIncoming(t terminal, all []webhook.DeadLetter) []webhook.DeadLetter {
	if c.Type != "" {
		return all
	}
	n := len(all)
	all = slices.DeleteFunc(all, func(l webhook.DeadLetter) bool { return shortType(l.Type) == "IncomingCall" })
	if left := n - len(all); left > 0 {
		fmt.Fprintf(t.out, "%d IncomingCall are left out: their calls ring no more; --type IncomingCall sends them all the same\n", left)
	}
	return all
}

// send sends one after the other. An endpoint that does not work is not tried with
// the next, where it is known to be the same. Of all, those that somebody else has sent
// or deleted meanwhile, or sends now, are no failure: they are gone.
func (c eventsResend) send(t terminal, at string, all []webhook.DeadLetter) (taken, gone int, err error) {
	broken := map[string]bool{}
	to := url.Values{deadletter.To: {c.To}}.Encode()
	for _, l := range all {
		if broken[endpoint(l)] {
			continue
		}
		var sent webhook.Resent
		err := ask(t.ctx, http.MethodPost, at+"/"+url.PathEscape(l.ID)+"/resend?"+to, &sent)
		if c.All && isGone(err) {
			gone++
			fmt.Fprintf(t.out, "%s  %s  is left out: %v\n", l.ID, shortType(l.Type), err)
			continue
		}
		if err != nil {
			return taken, gone, fmt.Errorf("event %s: %w", l.ID, err)
		}
		if sent.Taken {
			taken++
			fmt.Fprintf(t.out, "%s  %s  taken by %s (%d)\n", sent.Letter.ID, shortType(sent.Letter.Type), oneLine(sent.Letter.Host), sent.Letter.Status)
			continue
		}
		fmt.Fprintf(t.out, "%s  %s  not taken by %s: %s\n", sent.Letter.ID, shortType(sent.Letter.Type), oneLine(sent.Letter.Host), oneLine(sent.Letter.Why))
		if c.All && !sent.Final {
			broken[endpoint(l)] = true
			fmt.Fprintf(t.out, "%s is left alone for now\n", oneLine(sent.Letter.Host))
		}
	}
	return taken, gone, nil
}

// isGone reports whether somebody else has sent or deleted an event since it was
// listed, or is sending it.
func isGone(err error) bool {
	return refusedWith(err, http.StatusNotFound) || refusedWith(err, http.StatusLocked)
}

func endpoint(l webhook.DeadLetter) string { return recipient(l) + " " + l.Host }

type eventsDelete struct{ some }

func (c eventsDelete) Run(t terminal) error {
	at, err := c.address(t, deadletter.Path)
	if err != nil {
		return err
	}
	all, err := c.events(t, at)
	if err != nil {
		return err
	}
	n := 0
	for _, l := range all {
		var gone deadletter.Deleted
		err := ask(t.ctx, http.MethodDelete, at+"/"+url.PathEscape(l.ID), &gone)
		if c.All && isGone(err) {
			fmt.Fprintf(t.out, "%s  %s  is left out: %v\n", l.ID, shortType(l.Type), err)
			continue
		}
		if err != nil {
			return fmt.Errorf("event %s: %w", l.ID, err)
		}
		n++
	}
	_, err = fmt.Fprintf(t.out, "%d deleted\n", n)
	return err
}
