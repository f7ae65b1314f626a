package ga_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	webhookga "strowger/internal/webhook/ga"
)

// outcome is what becomes of an operation that was accepted: the event that tells it.
type outcome struct {
	op, path string
	in       func(scene) world
	body     string
	then     []happening
	event    string
	result   string // code/subCode of the event
}

// happening is what a call is told, as it is at that time: a signal, or what another
// call asks of it.
type happening func(call.State) call.Input

func answers(n int) happening {
	return func(s call.State) call.Input { return call.LegAnswered{Leg: call.NewLegID(s.ID, n)} }
}

func fails(n int, why call.Reason) happening {
	return func(s call.State) call.Input {
		c := call.Cause{Reason: why, Phone: call.NewLegID(s.ID, n) == call.NewLegID(s.ID, 1)}
		return call.LegFailed{Leg: call.NewLegID(s.ID, n), Cause: c}
	}
}

func failsWith(n, status int, why call.Reason) happening {
	return func(s call.State) call.Input {
		return call.LegFailed{Leg: call.NewLegID(s.ID, n), Cause: call.Cause{Reason: why, Phone: true, SIPStatus: status}}
	}
}

func leaves(n int) happening {
	return func(s call.State) call.Input {
		return call.LegEnded{Leg: call.NewLegID(s.ID, n), Cause: call.Cause{Reason: call.EndedByParticipant}}
	}
}

func begins(s call.State) call.Input  { return call.PlayerStarted{Operation: s.LastOperation} }
func isHeard(s call.State) call.Input { return call.PlayerFinished{Operation: s.LastOperation} }
func areSent(s call.State) call.Input { return call.TonesSent{Operation: s.LastOperation} }
func restarts(call.State) call.Input  { return call.NodeRestarted{} }
func stops(call.State) call.Input     { return call.NodeStopping{} }
func comes(s call.State) call.Input {
	return call.TakeIn{Leg: call.NewLegID(s.ID, s.LastLeg), Was: "there", Who: call.Moved{Address: bob}}
}

func isKept(why call.Reason) happening {
	return func(s call.State) call.Input {
		return call.NotMoved{Leg: call.NewLegID(s.ID, s.LastLeg), Cause: call.Cause{Reason: why}}
	}
}

// isAskedFor and hasMoved are what the call of a transferee and its target says to the
// one that bob is transferred out of.
func isAskedFor(s call.State) call.Input {
	return call.HandOver{Connection: s.Connections[0].ID, Participant: bob, To: s.Participants[2].Onward.Leg}
}

func hasMoved(s call.State) call.Input { return call.HandedOver{Leg: s.Participants[2].Leg} }

func isNotTransferred(why call.Reason) happening {
	return func(s call.State) call.Input {
		bob := s.Participants[2]
		return call.NotTransferred{Leg: bob.Leg, There: bob.Onward.Leg, Cause: call.Cause{Reason: why}}
	}
}

func areTooMuch(s call.State) call.Input {
	return call.TonesFailed{Operation: s.LastOperation, Reason: call.TonesNotTaken}
}

func cannotPlay(why call.Reason) happening {
	return func(s call.State) call.Input { return call.PlayerFailed{Operation: s.LastOperation, Reason: why} }
}

func presses(keys string) (all []happening) {
	for _, key := range []byte(keys) {
		all = append(all, func(s call.State) call.Input {
			return call.ToneReceived{Leg: call.NewLegID(s.ID, 1), Tone: call.Tone(key)}
		})
	}
	return all
}

func timeIsUp(s call.State) call.Input {
	return call.TimerFired{Timer: s.Timers[len(s.Timers)-1].ID}
}

const (
	theContext = `,"operationContext":"oc"`
	theURI     = `,"operationCallbackUri":"https://o.example/op"`
	both       = theContext + theURI
)

func then(h ...happening) []happening { return h }

var dtmf = strings.Replace(recognizing("dtmf", `,"dtmfOptions":{"maxTonesToCollect":2,"stopTones":["pound"]}`), "{", `{"operationContext":"oc","operationCallbackUri":"https://o.example/op","playPrompt":`+fileSource+`,`, 1)

var byKey = strings.Replace(choices(`{"label":"yes","phrases":["yes"],"tone":"one"}`), "{", `{"operationContext":"oc","operationCallbackUri":"https://o.example/op",`, 1)

