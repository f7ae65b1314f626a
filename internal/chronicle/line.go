package chronicle

import (
	"slices"
	"strings"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook"
)

// Line is one thing that happened.
type Line struct {
	At   time.Time
	Call call.ID
	Kind Kind
	Text string
}

// Kind is what a line is about.
type Kind string

const (
	Command Kind = "command" // accepted, with its answer
	Refused Kind = "refused" // a command that was not
	Leg     Kind = "leg"
	Sound   Kind = "sound" // what recordings come to
	Inner   Kind = "inner" // what players and timers report: of use to who looks closely
	Event   Kind = "event"
	Webhook Kind = "webhook"
	Over    Kind = "over" // the call has ended
)

// Teller tells one call, record by record, in order.
type Teller struct {
	call     call.ID
	began    time.Time
	over     bool
	recorded bool
	rang     map[string]time.Time // by leg, as notes name it
	answered map[string]time.Time
}

// NewTeller has not heard of its call yet.
func NewTeller() *Teller {
	return &Teller{rang: map[string]time.Time{}, answered: map[string]time.Time{}}
}

// Record is what happened in one step, and before it since the last.
func (t *Teller) Record(r journal.Record) (lines []Line) {
	if t.call != r.Call { // after one has ended its group may have another
		*t = *NewTeller()
		t.call, t.began = r.Call, r.Time
	}
	add := func(at time.Time, kind Kind, text string) {
		lines = append(lines, Line{At: at, Call: r.Call, Kind: kind, Text: plain(text)})
	}
	for _, n := range r.Notes {
		kind, text := t.note(n, r.Time)
		t.recorded = t.recorded || n.Input == "StartRecording" && n.Refused == ""
		at := n.At
		if at.IsZero() {
			at = r.Time
		}
		add(at, kind, text)
	}
	for _, e := range r.Events {
		add(r.Time, Event, event(e))
	}
	if over := r.Ended || endsCall(r.Events); over && !t.over {
		t.over = true
		text := "the call is over after " + rounded(r.Time.Sub(t.began))
		if !r.Ended && t.recorded {
			text += "; its recording is being finished"
		}
		add(r.Time, Over, text)
	}
	return lines
}

func endsCall(events []call.Event) bool {
	return slices.ContainsFunc(events, func(e call.Event) bool { _, ends := e.(call.CallEnded); return ends })
}

func (t *Teller) note(n journal.Note, at time.Time) (Kind, string) {
	text := join(words(n.Input), without(n.Details, "connection", "callbackuri", "version", "incoming"))
	if n.Refused != "" {
		return Refused, text + ": " + n.Refused
	}
	if said, ok := t.leg(n, at); ok {
		return Leg, said
	}
	if n.Command {
		return Command, text + ": accepted" + after(n.Answer)
	}
	if said, ok := sound(n); ok {
		return Sound, said
	}
	return Inner, text
}

// leg is what a leg did, in the words of somebody who watches; not ok when the note
// is of something else.
func (t *Teller) leg(n journal.Note, at time.Time) (said string, ok bool) {
	leg := value(n.Details, "leg")
	who := value(n.Details, "who")
	if who == "" {
		who = "leg " + leg
	}
	why := ""
	if cause := value(n.Details, "cause"); cause != "" {
		why = ": " + cause
	}
	switch n.Input {
	case "LegArrived":
		t.rang[leg] = at
		return value(n.Details, "from") + " calls " + value(n.Details, "to"), true
	case "LegRinging":
		t.rang[leg] = at
		return who + " rings", true
	case "LegAnswered":
		t.answered[leg] = at
		return who + " is in the call" + since(t.rang, leg, at), true
	case "LegFailed":
		return who + " was not reached" + since(t.rang, leg, at) + why, true
	case "LegEnded":
		return who + " left" + since(t.answered, leg, at) + why, true
	case "TakeIn":
		t.answered[leg] = at
		return who + " has come from another call", true
	case "HandedOver":
		return who + " has moved to another call" + since(t.answered, leg, at), true
	case "Kept":
		return who + " was not taken in by the other call", true
	case "LegPutsThrough":
		return who + " puts the others of its two calls through to each other", true
	case "TakePlace":
		return "somebody from another call has come to talk in place of " + who, true
	case "NotPutThrough":
		return who + " cannot put the others through" + why, true
	case "NotMoved":
		return who + " does not come from the other call" + why, true
	case "NotTransferred":
		return who + " stays: the target was not reached in the other call" + why, true
	case "ToneReceived":
		return who + " pressed " + value(n.Details, "tone"), true
	}
	return join(words(n.Input), n.Details), strings.HasPrefix(n.Input, "Leg") || strings.HasPrefix(n.Input, "Node")
}

// since is how long it has been for a leg.
func since(began map[string]time.Time, leg string, at time.Time) string {
	if from, ok := began[leg]; ok {
		return " after " + rounded(at.Sub(from))
	}
	return ""
}

// sound is what a recording has come to; not ok when the note is of something else.
// When its file is there, the event says so.
func sound(n journal.Note) (said string, ok bool) {
	switch n.Input {
	case "RecorderStarted":
		return "recording started", true
	case "RecorderFailed":
		return join("recording failed:", value(n.Details, "reason")+",", strings.Trim(value(n.Details, "detail"), `"`)), true
	case "RecordingFinished":
		if value(n.Details, "chunks") == "" {
			return "recording over: nothing was recorded", true
		}
	}
	return "", false
}

// ready says where the files of a recording are.
func ready(e call.RecordingFileReady) string {
	text := "recording ready: " + rounded(e.File.Duration)
	if len(e.File.Chunks) == 1 {
		return text + ", strowger recordings get " + e.File.Chunks[0].Document
	}
	return text + " in " + itoa(len(e.File.Chunks)) + " files, strowger recordings --call " + string(e.Recording.Key())
}

// event names an event, and why something failed.
func event(e call.Event) string {
	switch e := e.(type) {
	case call.RecordingFileReady:
		return ready(e)
	case call.RecordingStateChanged:
		if e.Active {
			return "RecordingStateChanged: active"
		}
		return "RecordingStateChanged: inactive"
	}
	if unknown, ok := e.(journal.Unknown); ok {
		return unknown.Type + " (of a newer version: not told by this one)"
	}
	name, details, _ := strings.Cut(journal.Describe(e), " ")
	details = strings.ReplaceAll(details, "source=-1", "") // of a play that failed otherwise
	return join(name, without(details, "connection", "callbackuri", "version", "startedby", "twoparty", "incoming", "sequence"))
}

// published is what the types of all events begin with.
const published = "Microsoft.Communication."

// Try is what came of telling an event.
func Try(t webhook.Try) Line {
	text := join(strings.TrimPrefix(t.Type, published), "to", t.Host)
	switch t.Outcome {
	case webhook.GivenUp:
		text = join(text, "was given up after", itoa(t.Number), "tries:", t.Why)
	case webhook.Taken:
		text = join(text, "was taken in", rounded(t.Took), "("+itoa(t.Status)+") at try", itoa(t.Number))
	default:
		text = join(text, "was not taken in", rounded(t.Took), "at try", itoa(t.Number)+":", t.Why)
	}
	return Line{At: t.At, Call: t.Call, Kind: Webhook, Text: text}
}

// after is an answer, if there is anything in it.
func after(answer string) string {
	if answer == "" {
		return ""
	}
	return ", " + answer
}
