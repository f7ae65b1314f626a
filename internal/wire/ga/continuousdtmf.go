package ga

import "strowger/internal/wire"

// ContinuousDTMFRequest is POST
// /calling/callConnections/{id}:startContinuousDtmfRecognition and
// :stopContinuousDtmfRecognition, answered 200 and empty.
type ContinuousDTMFRequest struct {
	TargetParticipant    wire.Identifier `json:"targetParticipant"`
	OperationContext     string          `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string          `json:"operationCallbackUri,omitempty" max:"4096"`
}

// Types of the events of tones that are listened to.
const (
	TypeContinuousDTMFToneReceived = typePrefix + "ContinuousDtmfRecognitionToneReceived"
	TypeContinuousDTMFToneFailed   = typePrefix + "ContinuousDtmfRecognitionToneFailed"
	TypeContinuousDTMFStopped      = typePrefix + "ContinuousDtmfRecognitionStopped"
)

// ContinuousDTMFToneReceived carries one tone; the sequence rises.
type ContinuousDTMFToneReceived struct {
	EventData
	SequenceID int  `json:"sequenceId"`
	Tone       Tone `json:"tone"`
}

// ContinuousDTMFToneFailed says why tones are not heard.
type ContinuousDTMFToneFailed struct{ EventData }

// ContinuousDTMFStopped says that no more tones follow.
type ContinuousDTMFStopped struct{ EventData }
