package preview2021

import "strowger/internal/wire"

// StartCallRecordingRequest is POST
// /calling/serverCalls/{serverCallId}/recordings, and /calling/recordings with a
// callLocator, answered 200 with StartCallRecordingResult.
type StartCallRecordingRequest struct {
	CallLocator               *CallLocator `json:"callLocator,omitempty"`
	RecordingStateCallbackURI string       `json:"recordingStateCallbackUri,omitempty" max:"4096"`

	// From 2021-08-30-preview on.
	RecordingContentType string `json:"recordingContentType,omitempty" max:"64"`
	RecordingChannelType string `json:"recordingChannelType,omitempty" max:"64"`
	RecordingFormatType  string `json:"recordingFormatType,omitempty" max:"64"`
}

// StartCallRecordingResult names the recording in paths and events.
type StartCallRecordingResult struct {
	RecordingID string `json:"recordingId"`
}

// RecordingState is whether a recording records now.
type RecordingState string

// The published states.
const (
	RecordingActive   RecordingState = "active"
	RecordingInactive RecordingState = "inactive"
)

// CallRecordingProperties answers the question for a recording.
type CallRecordingProperties struct {
	RecordingState RecordingState `json:"recordingState"`
}

// TypeCallRecordingStateChanged is the type of CallRecordingStateChanged.
const TypeCallRecordingStateChanged = typePrefix + "CallRecordingStateChanged"

// CallRecordingStateChanged says that a recording records from now on, or does not.
type CallRecordingStateChanged struct {
	RecordingID        string         `json:"recordingId"`
	State              RecordingState `json:"state,omitempty"`              // until 2021-08-30-preview
	CallRecordingState RecordingState `json:"callRecordingState,omitempty"` // from 2021-11-15-preview on
	StartDateTime      wire.Time      `json:"startDateTime"`                // 0001-01-01 before it has begun
	ServerCallID       string         `json:"serverCallId,omitempty"`       // until 2021-08-30-preview
	CallLocator        *CallLocator   `json:"callLocator,omitempty"`        // from 2021-11-15-preview on
}
