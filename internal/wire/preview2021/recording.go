package preview2021

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
