package preview2021

import (
	"testing"

	"strowger/internal/wire"
	"strowger/internal/wire/wiretest"
)

// goldenRequests maps a fixture's first words to the request that it is.
var goldenRequests = wiretest.Types{
	"create-call":             func() any { return new(CreateCallRequest) },
	"join-call":               func() any { return new(JoinCallRequest) },
	"answer-call":             func() any { return new(AnswerCallRequest) },
	"reject-call":             func() any { return new(RejectCallRequest) },
	"redirect-call":           func() any { return new(RedirectCallRequest) },
	"play-audio":              func() any { return new(PlayAudioRequest) },
	"cancel-media-operation":  func() any { return new(CancelMediaOperationRequest) },
	"add-participant":         func() any { return new(AddParticipantRequest) },
	"get-participant":         func() any { return new(GetParticipantRequest) },
	"get-all-participants":    func() any { return new(GetAllParticipantsRequest) },
	"remove-participant":      func() any { return new(RemoveParticipantRequest) },
	"mute-participant":        func() any { return new(MuteParticipantRequest) },
	"default-audio-group":     func() any { return new(DefaultAudioGroupRequest) },
	"audio-group":             func() any { return new(AudioGroupRequest) },
	"update-audio-group":      func() any { return new(UpdateAudioGroupRequest) },
	"transfer-to-participant": func() any { return new(TransferToParticipantRequest) },
	"transfer-to-call":        func() any { return new(TransferToCallRequest) },
	"start-recording":         func() any { return new(StartCallRecordingRequest) },

	"cancel-all-media-operations": func() any { return new(CancelAllMediaOperationsRequest) },
}

var goldenResponses = wiretest.Types{
	"connection":          func() any { return new(ConnectionResult) },
	"call":                func() any { return new(CallConnectionProperties) },
	"operation":           func() any { return new(OperationResult) },
	"add-participant":     func() any { return new(AddParticipantResult) },
	"participant":         func() any { return new(CallParticipant) },
	"participants":        func() any { return new(CallParticipants) },
	"audio-group-created": func() any { return new(CreateAudioGroupResult) },
	"audio-group":         func() any { return new(AudioGroupResult) },
	"recording-started":   func() any { return new(StartCallRecordingResult) },
	"recording":           func() any { return new(CallRecordingProperties) },
	"error":               func() any { return new(wire.ErrorBody) },
}

var goldenEvents = wiretest.Types{
	"CallConnectionStateChanged": func() any { return new(CallConnectionStateChanged) },
	"DtmfReceived":               func() any { return new(ToneReceived) },
	"ToneReceived":               func() any { return new(ToneReceived) },
	"PlayAudioResult":            func() any { return new(OperationEnded) },
	"AddParticipantResult":       func() any { return new(OperationEnded) },
	"TransferCallResult":         func() any { return new(OperationEnded) },
	"ParticipantsUpdated":        func() any { return new(ParticipantsUpdated) },
	"CallRecordingStateChanged":  func() any { return new(CallRecordingStateChanged) },
}

func TestRequestsSurviveDecodingAndEncoding(t *testing.T) {
	wiretest.Golden(t, "preview2021/requests", goldenRequests)
}

func TestResponsesSurviveDecodingAndEncoding(t *testing.T) {
	wiretest.Golden(t, "preview2021/responses", goldenResponses)
}

func TestEventsSurviveDecodingAndEncoding(t *testing.T) {
	wiretest.GoldenEvents(t, "preview2021/events", goldenEvents)
}

func TestAnEventIsAboutItsConnectionOrItsCall(t *testing.T) {
	const connection, server = "6f0d2c8e-94c4-4f0b-8a5b-0b3f2f4a6d55", "aHR0cHM6Ly9jb252LnN0cm93Z2VyLmludmFsaWQvY29udi9h"
	for path, e := range wiretest.Callbacks(t, "preview2021/events") {
		if about := Subject(connection, server, e.Type); e.Subject != about && e.Subject != Subject("", server, e.Type) {
			t.Errorf("%s is about %s, want %s or the call in its place", path, e.Subject, about)
		}
	}
}

func TestEveryFieldOfEveryRequestHasABound(t *testing.T) { wiretest.Bounded(t, goldenRequests) }

func FuzzRequests(f *testing.F) { wiretest.FuzzRequests(f, "preview2021/requests", goldenRequests) }
