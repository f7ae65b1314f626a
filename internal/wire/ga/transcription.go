package ga

// TranscriptionOptions asks for the call's words over a WebSocket. Until
// 2024-11-15-preview the model was named speechRecognitionModelEndpointId.
type TranscriptionOptions struct {
	TransportType                    string `json:"transportType" max:"64"`
	Locale                           string `json:"locale,omitempty" max:"64"`
	TransportURL                     string `json:"transportUrl,omitempty" max:"4096"`
	SpeechModelEndpointID            string `json:"speechModelEndpointId,omitempty" max:"256"`
	SpeechRecognitionModelEndpointID string `json:"speechRecognitionModelEndpointId,omitempty" max:"256"`
	StartTranscription               bool   `json:"startTranscription,omitempty"`
	EnableIntermediateResults        bool   `json:"enableIntermediateResults,omitempty"`

	// Of 2025-08-15-preview alone.
	Locales                 []string              `json:"locales,omitempty" max:"16,64"`
	EnableSentimentAnalysis bool                  `json:"enableSentimentAnalysis,omitempty"`
	PIIRedactionOptions     *PIIRedactionOptions  `json:"piiRedactionOptions,omitempty"`
	SummarizationOptions    *SummarizationOptions `json:"summarizationOptions,omitempty"`
}

// MaskWithCharacter is the only published type of redaction.
const MaskWithCharacter = "maskWithCharacter"

// PIIRedactionOptions hides personal data in words.
type PIIRedactionOptions struct {
	Enable        bool   `json:"enable,omitempty"`
	RedactionType string `json:"redactionType,omitempty" max:"64"`
}

// SummarizationOptions asks for a summary of the words.
type SummarizationOptions struct {
	EnableEndCallSummary bool   `json:"enableEndCallSummary,omitempty"`
	Locale               string `json:"locale,omitempty" max:"64"`
}

// StartTranscriptionRequest is POST
// /calling/callConnections/{id}:startTranscription, answered 202 and empty. An
// absent locale means that of the call's TranscriptionOptions.
type StartTranscriptionRequest struct {
	Locale                string `json:"locale,omitempty" max:"64"`
	SpeechModelEndpointID string `json:"speechModelEndpointId,omitempty" max:"256"`
	OperationContext      string `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI  string `json:"operationCallbackUri,omitempty" max:"4096"`

	// Of 2025-08-15-preview alone.
	Locales                 []string              `json:"locales,omitempty" max:"16,64"`
	EnableSentimentAnalysis bool                  `json:"enableSentimentAnalysis,omitempty"`
	PIIRedactionOptions     *PIIRedactionOptions  `json:"piiRedactionOptions,omitempty"`
	SummarizationOptions    *SummarizationOptions `json:"summarizationOptions,omitempty"`
}

// UpdateTranscriptionRequest is POST
// /calling/callConnections/{id}:updateTranscription, answered 202 and empty.
type UpdateTranscriptionRequest struct {
	Locale                string `json:"locale,omitempty" max:"64"`
	SpeechModelEndpointID string `json:"speechModelEndpointId,omitempty" max:"256"`
	OperationContext      string `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI  string `json:"operationCallbackUri,omitempty" max:"4096"`

	// Of 2025-08-15-preview alone.
	EnableSentimentAnalysis bool                  `json:"enableSentimentAnalysis,omitempty"`
	PIIRedactionOptions     *PIIRedactionOptions  `json:"piiRedactionOptions,omitempty"`
	SummarizationOptions    *SummarizationOptions `json:"summarizationOptions,omitempty"`
}

// StopTranscriptionRequest is POST
// /calling/callConnections/{id}:stopTranscription, answered 202 and empty.
type StopTranscriptionRequest struct {
	OperationContext     string `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string `json:"operationCallbackUri,omitempty" max:"4096"`
}

// TranscriptionSubscription is the transcription of a connection.
type TranscriptionSubscription struct {
	ID                    string   `json:"id"`
	State                 string   `json:"state"`
	SubscribedResultTypes []string `json:"subscribedResultTypes"`
	Locale                string   `json:"locale"`
}

// Published values of TranscriptionSubscription.SubscribedResultTypes.
const (
	TranscriptionFinal        = "final"
	TranscriptionIntermediate = "intermediate"
)

// TranscriptionUpdate says how a transcription is doing.
type TranscriptionUpdate struct {
	TranscriptionStatus        string `json:"transcriptionStatus"`
	TranscriptionStatusDetails string `json:"transcriptionStatusDetails"`
}

// Published values of TranscriptionUpdate.TranscriptionStatus.
const (
	TranscriptionIsStarted = "transcriptionStarted"
	TranscriptionIsResumed = "transcriptionResumed"
	TranscriptionIsUpdated = "transcriptionUpdated"
	TranscriptionIsStopped = "transcriptionStopped"
	TranscriptionHasFailed = "transcriptionFailed"
)

// TranscriptionEvent says that a transcription started, was updated, stopped or failed.
type TranscriptionEvent struct {
	EventData
	Update TranscriptionUpdate `json:"transcriptionUpdate"`
}

// Types of the events of transcriptions.
const (
	TypeTranscriptionStarted = typePrefix + "TranscriptionStarted"
	TypeTranscriptionStopped = typePrefix + "TranscriptionStopped"
	TypeTranscriptionUpdated = typePrefix + "TranscriptionUpdated"
	TypeTranscriptionFailed  = typePrefix + "TranscriptionFailed"
)
