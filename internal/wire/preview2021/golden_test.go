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

func TestRequestsSurviveDecodingAndEncoding(t *testing.T) {
	wiretest.Golden(t, "preview2021/requests", goldenRequests)
}

func TestResponsesSurviveDecodingAndEncoding(t *testing.T) {
	wiretest.Golden(t, "preview2021/responses", goldenResponses)
}

func TestEveryFieldOfEveryRequestHasABound(t *testing.T) { wiretest.Bounded(t, goldenRequests) }

func FuzzRequests(f *testing.F) { wiretest.FuzzRequests(f, "preview2021/requests", goldenRequests) }
