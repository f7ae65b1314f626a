package preview2021_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"strowger/internal/api/apitest"
	"strowger/internal/wire/preview2021"
)

// bodies are those of all operations that have one, where it is read; those that both
// families have at one path stand once.
var bodies = []struct {
	version, path string
	body          any
}{
	{june, root, preview2021.CreateCallRequest{}}, {june, "{c}/:playAudio", preview2021.PlayAudioRequest{}},
	{june, "{c}/:cancelAllMediaOperations", preview2021.CancelAllMediaOperationsRequest{}}, {june, "{c}/participants", preview2021.AddParticipantRequest{}},
	{june, "{s}/:join", preview2021.JoinCallRequest{}}, {june, "{s}/participants", preview2021.AddParticipantRequest{}},
	{june, "{s}/:playAudio", preview2021.PlayAudioRequest{}}, {june, "{s}/recordings", preview2021.StartCallRecordingRequest{}},

	{november, root, preview2021.CreateCallRequest{}}, {november, "/calling:join", preview2021.JoinCallRequest{}},
	{november, "/calling:answer", preview2021.AnswerCallRequest{}}, {november, "/calling:reject", preview2021.RejectCallRequest{}},
	{november, "/calling:redirect", preview2021.RedirectCallRequest{}}, {november, "{c}/participants", preview2021.AddParticipantRequest{}},
	{november, "{c}/participants:remove", preview2021.RemoveParticipantRequest{}}, {november, "{c}/participants:get", preview2021.GetParticipantRequest{}},
	{november, "{c}/participants:playAudio", preview2021.PlayAudioRequest{}}, {november, "{c}/participants:cancelMediaOperation", preview2021.CancelMediaOperationRequest{}},
	{november, "{c}/participants:mute", preview2021.MuteParticipantRequest{}}, {november, "{c}/participants:unmute", preview2021.MuteParticipantRequest{}},
	{november, "{c}/participants:removeFromDefaultAudioGroup", preview2021.DefaultAudioGroupRequest{}},
	{november, "{c}/participants:addToDefaultAudioGroup", preview2021.DefaultAudioGroupRequest{}},
	{november, "{c}/:createAudioGroup", preview2021.AudioGroupRequest{}}, {november, "{c}/:transferToParticipant", preview2021.TransferToParticipantRequest{}},
	{november, "{c}/:transferToCall", preview2021.TransferToCallRequest{}}, {november, "/calling:playAudio", preview2021.PlayAudioRequest{}},
	{november, "/calling:cancelMediaOperation", preview2021.CancelMediaOperationRequest{}}, {november, "/calling/participants", preview2021.AddParticipantRequest{}},
	{november, "/calling/participants:getAll", preview2021.GetAllParticipantsRequest{}}, {november, "/calling/recordings", preview2021.StartCallRecordingRequest{}},
}

// TestEveryFieldIsNamedWhenItIsOfAnotherType sends, for each field of each request,
// something that it cannot be.
func TestEveryFieldIsNamedWhenItIsOfAnotherType(t *testing.T) {
	w := connected(stage(t, november))
	steps, fields := w.Calls.Steps(), 0
	for _, b := range bodies {
		for _, f := range apitest.WrongFields(reflect.TypeOf(b.body)) {
			fields++
			body, err := json.Marshal(f.Document())
			if err != nil {
				t.Fatal(err)
			}
			got := w.as(b.version).send("POST", w.names.Replace(b.path), string(body))
			code, message, target := got.Error()
			if got.Status != 400 || code != "400" || index.ReplaceAllString(target, "") != f.Name() || !strings.HasPrefix(message, target) {
				t.Errorf("%s %s %s: got %d %s", b.version, b.path, body, got.Status, got.Body)
			}
		}
	}
	if n := w.Calls.Steps() - steps; n != 0 || fields < 200 {
		t.Errorf("%d wrong fields took %d steps", fields, n)
	}
}