const (
	toNumber     = `{"targets":[{"rawId":"` + phone + `"}],"sourceCallerIdNumber":{"value":"+14255550100"},"callbackUri":"https://app.example/cb"` + theContext + `}`
	bobOut       = `{"targetParticipant":{"rawId":"4:+14255550199"},"transferee":{"rawId":"` + bob + `"}` + both + `}`
	addingNumber = `{"participantToAdd":{"rawId":"4:+14255550199"}` + both + `}`
)

// outcomes are what becomes of what was accepted. A number that was not reached has
// other codes than a user.
var outcomes = []outcome{
	{"createCall", root, nothing, creating(theContext), then(answers(1)), "CallConnected", "200/0"},
	{"createCall", root, nothing, creating(theContext), then(answers(1), leaves(1)), "CallDisconnected", "200/7000"},
	{"createCall", root, nothing, creating(theContext), then(answers(1), restarts), "CallDisconnected", "500/9998"},
	{"createCall", root, nothing, toNumber, then(failsWith(1, 486, call.Busy)), "CreateCallFailed", "486/560486"},
	{"createCall", root, nothing, creating(theContext), then(timeIsUp), "CreateCallFailed", "408/8541"},
	{"answer", root + ":answer", calling, context(callbackTo + theContext), then(answers(1)), "CallConnected", "200/0"},
	{"answer", root + ":answer", calling, context(callbackTo + theContext), then(fails(1, call.CallerGaveUp)), "AnswerFailed", "487/540487"},
	{"connect", root + ":connect", connected, connectBody(`{"serverCallId":"{server}"}`), nil, "CallConnected", "200/0"},

	{"transferToParticipant", transferPath, connected, about(alice, both), then(answers(2)), "CallTransferAccepted", "200/0"},
	{"transferToParticipant", transferPath, connected, about(alice, both), then(timeIsUp), "CallTransferFailed", "408/8541"},
	{"transferToParticipant", transferPath, connected, about(alice, both), then(fails(2, call.Declined)), "CallTransferFailed", "603/8538"},
	{"transferToParticipant", transferPath, joinedLate, bobOut, then(isAskedFor, hasMoved), "CallTransferAccepted", "200/0"},
	{"transferToParticipant", transferPath, joinedLate, bobOut, then(isNotTransferred(call.NoAnswer)), "CallTransferFailed", "408/560408"},
	{"transferToParticipant", transferPath, joinedLate, bobOut, then(leaves(3)), "CallTransferFailed", "400/8558"},
	{"transferToParticipant", transferPath, joinedLate, bobOut, then(restarts), "CallTransferFailed", "500/9998"},

	{"addParticipant", addPath, connected, adding(both), then(answers(2)), "AddParticipantSucceeded", "200/0"},
	{"addParticipant", addPath, connected, adding(both), then(fails(2, call.Declined)), "AddParticipantFailed", "603/8538"},
	{"addParticipant", addPath, connected, adding(both), then(fails(2, call.Busy)), "AddParticipantFailed", "486/8539"},
	{"addParticipant", addPath, connected, adding(both), then(fails(2, call.Unavailable)), "AddParticipantFailed", "480/8541"},
	{"addParticipant", addPath, connected, adding(both), then(timeIsUp), "AddParticipantFailed", "408/8541"},
	{"addParticipant", addPath, connected, adding(both), then(fails(2, call.Canceled)), "AddParticipantFailed", "487/8542"},
	{"addParticipant", addPath, connected, adding(both), then(fails(2, call.Gone)), "AddParticipantFailed", "410/8543"},
	{"addParticipant", addPath, connected, adding(both), then(fails(2, call.UnknownAddress)), "AddParticipantFailed", "404/8544"},
	{"addParticipant", addPath, connected, addingNumber, then(failsWith(2, 403, call.NotAllowed)), "AddParticipantFailed", "403/560403"},
	{"addParticipant", addPath, connected, addingNumber, then(failsWith(2, 484, call.UnknownAddress)), "AddParticipantFailed", "484/560484"},
	{"addParticipant", addPath, connected, addingNumber, then(failsWith(2, 503, call.FarEndFailed)), "AddParticipantFailed", "503/560503"},
	{"addParticipant", addPath, connected, addingNumber, then(failsWith(2, 0, call.NotAllowed)), "AddParticipantFailed", "403/510403"},
	{"addParticipant", addPath, connected, addingNumber, then(failsWith(2, 0, call.NoTrunk)), "AddParticipantFailed", "403/511532"},
	{"removeParticipant", removePath, twoInCall, `{"participantToRemove":{"rawId":"` + alice + `"}` + both + `}`, nil, "RemoveParticipantSucceeded", "200/0"},
	{"cancelAddParticipant", cancelPath, twoInCall, `{"invitationId":"{invitation}"` + both + `}`, nil, "CancelAddParticipantSucceeded", "200/5300"},
	{"cancelAddParticipant", cancelPath, joinedLate, `{"invitationId":"{invitation}"` + both + `}`, nil, "CancelAddParticipantFailed", "400/8519"},
	{"moveHere", movePath, twoCalls, moving(bob, both), then(comes), "MoveParticipantSucceeded", "200/0"},
	{"moveHere", movePath, twoCalls, moving(bob, both), then(isKept(call.ParticipantAbsent)), "MoveParticipantFailed", "400/8558"},
	{"moveHere", movePath, twoCalls, moving(bob, both), then(isKept(call.Failed)), "MoveParticipantFailed", "409/8519"},
	{"moveHere", movePath, twoCalls, moving(bob, both), then(timeIsUp), "MoveParticipantFailed", "408/8541"},
	{"moveHere", movePath, twoCalls, moving(bob, both), then(leaves(1), restarts), "MoveParticipantFailed", "500/9998"},

	{"play", playPath, connected, play(both), then(begins), "PlayStarted", "200/0"},
	{"play", playPath, connected, play(both), then(begins, isHeard), "PlayCompleted", "200/0"},
	{"play", playPath, connected, play(both), then(cannotPlay(call.PlayFormat)), "PlayFailed", "400/8535"},
	{"play", playPath, connected, play(both), then(cannotPlay(call.PlayDownload)), "PlayFailed", "400/8536"},
	{"play", playPath, connected, play(both), then(stops), "PlayFailed", "500/8572"},
	{"play", playPath, connected, play(both), then(cannotPlay(call.Failed)), "PlayFailed", "500/9999"},
	{"play", playPath, connected, play(both), then(leaves(1)), "PlayCanceled", "400/8508"},
	{"hold", "{c}:hold", connected, about(phone, `,"playSourceInfo":`+fileSource+both), then(cannotPlay(call.PlayDownload)), "HoldFailed", "400/8536"},

	{"recognize", recognizePath, connected, dtmf, then(begins), "PlayStarted", "200/0"},
	{"recognize", recognizePath, connected, dtmf, presses("12"), "RecognizeCompleted", "200/8531"},
	{"recognize", recognizePath, connected, dtmf, presses("1#"), "RecognizeCompleted", "200/8514"},
	{"recognize", recognizePath, connected, dtmf, append(presses("1"), timeIsUp), "RecognizeCompleted", "400/8532"},
	{"recognize", recognizePath, connected, dtmf, then(isHeard, timeIsUp), "RecognizeFailed", "400/8510"},
	{"recognize", recognizePath, connected, dtmf, then(cannotPlay(call.PlayFormat)), "RecognizeFailed", "500/8511"},
	{"recognize", recognizePath, connected, dtmf, then(restarts), "RecognizeFailed", "500/8512"},
	{"recognize", recognizePath, connected, dtmf, then(cannotPlay(call.Failed)), "RecognizeFailed", "500/9999"},
	{"recognize", recognizePath, connected, dtmf, then(leaves(1)), "RecognizeFailed", "400/8558"},
	{"cancelAllMediaOperations", "{c}:cancelAllMediaOperations", recognizingOne, "", nil, "RecognizeCanceled", "400/8508"},
	{"recognize", recognizePath, connected, byKey, presses("1"), "RecognizeCompleted", "200/8533"},
	{"recognize", recognizePath, connected, byKey, presses("2"), "RecognizeFailed", "500/8534"},

	{"sendDtmfTones", sendPath, connected, about(phone, `,"tones":["one"]`+both), then(areSent), "SendDtmfTonesCompleted", "200/0"},
	{"sendDtmfTones", sendPath, connected, about(phone, `,"tones":["one"]`+both), then(areTooMuch), "SendDtmfTonesFailed", "400/8500"},
	{"startContinuousDtmfRecognition", "{c}:startContinuousDtmfRecognition", connected, about(phone, both), presses("1"), "ContinuousDtmfRecognitionToneReceived", "200/0"},
	{"startContinuousDtmfRecognition", "{c}:startContinuousDtmfRecognition", connected, about(phone, both), then(leaves(1)), "ContinuousDtmfRecognitionStopped", "200/0"},
	{"startContinuousDtmfRecognition", "{c}:startContinuousDtmfRecognition", connected, about(phone, both), then(restarts), "ContinuousDtmfRecognitionToneFailed", "500/9998"},
	{"stopContinuousDtmfRecognition", "{c}:stopContinuousDtmfRecognition", listeningTo, about(phone, both), nil, "ContinuousDtmfRecognitionStopped", "200/0"},

	{"startMediaStreaming", "{c}:startMediaStreaming", streamable, operating, then(socketOpens), "MediaStreamingStarted", "200/0"},
	{"startMediaStreaming", "{c}:startMediaStreaming", streamable, operating, then(socketFails(call.StreamUnopened)), "MediaStreamingFailed", "400/8581"},
	{"startMediaStreaming", "{c}:startMediaStreaming", streamable, operating, then(socketOpens, socketFails(call.StreamBroken)), "MediaStreamingFailed", "500/8603"},
	{"startMediaStreaming", "{c}:startMediaStreaming", streamable, operating, then(stops), "MediaStreamingFailed", "500/8604"},
	{"stopMediaStreaming", "{c}:stopMediaStreaming", streamed, operating, nil, "MediaStreamingStopped", "200/0"},

	{"startTranscription", "{c}:startTranscription", transcribable, operating, then(transcriptOpens), "TranscriptionStarted", "200/0"},
	{"startTranscription", "{c}:startTranscription", transcribable, operating, then(transcriptFails(call.StreamUnopened)), "TranscriptionFailed", "400/8581"},
	{"startTranscription", "{c}:startTranscription", transcribable, operating, then(transcriptOpens, transcriptFails(call.StreamBroken)), "TranscriptionFailed", "500/8578"},
	{"startTranscription", "{c}:startTranscription", transcribable, operating, then(transcriptFails(call.HearingFailed)), "TranscriptionFailed", "400/8565"},
	{"startTranscription", "{c}:startTranscription", transcribable, operating, then(transcriptFails(call.HearingDenied)), "TranscriptionFailed", "401/8565"},
	{"startTranscription", "{c}:startTranscription", transcribable, operating, then(transcriptFails(call.HearingBusy)), "TranscriptionFailed", "429/8565"},
	{"startTranscription", "{c}:startTranscription", transcribable, operating, then(stops), "TranscriptionFailed", "500/8580"},
	{"updateTranscription", "{c}:updateTranscription", transcribed, `{"locale":"de-DE","operationContext":"oc"` + theURI + `}`, nil, "TranscriptionUpdated", "200/0"},
	{"stopTranscription", "{c}:stopTranscription", transcribed, operating, nil, "TranscriptionStopped", "200/0"},

	{"startRecording", recordPath, connected, recordingHere, then(recorderStarts), "RecordingStateChanged", "200/0"},
	{"startRecording", recordPath, connected, recordingHere, then(recorderFails), "StartRecordingFailed", "500/8608"},
}

