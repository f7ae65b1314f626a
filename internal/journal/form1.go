package journal

import (
	"slices"
	"time"
)

// form1 is what the step from form 1 has to understand of a state.
type form1 struct {
	Connections []struct {
		ID      string
		App     struct{ CallbackURI, Version string }
		Context string
	}
	Participants []form1Participant
	Offers       []struct{ ID, Expiry int }
	Media        []form1Media
}

type form1Participant struct {
	Leg     string
	Caller  bool
	OnHold  bool
	Target  string // the connection whose CreateCall reached for it
	Invite  *form1Invite
	Ringing int // timer
}

type form1Invite struct {
	ID        string
	By        string
	Operation form1Operation
}

type form1Media struct {
	ID          int
	Connection  string
	Operation   form1Operation
	To          []string
	Apart       bool
	Running     bool
	Recognition *struct {
		InitialSilence, InterTone time.Duration
		Tones                     []byte
	}
	Timer int
}

type form1Operation struct{ Context, CallbackURI string }

// form1Ringing is how long form 1 rang whom it did not say otherwise about.
const form1Ringing = 30 * time.Second

// fromForm1 takes a record of form 1 to form 2, in which
//
//   - an offer to applications is called an incoming call, and a call that
//     subscribers know of is published, not announced;
//   - timers are state. When they started is not known, so that their time
//     begins again with the record's;
//   - operations and participants on their way say who hears of them, in place
//     of naming the connection;
//   - a participant says what it came for in one field, and why it is on hold.
func fromForm1(d *document) error {
	old, err := as[form1](d.State)
	if err != nil {
		return err
	}
	rename(d.State, "Announced", "Published")
	rename(d.State, "Offers", "Incoming")
	rename(d.State, "LastOffer", "LastIncoming")
	for _, object := range objects(d.State["Participants"]) {
		if err := old.participant(object); err != nil {
			return err
		}
	}
	for _, object := range objects(d.State["Media"]) {
		if err := old.media(object); err != nil {
			return err
		}
	}
	for _, object := range objects(d.State["Incoming"]) {
		delete(object, "Expiry")
	}
	if timers := old.timers(d.Time); len(timers) > 0 {
		d.State["Timers"] = timers
	}
	for _, e := range d.Events {
		if e.Type == "IncomingCall" {
			rename(e.Body, "Offer", "Incoming")
		}
	}
	return nil
}

// participant turns what a participant came for, and why it is on hold, into form 2.
func (old form1) participant(object map[string]any) error {
	p, err := as[form1Participant](object)
	errand := map[string]any{"Kind": "for-caller"}
	switch {
	case p.Caller:
		errand["Kind"] = "caller"
	case p.Invite != nil:
		errand["Kind"], errand["InvitationID"] = "invitation", p.Invite.ID
		errand["For"] = old.recipient(p.Invite.By, p.Invite.Operation)
	case p.Target != "":
		errand["Kind"], errand["For"] = "create-target", old.recipient(p.Target, form1Operation{Context: old.context(p.Target)})
	}
	var holds []any
	for _, op := range old.Media {
		if p.OnHold && op.Running && op.Apart && op.Recognition == nil && slices.Contains(op.To, p.Leg) {
			holds = append(holds, map[string]any{"Reason": "prompt", "Operation": op.ID})
		}
	}
	object["Errand"], object["Holds"] = errand, holds
	remove(object, "Caller", "Invite", "Target", "OnHold", "Ringing")
	return err
}

// media turns whom a media operation concerns, and who hears of it, into form 2.
func (old form1) media(object map[string]any) error {
	op, err := as[form1Media](object)
	object["Recipient"] = old.recipient(op.Connection, op.Operation)
	object["Kind"], object["Scope"] = "play", "call"
	if op.Recognition != nil {
		object["Kind"] = "recognize"
	}
	if op.Apart {
		object["Scope"] = "participant"
	}
	remove(object, "Connection", "Operation", "Apart", "Timer")
	return err
}

// context is what the command that made a connection gave it.
func (old form1) context(connection string) string {
	for _, c := range old.Connections {
		if c.ID == connection {
			return c.Context
		}
	}
	return ""
}

// recipient is who hears of an operation.
func (old form1) recipient(connection string, op form1Operation) map[string]any {
	to := map[string]any{"Connection": connection, "CallbackURI": op.CallbackURI, "Context": op.Context}
	for _, c := range old.Connections {
		if c.ID != connection {
			continue
		}
		to["Version"] = c.App.Version
		if op.CallbackURI == "" {
			to["CallbackURI"] = c.App.CallbackURI
		}
	}
	return to
}

// timers are those that run, from now on for their whole time.
func (old form1) timers(now time.Time) (all []any) {
	add := func(id int, after time.Duration, purpose, owner string, name any) {
		if id != 0 {
			all = append(all, map[string]any{"ID": id, "Due": now.Add(after), "Purpose": purpose, owner: name})
		}
	}
	for _, p := range old.Participants {
		add(p.Ringing, form1Ringing, "ring", "Leg", p.Leg)
	}
	for _, o := range old.Offers {
		add(o.Expiry, form1Ringing, "incoming", "Incoming", o.ID)
	}
	for _, op := range old.Media {
		if op.Recognition == nil {
			continue
		}
		wait := op.Recognition.InterTone
		if len(op.Recognition.Tones) == 0 {
			wait = op.Recognition.InitialSilence
		}
		add(op.Timer, wait, "media", "Operation", op.ID)
	}
	return all
}
