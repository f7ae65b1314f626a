package ga

import (
	"testing"

	"strowger/internal/wire"
	"strowger/internal/wire/wiretest"
)

// goldenRequests maps a fixture's first words to the request that it is.
var goldenRequests = wiretest.Types{
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

var goldenResponses = wiretest.Types{
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

var goldenEvents = wiretest.Types{
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
	"AnsweringMachineDetected":              func() any { return new(AnsweringMachineDetected) },
	"MachineGreetingEnded":                  func() any { return new(MachineGreetingEnded) },
	"MoveParticipantSucceeded":              func() any { return new(MoveParticipantSucceeded) },
	"MoveParticipantFailed":                 func() any { return new(MoveParticipantFailed) },
}

func TestRequestsSurviveDecodingAndEncoding(t *testing.T) {
	wiretest.Golden(t, "ga/requests", goldenRequests)
}

func TestResponsesSurviveDecodingAndEncoding(t *testing.T) {
	wiretest.Golden(t, "ga/responses", goldenResponses)
}

func TestEventsSurviveDecodingAndEncoding(t *testing.T) {
	wiretest.GoldenEvents(t, "ga/events", goldenEvents)
}

func TestAnEventSaysItsTypeTwice(t *testing.T) {
	for path, e := range wiretest.Callbacks(t, "ga/events") {
		var data EventData
		if err := wire.Decode(e.Data, &data); err != nil {
			t.Fatal(err)
		}
		if data.PublicEventType != e.Type || e.Subject != ConnectionSubject(data.CallConnectionID) {
			t.Errorf("%s: type %q, publicEventType %q, subject %q", path, e.Type, data.PublicEventType, e.Subject)
		}
	}
}

func FuzzRequests(f *testing.F) { wiretest.FuzzRequests(f, "ga/requests", goldenRequests) }
