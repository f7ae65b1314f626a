package journal

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"

	"strowger/internal/call"
)

// Note says what an input was and what came of it, for people who want to know
// how a call went. Nothing is decided by it. A record has the note of its own
// step, and of commands that were refused since the record before: they make no
// record of their own.
type Note struct {
	At      time.Time `json:",omitzero"` // when it was refused; else it is the step's
	Input   string    // its type: "Play", "LegEnded"
	Command bool      `json:",omitempty"` // else it is a signal
	Details string    `json:",omitempty"` // what is set of it: words name=value, whose own spaces are no-break ones
	Answer  string    `json:",omitempty"` // of a command: what it was answered beside that it is accepted
	Refused string    `json:",omitempty"` // why
}

const (
	// refusedMost is how many refusals a record notes: the last ones.
	refusedMost = 16
	// detailsMost and valueMost are bounds in bytes, of a note's texts and of one
	// value among its details.
	detailsMost = 400
	valueMost   = 100
)

// Noted remembers what came of an input for the next record: refusal is nil for
// the input that makes the record.
func (l *Log) Noted(in call.Input, answer call.Answer, refusal error) {
	_, command := in.(call.Command)
	n := Note{Input: reflect.TypeOf(in).Name(), Command: command, Details: cut(l.details(in), detailsMost)}
	if refusal == nil {
		n.Answer = answered(answer)
		l.made = &n
		return
	}
	n.At, n.Refused = time.Now().UTC(), cut(refusal.Error(), detailsMost)
	if len(l.refusals) == refusedMost {
		l.refusals = l.refusals[1:]
	}
	l.refusals = append(l.refusals, n)
}

// notes are those of the next record.
func (l *Log) notes() []Note {
	if l.made == nil {
		return l.refusals
	}
	return append(l.refusals[:len(l.refusals):len(l.refusals)], *l.made)
}

func answered(a call.Answer) string {
	switch {
	case a.Participant != nil:
		return "participant=" + string(a.Participant.Address)
	case a.InvitationID != "":
		return "invitation=" + a.InvitationID
	case a.Recording != nil:
		return "recording=" + string(a.Recording.ID)
	case a.Connection != nil:
		return "connection=" + string(a.Connection.Connection)
	}
	return ""
}

// details are the fields of an input that are set, as name=value. Those that are
// for the machinery alone, or long, are left out. Whose leg it is about is known
// from the step before.
func (l *Log) details(in any) string {
	var words []string
	describe(reflect.ValueOf(in), &words)
	leg := reflect.ValueOf(in).FieldByName("Leg")
	for _, p := range l.state.Participants {
		if leg.IsValid() && leg.Interface() == any(p.Leg) {
			words = append(words, "who="+shown(reflect.ValueOf(p.Address)))
		}
	}
	return strings.Join(words, " ")
}

// Describe is the type of an input or an event and what is set of it, as in a Note.
func Describe(x any) string {
	var words []string
	describe(reflect.ValueOf(x), &words)
	return strings.TrimSuffix(reflect.TypeOf(x).Name()+" "+cut(strings.Join(words, " "), detailsMost), " ")
}

func describe(v reflect.Value, words *[]string) {
	for i := range v.NumField() {
		f, field := v.Type().Field(i), v.Field(i)
		if !f.IsExported() || field.IsZero() {
			continue
		}
		switch value := field.Interface().(type) {
		case call.ID, call.Dialog, call.Repeatable:
		case call.LegID:
			*words = append(*words, "leg="+string(value)[strings.LastIndexByte(string(value), '/')+1:])
		case call.Cause:
			*words = append(*words, "cause="+oneWord(cause(value)))
		default:
			if field.Kind() == reflect.Struct {
				describe(field, words)
			} else if text := shown(field); text != "" {
				*words = append(*words, strings.ToLower(f.Name)+"="+text)
			}
		}
	}
}

// shown is one value, without what URLs may keep secret; empty for what says
// nothing in a line.
func shown(v reflect.Value) string {
	if s, ok := v.Interface().(fmt.Stringer); ok {
		return s.String()
	}
	switch v.Kind() {
	case reflect.Slice:
		var all []string
		for i := range min(v.Len(), refusedMost) {
			if t := element(v.Index(i)); t != "" {
				all = append(all, t)
			}
		}
		return cut(strings.Join(all, ","), valueMost)
	case reflect.String:
		return cut(quoted(withoutQuery(v.String())), valueMost)
	case reflect.Map, reflect.Pointer, reflect.Interface, reflect.Func:
		return ""
	}
	return fmt.Sprint(v.Interface())
}

func element(v reflect.Value) string {
	if v.Kind() != reflect.Struct {
		return shown(v)
	}
	var words []string
	describe(v, &words)
	if len(words) == 1 || len(words) > 1 && strings.HasPrefix(words[0], "address=") { // a list of participants need not say "address" each time
		_, words[0], _ = strings.Cut(words[0], "=")
	}
	return strings.Join(words, "+")
}

// quoted is text that others have written, which must not look like details.
func quoted(s string) string {
	if strings.ContainsAny(s, " \t\r\n=\"\u00a0") {
		return oneWord(fmt.Sprintf("%q", s))
	}
	return s
}

func oneWord(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

func withoutQuery(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return s
	}
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}

// cause is what SIP said, or else the rules' word.
func cause(c call.Cause) string {
	all := string(c.Reason)
	if c.SIPStatus != 0 {
		all += fmt.Sprintf(" (SIP %s)", strings.TrimSpace(fmt.Sprint(c.SIPStatus, " ", c.SIPPhrase)))
	}
	if c.Q850 != 0 {
		all += fmt.Sprintf(" (Q.850 %d)", c.Q850)
	}
	if c.Detail != "" {
		all += " (" + c.Detail + ")"
	}
	return cut(all, 2*valueMost)
}

// cut shortens a text to so many bytes, without half a character at its end.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most-len("…")], "") + "…"
}
