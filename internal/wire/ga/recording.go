package ga

import "strowger/internal/wire"

// Published values of ExternalStorage.
const (
	StoreHere = "azureCommunicationServices"
	StoreBlob = "azureBlobStorage"
)

// StartRecordingRequest is POST /calling/recordings, answered 200 with the
// recording's state. Exactly one of callLocator and callConnectionId (from
// 2025-06-15 on) names the call.
type StartRecordingRequest struct {
	CallLocator                     *CallLocator      `json:"callLocator,omitempty"`
	CallConnectionID                string            `json:"callConnectionId,omitempty" max:"256"`
	RecordingStateCallbackURI       string            `json:"recordingStateCallbackUri,omitempty" max:"4096"`
	RecordingContentType            string            `json:"recordingContentType,omitempty" max:"64"`
	RecordingChannelType            string            `json:"recordingChannelType,omitempty" max:"64"`
	RecordingFormatType             string            `json:"recordingFormatType,omitempty" max:"64"`
	AudioChannelParticipantOrdering []wire.Identifier `json:"audioChannelParticipantOrdering,omitempty" max:"5"`
	ChannelAffinity                 []ChannelAffinity `json:"channelAffinity,omitempty" max:"5"`
	PauseOnStart                    bool              `json:"pauseOnStart,omitempty"`
	ExternalStorage                 *ExternalStorage  `json:"externalStorage,omitempty"`
}

// ChannelAffinity says whose voice a channel of an unmixed recording is for.
type ChannelAffinity struct {
	Channel     *int            `json:"channel,omitempty"`
	Participant wire.Identifier `json:"participant"`
}

// ExternalStorage says where a recording is put.
type ExternalStorage struct {
	RecordingStorageKind             string `json:"recordingStorageKind" max:"64"`
	RecordingDestinationContainerURL string `json:"recordingDestinationContainerUrl,omitempty" max:"4096"`
}

// Types of the events of recordings.
const (
	TypeRecordingStateChanged = typePrefix + "RecordingStateChanged"
	TypeStartRecordingFailed  = typePrefix + "StartRecordingFailed"
)

// RecordingState is whether a recording records now.
type RecordingState string

// The published states and kinds.
const (
	RecordingActive   RecordingState = "active"
	RecordingInactive RecordingState = "inactive"

	RecordingKind = StoreHere
)

// RecordingStateResponse is what all operations on recordings but stop answer.
type RecordingStateResponse struct {
	RecordingGUID  string         `json:"recordingId"`
	RecordingState RecordingState `json:"recordingState"`
	RecordingKind  string         `json:"recordingKind"`
}

// RecordingSubject is the source and subject of a recording's events.
func RecordingSubject(serverCallID, recordingID, kind string) string {
	return "calling/recordings/" + serverCallID + "/" + recordingID + "/" + kind[len(typePrefix):]
}

// RecordingStateChanged says that a recording records from now on, or does not. Its
// callConnectionId is the recorder's own.
type RecordingStateChanged struct {
	EventData
	RecordingGUID string         `json:"recordingId"`
	State         RecordingState `json:"state"`
	StartDateTime wire.Time      `json:"startDateTime"` // 0001-01-01 before it has begun
	RecordingKind string         `json:"recordingKind"`
}

// StartRecordingFailed says why nothing is recorded.
type StartRecordingFailed struct {
	EventData
	RecordingGUID string `json:"recordingId"`
}