// recordingHere starts a recording whose state is told.
var recordingHere = recording(`,"recordingFormatType":"wav","recordingStateCallbackUri":"https://o.example/op"`)

// operating is the body of what has nothing to say but about itself.
const operating = `{"operationContext":"oc"` + theURI + `}`

// hearing is the connection that has a stream.
func hearing(s call.State) call.ConnectionID {
	for _, conn := range s.Connections {
		if conn.Stream != nil {
			return conn.ID
		}
	}
	panic("no connection has a stream")
}

func socketOpens(s call.State) call.Input {
	return call.StreamOpened{Connection: hearing(s), Run: 1}
}

func socketFails(why call.Reason) happening {
	return func(s call.State) call.Input {
		return call.StreamFailed{Connection: hearing(s), Run: 1, Reason: why}
	}
}

// reading is the connection that has a transcript.
func reading(s call.State) call.ConnectionID {
	for _, conn := range s.Connections {
		if conn.Transcript != nil {
			return conn.ID
		}
	}
	panic("no connection has a transcript")
}

func transcriptOpens(s call.State) call.Input {
	return call.TranscriptOpened{Connection: reading(s), Run: 1}
}

func transcriptFails(why call.Reason) happening {
	return func(s call.State) call.Input {
		return call.TranscriptFailed{Connection: reading(s), Run: 1, Reason: why}
	}
}

