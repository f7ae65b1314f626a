package preview2021_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	webhook2021 "strowger/internal/webhook/preview2021"
	wire2021 "strowger/internal/wire/preview2021"
)

// outcome is what becomes of an operation that was accepted: the event that tells it.
type outcome struct {
	request
	in     func(scene) world
	then   func(call.State) call.Signal // nil: nothing more has to happen
	event  string
	result string // status, and code/subcode where they are told
}

const told = `"operationContext":"oc"`

func isHeard(s call.State) call.Signal { return call.PlayerFinished{Operation: s.LastOperation} }

func cannotBePlayed(s call.State) call.Signal {
	return call.PlayerFailed{Operation: s.LastOperation, Reason: call.PlayFormat}
}

func lastAnswers(s call.State) call.Signal {
	return call.LegAnswered{Leg: call.NewLegID(s.ID, s.LastLeg)}
}

func lastIsBusy(s call.State) call.Signal {
	return call.LegFailed{Leg: call.NewLegID(s.ID, s.LastLeg), Cause: call.Cause{Reason: call.Busy}}
}

func recorderStarts(s call.State) call.Signal {
	return call.RecorderStarted{Recording: s.Recording.ID}
}

// playing has a play of the connection running.
func playing(s scene) world {
	w := connected(s)
	s.do(202, "POST", w.names.Replace("{c}/:playAudio"), `{`+audio+`,`+told+`}`)
	return w
}

// inBoth are the outcomes of what both families have at the same paths.
var inBoth = []outcome{
	{request{"CallConnections_PlayAudio", "POST", "{c}/:playAudio", `{` + audio + `,` + told + `}`}, connected, isHeard, "PlayAudioResult", "completed 200/0"},
	{request{"CallConnections_PlayAudio", "POST", "{c}/:playAudio", `{` + audio + `,` + told + `}`}, connected, cannotBePlayed, "PlayAudioResult", "failed 400/8535"},
	{request{"CallConnections_CancelAllMediaOperations", "POST", "{c}/:cancelAllMediaOperations", `{}`}, playing, nil, "PlayAudioResult", "completed 400/8508"},
	{request{"CallConnections_HangupCall", "POST", "{c}/:hangup", ``}, playing, nil, "PlayAudioResult", "completed 400/8508"},
	{request{"CallConnections_AddParticipant", "POST", "{c}/participants", `{"participant":{alice},` + told + `}`}, connected, lastAnswers, "AddParticipantResult", "completed"},
	{request{"CallConnections_AddParticipant", "POST", "{c}/participants", `{"participant":{alice},` + told + `}`}, connected, lastIsBusy, "AddParticipantResult", "failed 486/8539"},
}

const toldOutside = told + `,"callbackUri":"https://o.example/op"`

var outcomes = map[string][]outcome{
	june: slices.Concat(inBoth, []outcome{
		{request{"ServerCalls_PlayAudio", "POST", "{s}/:playAudio", `{` + audio + `,` + toldOutside + `}`}, connected, isHeard, "PlayAudioResult", "completed 200/0"},
		{request{"ServerCalls_AddParticipant", "POST", "{s}/participants", `{"participant":{alice},` + toldOutside + `}`}, connected, lastAnswers, "AddParticipantResult", "completed"},
		{request{"ServerCalls_StartRecording", "POST", "{s}/recordings", `{"recordingStateCallbackUri":"https://o.example/op"}`}, connected, recorderStarts, "CallRecordingStateChanged", ""},
	}),
	november: slices.Concat(inBoth, []outcome{
		{request{"CallConnections_ParticipantPlayAudio", "POST", "{c}/participants:playAudio", `{"identifier":{phone},` + audio + `,` + told + `}`}, connected, isHeard, "PlayAudioResult", "completed 200/0"},
		{request{"CallConnections_TransferToParticipant", "POST", "{c}/:transferToParticipant", `{"targetParticipant":{alice},` + told + `}`}, connected, lastAnswers, "TransferCallResult", "completed"},
		{request{"CallConnections_TransferToParticipant", "POST", "{c}/:transferToParticipant", `{"targetParticipant":{alice},` + told + `}`}, connected, lastIsBusy, "TransferCallResult", "failed 486/8539"},
		{request{"ServerCalls_PlayAudio", "POST", "/calling:playAudio", `{{l},` + audio + `,` + toldOutside + `}`}, connected, isHeard, "PlayAudioResult", "completed 200/0"},
		{request{"ServerCalls_ParticipantPlayAudio", "POST", "/calling/participants:playAudio", `{{l},"identifier":{phone},` + audio + `,` + toldOutside + `}`}, connected, isHeard, "PlayAudioResult", "completed 200/0"},
		{request{"ServerCalls_AddParticipant", "POST", "/calling/participants", `{{l},"participant":{alice},` + toldOutside + `}`}, connected, lastIsBusy, "AddParticipantResult", "failed 486/8539"},
		{request{"ServerCalls_StartRecording", "POST", "/calling/recordings", `{{l},"recordingStateCallbackUri":"https://o.example/op"}`}, connected, recorderStarts, "CallRecordingStateChanged", ""},
	}),
}

