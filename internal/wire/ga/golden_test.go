package ga

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"strowger/internal/wire"
)

// goldenRequests maps a fixture's first words to the request that it is.
var goldenRequests = map[string]func() any{
	"create-call":        func() any { return new(CreateCallRequest) },
	"create-group-call":  func() any { return new(CreateCallRequest) },
	"answer":             func() any { return new(AnswerCallRequest) },
	"connect":            func() any { return new(ConnectCallRequest) },
	"redirect":           func() any { return new(RedirectCallRequest) },
	"reject":             func() any { return new(RejectCallRequest) },
	"play":               func() any { return new(PlayRequest) },
	"recognize":          func() any { return new(RecognizeRequest) },
	"add-participant":    func() any { return new(AddParticipantRequest) },
	"remove-participant": func() any { return new(RemoveParticipantRequest) },
	"transfer":           func() any { return new(TransferToParticipantRequest) },
	"mute":               func() any { return new(MuteParticipantsRequest) },
	"hold":               func() any { return new(HoldRequest) },
	"unhold":             func() any { return new(UnholdRequest) },
	"send-dtmf-tones":    func() any { return new(SendDTMFTonesRequest) },
	"continuous-dtmf":    func() any { return new(ContinuousDTMFRequest) },

	"cancel-add-participant": func() any { return new(CancelAddParticipantRequest) },

	"start-media-streaming": func() any { return new(StartMediaStreamingRequest) },
	"stop-media-streaming":  func() any { return new(StopMediaStreamingRequest) },
	"start-transcription":   func() any { return new(StartTranscriptionRequest) },
	"update-transcription":  func() any { return new(UpdateTranscriptionRequest) },
	"stop-transcription":    func() any { return new(StopTranscriptionRequest) },
	"start-recording":       func() any { return new(StartRecordingRequest) },
	"move-here":             func() any { return new(MoveParticipantsRequest) },
}

var goldenResponses = map[string]func() any{
	"call":               func() any { return new(CallConnectionProperties) },
	"participants":       func() any { return new(ParticipantList) },
	"participant":        func() any { return new(CallParticipant) },
	"add-participant":    func() any { return new(AddParticipantResponse) },
	"remove-participant": func() any { return new(RemoveParticipantResponse) },
	"transfer":           func() any { return new(TransferCallResponse) },
	"mute":               func() any { return new(MuteParticipantsResponse) },
	"send-dtmf-tones":    func() any { return new(SendDTMFTonesResponse) },
	"error":              func() any { return new(wire.ErrorBody) },

	"cancel-add-participant": func() any { return new(CancelAddParticipantResponse) },
	"move-here":              func() any { return new(MoveParticipantsResponse) },
}

var goldenEvents = map[string]func() any{
	"CallConnected":              func() any { return new(CallConnected) },
	"CallDisconnected":           func() any { return new(CallDisconnected) },
	"CreateCallFailed":           func() any { return new(CreateCallFailed) },
	"AnswerFailed":               func() any { return new(AnswerFailed) },
	"ConnectFailed":              func() any { return new(ConnectFailed) },
	"ParticipantsUpdated":        func() any { return new(ParticipantsUpdated) },
	"AddParticipantSucceeded":    func() any { return new(AddParticipantSucceeded) },
	"AddParticipantFailed":       func() any { return new(AddParticipantFailed) },
	"RemoveParticipantSucceeded": func() any { return new(RemoveParticipantSucceeded) },
	"RemoveParticipantFailed":    func() any { return new(RemoveParticipantFailed) },
	"CallTransferAccepted":       func() any { return new(CallTransferAccepted) },
	"CallTransferFailed":         func() any { return new(CallTransferFailed) },
	"PlayStarted":                func() any { return new(PlayStarted) },
	"PlayCompleted":              func() any { return new(PlayCompleted) },
	"PlayFailed":                 func() any { return new(PlayFailed) },
	"PlayCanceled":               func() any { return new(PlayCanceled) },
	"RecognizeCompleted":         func() any { return new(RecognizeCompleted) },
	"RecognizeFailed":            func() any { return new(RecognizeFailed) },
	"RecognizeCanceled":          func() any { return new(RecognizeCanceled) },
	"SendDtmfTonesCompleted":     func() any { return new(SendDTMFTonesCompleted) },
	"SendDtmfTonesFailed":        func() any { return new(SendDTMFTonesFailed) },
	"HoldFailed":                 func() any { return new(HoldFailed) },

	"ContinuousDtmfRecognitionToneReceived": func() any { return new(ContinuousDTMFToneReceived) },
	"ContinuousDtmfRecognitionToneFailed":   func() any { return new(ContinuousDTMFToneFailed) },
	"ContinuousDtmfRecognitionStopped":      func() any { return new(ContinuousDTMFStopped) },
	"CancelAddParticipantSucceeded":         func() any { return new(CancelAddParticipantSucceeded) },
	"CancelAddParticipantFailed":            func() any { return new(CancelAddParticipantFailed) },
	"MoveParticipantSucceeded":              func() any { return new(MoveParticipantSucceeded) },
	"MoveParticipantFailed":                 func() any { return new(MoveParticipantFailed) },
}