func recorderStarts(s call.State) call.Input {
	return call.RecorderStarted{Recording: s.Recording.ID}
}

func recorderFails(s call.State) call.Input {
	return call.RecorderFailed{Recording: s.Recording.ID, Reason: call.NoSpace}
}

// joinedLate is twoInCall after the invited has joined.
func joinedLate(s scene) world {
	w := twoInCall(s)
	s.Calls.Signal(w.id, call.LegAnswered{Leg: call.NewLegID(w.id, 3)})
	return w
}

func recognizingOne(s scene) world {
	w := connected(s)
	s.post(w.names.Replace(recognizePath), dtmf)
	return w
}

func listeningTo(s scene) world {
	w := connected(s)
	s.post(w.names.Replace("{c}:startContinuousDtmfRecognition"), about(phone, ""))
	return w
}

// TestEveryOperationEndsInItsPublishedEvent does each operation through HTTP and lets
// happen what ends it. The event has the operation's context, goes to its callback
// URI, and carries the published code and subcode. Every type of event that the
// server sends is among them.
func TestEveryOperationEndsInItsPublishedEvent(t *testing.T) {
	sent := map[string]bool{}
	for _, o := range outcomes {
		t.Run(o.op+" "+o.event+" "+o.result, func(t *testing.T) { o.come(t, sent) })
	}
	for _, e := range call.Events() {
		switch e.(type) {
		case call.CallConnecting, call.CallDisconnecting:
			continue // of other families
		case call.AnsweringMachineDetected, call.MachineGreetingEnded:
			continue // they are not published
		}
		if _, told := e.(call.ForRecipient); told && !sent[fmt.Sprintf("%T", e)] {
			t.Errorf("no operation here ends in %T", e)
		}
	}
}

