package calltest

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"strowger/internal/call"
)

// Call and Other are the calls of the stories. Calls have legs, which are
// numbered, and connections, which have names: c1 and c2 are of Call, d1 and d2
// of Other.
const (
	Call  call.ID = "11111111-1111-4111-8111-111111111111"
	Other call.ID = "22222222-2222-4222-8222-222222222222"
)

// Group is the group of the stories.
const Group = "6a0d4c2f-0f6f-4b9f-8f43-b3f0c7a52a01"

// Start is when every step of a pure story is taken.
var Start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

var connections = map[string]call.ConnectionID{
	"c1": "11111111-1111-4111-8111-0000000000c1",
	"c2": "11111111-1111-4111-8111-0000000000c2",
	"d1": "22222222-2222-4222-8222-0000000000d1",
	"d2": "22222222-2222-4222-8222-0000000000d2",
}

var calls = map[string]call.ID{"c": Call, "d": Other}

// Connection is the connection with a name.
func Connection(name string) call.ConnectionID { return connections[name] }

// Inputs has one of every type of input, with nothing set.
func Inputs() []call.Input {
	return []call.Input{
		call.CreateCall{}, call.AnswerCall{}, call.RedirectCall{}, call.RejectCall{}, call.ConnectCall{}, call.HangUpCall{}, call.TerminateCall{},
		call.AddParticipant{}, call.RemoveParticipant{}, call.Transfer{}, call.Play{}, call.Recognize{}, call.CancelMedia{},
		call.SendTones{}, call.StartListening{}, call.StopListening{},
		call.HoldParticipant{}, call.UnholdParticipant{}, call.Mute{}, call.Unmute{}, call.CancelAdd{},
		call.CreateAudioGroup{}, call.UpdateAudioGroup{}, call.DeleteAudioGroup{}, call.LeaveDefaultGroup{}, call.JoinDefaultGroup{},
		call.StartStreaming{}, call.StopStreaming{}, call.StartTranscribing{}, call.UpdateTranscribing{}, call.StopTranscribing{},
		call.StartRecording{}, call.PauseRecording{}, call.ResumeRecording{}, call.StopRecording{},
		call.MoveHere{}, call.HandOver{}, call.TakeIn{}, call.HandedOver{}, call.Kept{}, call.NotMoved{},
		call.GiveOther{}, call.TakePlace{}, call.NotPutThrough{}, call.OpenOnward{}, call.NotTransferred{},
		call.LegArrived{}, call.LegRinging{}, call.LegAnswered{}, call.LegUnclaimed{}, call.LegReplaced{}, call.LegReferred{}, call.LegNotReferred{}, call.LegReferralEnded{}, call.LegRefers{}, call.LegPutsThrough{}, call.LegFailed{}, call.LegEnded{},
		call.ToneReceived{}, call.PlayerStarted{}, call.PlayerFinished{}, call.PlayerFailed{}, call.TonesSent{}, call.TonesFailed{},
		call.StreamOpened{}, call.StreamFailed{}, call.TranscriptOpened{}, call.TranscriptFailed{},
		call.AnswererHeard{}, call.GreetingHeard{},
		call.VoiceBegan{}, call.SpeechHeard{}, call.EarFailed{},
		call.RecorderStarted{}, call.RecorderFailed{}, call.RecordingFinished{},
		call.TimerFired{}, call.NodeRestarted{}, call.NodeStopping{}, call.Outgrown{},
	}
}

// Parse reads an input to the call id: its type and then its fields, as in
//
//	LegFailed Leg=1 Cause.Reason=busy
//
// A leg is given by its number, one of another call as in c1 or d1, a connection by
// its name, a call as c or d, a time as in Go. What is a list has commas; a source to
// play is the URI of its file; a choice is its label, its tone and its phrases, as in
// yes:1:yes|sure. Call is filled in, except in what names a Group.
func Parse(id call.ID, line string) (call.Input, error) {
	words := strings.Fields(line)
	for _, in := range Inputs() {
		typ := reflect.TypeOf(in)
		if len(words) == 0 || typ.Name() != words[0] {
			continue
		}
		v := reflect.New(typ).Elem()
		if err := (parser{id}).fill(v, words[1:]); err != nil {
			return nil, fmt.Errorf("%s: %w", words[0], err)
		}
		return v.Interface().(call.Input), nil
	}
	return nil, fmt.Errorf("no such input: %q", line)
}

