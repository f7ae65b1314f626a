package ga_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"strowger/internal/api/apitest"
	wirega "strowger/internal/wire/ga"
)

// requests are the bodies of all operations that have one.
var requests = []struct {
	op, path string
	body     any
}{
	{"createCall", root, wirega.CreateCallRequest{}}, {"answer", root + ":answer", wirega.AnswerCallRequest{}},
	{"redirect", root + ":redirect", wirega.RedirectCallRequest{}}, {"reject", root + ":reject", wirega.RejectCallRequest{}},
	{"connect", root + ":connect", wirega.ConnectCallRequest{}}, {"transferToParticipant", transferPath, wirega.TransferToParticipantRequest{}},
	{"play", playPath, wirega.PlayRequest{}}, {"recognize", recognizePath, wirega.RecognizeRequest{}},
	{"startContinuousDtmfRecognition", "{c}:startContinuousDtmfRecognition", wirega.ContinuousDTMFRequest{}},
	{"stopContinuousDtmfRecognition", "{c}:stopContinuousDtmfRecognition", wirega.ContinuousDTMFRequest{}},
	{"sendDtmfTones", sendPath, wirega.SendDTMFTonesRequest{}}, {"hold", "{c}:hold", wirega.HoldRequest{}}, {"unhold", "{c}:unhold", wirega.UnholdRequest{}},
	{"startMediaStreaming", "{c}:startMediaStreaming", wirega.StartMediaStreamingRequest{}},
	{"stopMediaStreaming", "{c}:stopMediaStreaming", wirega.StopMediaStreamingRequest{}},
	{"startTranscription", "{c}:startTranscription", wirega.StartTranscriptionRequest{}},
	{"updateTranscription", "{c}:updateTranscription", wirega.UpdateTranscriptionRequest{}},
	{"stopTranscription", "{c}:stopTranscription", wirega.StopTranscriptionRequest{}},
	{"addParticipant", addPath, wirega.AddParticipantRequest{}}, {"removeParticipant", removePath, wirega.RemoveParticipantRequest{}},
	{"mute", mutePath, wirega.MuteParticipantsRequest{}}, {"cancelAddParticipant", cancelPath, wirega.CancelAddParticipantRequest{}},
	{"moveHere", movePath, wirega.MoveParticipantsRequest{}},
	{"startRecording", recordPath, wirega.StartRecordingRequest{}},
}

// TestEveryFieldIsNamedWhenItIsOfAnotherType sends, for each field of each request,
// something that it cannot be.
func TestEveryFieldIsNamedWhenItIsOfAnotherType(t *testing.T) {
	w := connected(stage(t))
	steps, fields := w.Calls.Steps(), 0
	for _, r := range requests {
		for _, f := range apitest.WrongFields(reflect.TypeOf(r.body)) {
			fields++
			body, err := json.Marshal(f.Document())
			if err != nil {
				t.Fatal(err)
			}
			got := w.post(w.names.Replace(r.path), string(body))
			code, message, target := got.Error()
			if got.Status != 400 || code != "8523" || index.ReplaceAllString(target, "") != f.Name() || !strings.HasPrefix(message, target) {
				t.Errorf("%s %s: got %d %s", r.op, body, got.Status, got.Body)
			}
		}
	}
	if n := w.Calls.Steps() - steps; n != 0 || fields < 200 {
		t.Errorf("%d wrong fields took %d steps", fields, n)
	}
}
