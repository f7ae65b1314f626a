package eventgrid

import "strowger/internal/wire"

// TypeRecordingFileStatusUpdated is the type of the event that says where a recording is.
const TypeRecordingFileStatusUpdated = typePrefix + "RecordingFileStatusUpdated"

// RecordingFileStatusUpdated says that the files of a recording can be fetched.
type RecordingFileStatusUpdated struct {
	RecordingStorageInfo RecordingStorageInfo `json:"recordingStorageInfo"`
	RecordingStartTime   wire.Time            `json:"recordingStartTime"`
	RecordingDurationMs  int64                `json:"recordingDurationMs"`
	RecordingContentType string               `json:"recordingContentType"` // Audio or AudioVideo
	RecordingChannelType string               `json:"recordingChannelType"` // Mixed or Unmixed
	RecordingFormatType  string               `json:"recordingFormatType"`  // Wav, Mp3 or Mp4
	SessionEndReason     SessionEndReason     `json:"sessionEndReason"`
}

// RecordingStorageInfo is the files of a recording, in order.
type RecordingStorageInfo struct {
	RecordingChunks []RecordingChunk `json:"recordingChunks"`
}

// RecordingChunk is one file: where its content and its metadata are, and where both
// are deleted.
type RecordingChunk struct {
	DocumentID       string         `json:"documentId"`
	Index            int            `json:"index"`
	EndReason        ChunkEndReason `json:"endReason"`
	ContentLocation  string         `json:"contentLocation"`
	MetadataLocation string         `json:"metadataLocation"`
	DeleteLocation   string         `json:"deleteLocation"`
}

// ChunkEndReason is why a recording went on in another file, or ended.
type ChunkEndReason string

// The published reasons that occur here.
const (
	ChunkSessionEnded ChunkEndReason = "SessionEnded"
	ChunkMaximumSize  ChunkEndReason = "ChunkMaximumSizeExceeded"
	ChunkMaximumTime  ChunkEndReason = "ChunkMaximumTimeExceeded"
	ChunkUpload       ChunkEndReason = "ChunkUploadFailure" // to the application's own container
)

// SessionEndReason is why a recording ended.
type SessionEndReason string

// The published reasons that occur here.
const (
	SessionCallEnded     SessionEndReason = "CallEnded"
	SessionInitiatorLeft SessionEndReason = "InitiatorLeft" // it was stopped
	SessionFailed        SessionEndReason = "AudioStreamFailure"
)

// RecordingSubject is the subject of a recording's event.
func RecordingSubject(callID, serverCallID, recordingID string) string {
	return "/recording/call/" + callID + "/serverCallId/" + serverCallID + "/recordingId/" + recordingID
}