// parser reads the fields of an input to one call.
type parser struct{ call call.ID }

func (p parser) fill(v reflect.Value, words []string) error {
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		f := fieldNamed(v, name)
		if !f.IsValid() {
			return fmt.Errorf("there is no field %q", name)
		}
		if err := p.set(f, value); err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
	}
	if group := v.FieldByName("Group"); group.IsValid() && !group.IsZero() {
		return nil // whichever call that is
	}
	if f := v.FieldByName("Call"); f.IsValid() {
		f.SetString(string(p.call))
	}
	return nil
}

// fieldNamed finds a field by a path such as Operation.Context, or Cause.Reason.
func fieldNamed(v reflect.Value, path string) reflect.Value {
	for name := range strings.SplitSeq(path, ".") {
		if v.Kind() == reflect.Pointer && v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if v = v.FieldByName(name); !v.IsValid() {
			break
		}
	}
	return v
}

// set knows the types whose values have a form of their own in stories.
func (p parser) set(f reflect.Value, value string) error {
	switch f.Interface().(type) {
	case call.LegID:
		return p.setLeg(f, value)
	case call.RecordingID:
		n, err := strconv.Atoi(value)
		f.SetString(string(call.NewRecordingID(p.call, n)))
		return err
	case call.RecordedChunk:
		document, end, _ := strings.Cut(value, ":")
		f.Set(reflect.ValueOf(call.RecordedChunk{Document: document, EndReason: call.ChunkEnd(end)}))
	case call.ID:
		f.SetString(string(calls[value]))
	case call.ConnectionID:
		f.SetString(string(connections[value]))
	case time.Duration:
		d, err := time.ParseDuration(value)
		f.SetInt(int64(d))
		return err
	case call.Tone:
		f.SetUint(uint64(value[0]))
	case *call.PlaySource:
		f.Set(reflect.ValueOf(&call.PlaySource{File: value}))
	case call.Choice:
		f.Set(reflect.ValueOf(choice(value)))
	case call.PlaySource:
		f.Set(reflect.ValueOf(call.PlaySource{File: value}))
	case map[string]string:
		name, text, _ := strings.Cut(value, ":")
		f.Set(reflect.ValueOf(map[string]string{name: text}))
	default:
		return p.setPlain(f, value)
	}
	return nil
}

func (p parser) setLeg(f reflect.Value, value string) error {
	of := p.call
	if number, ok := strings.CutPrefix(value, "d"); ok {
		of, value = Other, number
	} else if number, ok := strings.CutPrefix(value, "c"); ok {
		of, value = Call, number
	}
	n, err := strconv.Atoi(value)
	f.SetString(string(call.NewLegID(of, n)))
	return err
}

func choice(value string) call.Choice {
	label, rest, _ := strings.Cut(value, ":")
	tone, phrases, _ := strings.Cut(rest, ":")
	c := call.Choice{Label: label}
	if tone != "" {
		c.Tone = call.Tone(tone[0])
	}
	if phrases != "" {
		c.Phrases = strings.Split(phrases, "|")
	}
	return c
}

func (p parser) setPlain(f reflect.Value, value string) error {
	switch f.Kind() {
	case reflect.String:
		f.SetString(value)
	case reflect.Int:
		n, err := strconv.Atoi(value)
		f.SetInt(int64(n))
		return err
	case reflect.Float64:
		x, err := strconv.ParseFloat(value, 64)
		f.SetFloat(x)
		return err
	case reflect.Bool:
		f.SetBool(value == "true")
	case reflect.Slice:
		for item := range strings.SplitSeq(value, ",") {
			e := reflect.New(f.Type().Elem()).Elem()
			if err := p.set(e, item); err != nil {
				return err
			}
			f.Set(reflect.Append(f, e))
		}
	default:
		return fmt.Errorf("a story cannot set a %s", f.Type())
	}
	return nil
}