func TestRequestsSurviveDecodingAndEncoding(t *testing.T) {
	eachGolden(t, "requests", goldenRequests, func(t *testing.T, document []byte, into any) []byte {
		if err := wire.Decode(document, into); err != nil {
			t.Fatal(err)
		}
		return encode(t, into)
	})
}

func TestResponsesSurviveDecodingAndEncoding(t *testing.T) {
	eachGolden(t, "responses", goldenResponses, func(t *testing.T, document []byte, into any) []byte {
		if err := wire.Decode(document, into); err != nil {
			t.Fatal(err)
		}
		return encode(t, into)
	})
}

func TestEventsSurviveDecodingAndEncoding(t *testing.T) {
	eachGolden(t, "events", goldenEvents, func(t *testing.T, document []byte, into any) []byte {
		var batch []wire.CloudEvent
		if err := json.Unmarshal(document, &batch); err != nil || len(batch) != 1 {
			t.Fatalf("not an array of one event: %v", err)
		}
		if err := wire.Decode(batch[0].Data, into); err != nil {
			t.Fatal(err)
		}
		got := batch[0]
		event, err := wire.NewCloudEvent(got.ID, got.Type, got.Subject, got.Time, into)
		if err != nil {
			t.Fatal(err)
		}
		body, err := wire.EncodeCallback(event)
		if err != nil {
			t.Fatal(err)
		}
		return body
	})
}

func TestAnEventSaysItsTypeTwice(t *testing.T) {
	for _, path := range glob(t, "events") {
		var batch []wire.CloudEvent
		if err := json.Unmarshal(read(t, path), &batch); err != nil {
			t.Fatal(err)
		}
		var data EventData
		if err := wire.Decode(batch[0].Data, &data); err != nil {
			t.Fatal(err)
		}
		if data.PublicEventType != batch[0].Type || batch[0].Subject != ConnectionSubject(data.CallConnectionID) {
			t.Errorf("%s: type %q, publicEventType %q, subject %q", path, batch[0].Type, data.PublicEventType, batch[0].Subject)
		}
	}
}

// eachGolden puts every fixture of a folder through the codec, and insists
// that every type has a fixture and every fixture a type.
func eachGolden(t *testing.T, folder string, types map[string]func() any, code func(*testing.T, []byte, any) []byte) {
	t.Helper()
	seen := map[string]bool{}
	for _, path := range glob(t, folder) {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		kind := longestPrefix(name, types)
		if kind == "" {
			t.Errorf("no type for fixture %s", name)
			continue
		}
		seen[kind] = true
		t.Run(name, func(t *testing.T) {
			document := read(t, path)
			got := code(t, document, types[kind]())
			if want := parse(t, document); !reflect.DeepEqual(parse(t, got), want) {
				t.Errorf("encoded again it says\n%s\ninstead of\n%s", got, document)
			}
		})
	}
	for kind := range types {
		if !seen[kind] {
			t.Errorf("no fixture for %s", kind)
		}
	}
}

func longestPrefix(name string, types map[string]func() any) string {
	longest := ""
	for kind := range types {
		if len(kind) > len(longest) && (name == kind || strings.HasPrefix(name, kind+"-")) {
			longest = kind
		}
	}
	return longest
}

func glob(t *testing.T, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "testdata", "ga", folder, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures in %s: %v", folder, err)
	}
	return paths
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func parse(t *testing.T, document []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func FuzzRequests(f *testing.F) {
	paths, _ := filepath.Glob(filepath.Join("..", "testdata", "ga", "requests", "*.json"))
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, make := range goldenRequests {
			first := make()
			if wire.Decode(document, first) != nil {
				continue
			}
			again := make()
			if err := wire.Decode(encode(t, first), again); err != nil {
				t.Fatalf("%T that was accepted is refused when it is sent again: %v", first, err)
			}
			if a, b := encode(t, first), encode(t, again); !bytes.Equal(a, b) {
				t.Fatalf("%T changes when it is sent again:\n%s\n%s", first, a, b)
			}
		}
	})
}
