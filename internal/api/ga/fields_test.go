package ga_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

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
		for _, f := range fieldsOf(reflect.TypeOf(r.body), nil) {
			fields++
			body, err := json.Marshal(f.document())
			if err != nil {
				t.Fatal(err)
			}
			got := w.post(w.names.Replace(r.path), string(body))
			code, message, target := got.Error()
			if got.Status != 400 || code != "8523" || index.ReplaceAllString(target, "") != f.name() || !strings.HasPrefix(message, target) {
				t.Errorf("%s %s: got %d %s", r.op, body, got.Status, got.Body)
			}
		}
	}
	if n := w.Calls.Steps() - steps; n != 0 || fields < 200 {
		t.Errorf("%d wrong fields took %d steps", fields, n)
	}
}

// field is where a field stands, and what it cannot be. An empty part of the path is
// the first item of a list.
type field struct {
	path  []string
	wrong any
}

// name is how answers name the field, without its place in a list.
func (f field) name() string { return strings.ReplaceAll(strings.Join(f.path, "."), "..", ".") }

// document has the field alone.
func (f field) document() any {
	doc := f.wrong
	for i := len(f.path) - 1; i >= 0; i-- {
		if f.path[i] == "" {
			doc = []any{doc}
		} else {
			doc = map[string]any{f.path[i]: doc}
		}
	}
	return doc
}

func fieldsOf(t reflect.Type, path []string) (all []field) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := append(path[:len(path):len(path)], name)
		in := f.Type
		if in.Kind() == reflect.Pointer {
			in = in.Elem()
		}
		all = append(all, field{at, wrongFor(in.Kind())})
		switch {
		case in.Kind() == reflect.Struct:
			all = append(all, fieldsOf(in, at)...)
		case in.Kind() == reflect.Slice && in.Elem().Kind() == reflect.Struct:
			all = append(all, fieldsOf(in.Elem(), append(at[:len(at):len(at)], ""))...)
		}
	}
	return all
}

func wrongFor(k reflect.Kind) any {
	if k == reflect.String || k == reflect.Struct || k == reflect.Map || k == reflect.Slice {
		return 7
	}
	return "seven"
}