func (o outcome) come(t *testing.T, sent map[string]bool) {
	w := o.in(stage(t))
	before := len(w.Calls.Events())
	got := w.post(w.names.Replace(o.path), w.names.Replace(o.body))
	if got.Status >= 300 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if strings.Contains(got.Body, `"operationContext"`) && !strings.Contains(got.Body, `"operationContext":"oc"`) {
		t.Errorf("the answer is %s", got.Body)
	}
	id := w.id
	if o.op == "createCall" {
		id = call.ID(object(t, got.Body)["correlationId"].(string))
	}
	for _, h := range o.then {
		state, err := w.Calls.Look(t.Context(), id.Key())
		if err != nil {
			t.Fatal(err)
		}
		if cmd, ok := h(state).(call.Command); ok {
			_, release, err := w.Calls.Do(t.Context(), id.Key(), cmd)
			if err != nil {
				t.Fatal(err)
			}
			release()
			continue
		}
		w.Calls.Signal(id, h(state).(call.Signal))
	}
	for _, e := range w.Calls.Events()[before:] {
		if told, ok := e.(call.ForRecipient); ok {
			sent[fmt.Sprintf("%T", e)] = true
			if o.is(t, id, told) {
				return
			}
		}
	}
	t.Errorf("there is no %s", o.event)
}

// is reports whether an event is the outcome's, and holds it to what it should say.
func (o outcome) is(t *testing.T, id call.ID, e call.ForRecipient) bool {
	m, ok, err := webhookga.Render(journal.Record{Call: id, Step: 1, Time: time.Unix(0, 0), Events: []call.Event{e}}, 0)
	if err != nil || !ok {
		t.Fatalf("%T is rendered %v, %v", e, ok, err)
	}
	if m.Type != "Microsoft.Communication."+o.event {
		return false
	}
	var events []struct {
		Data struct {
			OperationContext  string
			ResultInformation struct{ Code, SubCode int }
		}
	}
	if err := json.Unmarshal(m.Body, &events); err != nil {
		t.Fatal(err)
	}
	data := events[0].Data
	recording := strings.Contains(o.body, "recordingStateCallbackUri") // its events have no context
	if data.OperationContext != "oc" && !recording {
		t.Errorf("the context is %q", data.OperationContext)
	}
	own := o.body == "" || recording || strings.Contains(o.body, "operationCallbackUri")
	if to := e.To().CallbackURI; own != (to == "https://o.example/op") {
		t.Errorf("it goes to %s", to)
	}
	if result := fmt.Sprintf("%d/%d", data.ResultInformation.Code, data.ResultInformation.SubCode); result != o.result {
		t.Errorf("the result is %s, want %s", result, o.result)
	}
	return true
}

// The published results of the events that this server sends are all among the
// outcomes.
func TestEveryPublishedResultHasAnOutcome(t *testing.T) {
	published := publishedIn(t, "testdata/results.txt")
	reached := map[string]bool{}
	for _, o := range outcomes {
		reached[o.event+" "+o.result] = true
	}
	for _, key := range slices.Sorted(maps.Keys(published)) {
		if !reached[key] {
			t.Errorf("nothing here ends in %s", key)
		}
	}
}