// TestEveryOperationEndsInItsPublishedEvent does each operation through HTTP and lets
// happen what ends it. The event has the operation's context and, where the version has
// that, its operationId; it goes where the operation says.
func TestEveryOperationEndsInItsPublishedEvent(t *testing.T) {
	for version, all := range outcomes {
		for _, o := range all {
			t.Run(version+" "+o.op+" "+o.result, func(t *testing.T) { o.come(t, version) })
		}
	}
}

func (o outcome) come(t *testing.T, version string) {
	s := stage(t, version)
	w := o.in(s)
	id, before := s.lastCall(), len(s.Calls.Events())
	answer := s.send(o.method, w.names.Replace(o.path), w.names.Replace(o.body))
	if answer.Status >= 300 {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	if o.then != nil {
		state, err := s.Calls.Look(t.Context(), id.Key())
		if err != nil {
			t.Fatal(err)
		}
		s.Calls.Signal(id, o.then(state))
	}
	for _, e := range s.Calls.Events()[before:] {
		if e, ok := e.(call.ForRecipient); ok && o.is(t, id, e, answer.Body) {
			return
		}
	}
	t.Errorf("there is no %s", o.event)
}

// is reports whether an event is the outcome's, and holds it to what it should say.
func (o outcome) is(t *testing.T, id call.ID, e call.ForRecipient, answer string) bool {
	m, rendered, err := webhook2021.Render(journal.Record{Call: id, Step: 1, Time: time.Unix(0, 0), Events: []call.Event{e}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !rendered || m.Type != "Microsoft.Communication."+o.event {
		return false
	}
	if outside := strings.Contains(o.body, "https://o.example/op"); outside != (e.To().CallbackURI == "https://o.example/op") {
		t.Errorf("it goes to %s", e.To().CallbackURI)
	}
	if o.result == "" {
		return true // its result is a state
	}
	var events []struct{ Data wire2021.OperationResult }
	if err := json.Unmarshal(m.Body, &events); err != nil {
		t.Fatal(err)
	}
	got := events[0].Data
	result := string(got.Status)
	for _, how := range []*wire2021.OperationDetail{got.ResultInfo, got.ResultDetails} {
		if how != nil {
			result += fmt.Sprintf(" %d/%d", how.Code, how.Subcode)
		}
	}
	if result != o.result || got.OperationContext != "oc" {
		t.Errorf("it ends with %q for %q, want %q", result, got.OperationContext, o.result)
	}
	if (got.OperationID != "") != (e.To().Version == november) {
		t.Errorf("in %s its operation is %q", e.To().Version, got.OperationID)
	}
	if strings.Contains(o.body, told) && !strings.Contains(answer, got.OperationID) {
		t.Errorf("the operation %s is not that of %s", got.OperationID, answer)
	}
	return true
}
