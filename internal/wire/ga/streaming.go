package ga

// TransportWebSocket is the only published transport of streamed audio and words.
const TransportWebSocket = "websocket"

// Published values of MediaStreamingOptions.
const (
	StreamAudio   = "audio" // the only content
	StreamMixed   = "mixed"
	StreamUnmixed = "unmixed"
	StreamPCM16K  = "pcm16KMono"
	StreamPCM24K  = "pcm24KMono"
)

// MediaStreamingOptions asks for the call's audio over a WebSocket. It looks the
// same in all versions, though 2024-11-15-preview describes it without subtypes.
type MediaStreamingOptions struct {
	TransportType       string `json:"transportType" max:"64"`
	AudioChannelType    string `json:"audioChannelType" max:"64"`
	TransportURL        string `json:"transportUrl,omitempty" max:"4096"`
	ContentType         string `json:"contentType,omitempty" max:"64"`
	StartMediaStreaming bool   `json:"startMediaStreaming,omitempty"`
	EnableBidirectional bool   `json:"enableBidirectional,omitempty"`
	AudioFormat         string `json:"audioFormat,omitempty" max:"64"`
	EnableDTMFTones     bool   `json:"enableDtmfTones,omitempty"`
}

// StartMediaStreamingRequest is POST
// /calling/callConnections/{id}:startMediaStreaming, answered 202 and empty.
type StartMediaStreamingRequest struct {
	OperationContext     string `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string `json:"operationCallbackUri,omitempty" max:"4096"`
}

// StopMediaStreamingRequest is POST
// /calling/callConnections/{id}:stopMediaStreaming, answered 202 and empty.
type StopMediaStreamingRequest struct {
	OperationContext     string `json:"operationContext,omitempty" max:"4096"`
	OperationCallbackURI string `json:"operationCallbackUri,omitempty" max:"4096"`
}

// MediaStreamingSubscription is the stream of a connection.
type MediaStreamingSubscription struct {
	ID                     string   `json:"id"`
	State                  string   `json:"state"`
	SubscribedContentTypes []string `json:"subscribedContentTypes"`
}

// Published states of a stream or a transcription of a connection.
const (
	SubscriptionDisabled = "disabled"
	SubscriptionInactive = "inactive"
	SubscriptionActive   = "active"
)

// MediaStreamingUpdate says how a stream is doing.
type MediaStreamingUpdate struct {
	ContentType            string `json:"contentType"` // StreamedAudio
	StreamingStatus        string `json:"mediaStreamingStatus"`
	StreamingStatusDetails string `json:"mediaStreamingStatusDetails"`
}

// StreamedAudio is what events call the content of a stream.
const StreamedAudio = "Audio"

// Published values of MediaStreamingUpdate.StreamingStatus.
const (
	StreamingIsStarted = "mediaStreamingStarted"
	StreamingIsStopped = "mediaStreamingStopped"
	StreamingHasFailed = "mediaStreamingFailed"
)

// Published values of MediaStreamingUpdate.StreamingStatusDetails and
// TranscriptionUpdate.TranscriptionStatusDetails.
const (
	SubscriptionStarted           = "subscriptionStarted"
	SubscriptionStopped           = "subscriptionStopped"
	StreamConnectionReestablished = "streamConnectionReestablished"
	StreamConnectionInterrupted   = "streamConnectionInterrupted"
	StreamConnectionUnsuccessful  = "streamConnectionUnsuccessful"
	InitialWebSocketFailed        = "initialWebSocketConnectionFailed"
	StreamAuthenticationFailure   = "authenticationFailure"
	StreamForbidden               = "forbidden"
	StreamTooManyRequests         = "tooManyRequests"
	StreamBadRequest              = "badRequest"
	StreamServiceShutdown         = "serviceShutdown"
	StreamServiceTimeout          = "serviceTimeout"
	SpeechServicesConnectionError = "speechServicesConnectionError"
	TranscriptionLocaleUpdated    = "transcriptionLocaleUpdated" // of transcriptions alone
)

// MediaStreamingEvent says that a stream started, stopped or failed.
type MediaStreamingEvent struct {
	EventData
	Update MediaStreamingUpdate `json:"mediaStreamingUpdate"`
}

// Types of the events of streamed audio.
const (
	TypeMediaStreamingStarted = typePrefix + "MediaStreamingStarted"
	TypeMediaStreamingStopped = typePrefix + "MediaStreamingStopped"
	TypeMediaStreamingFailed  = typePrefix + "MediaStreamingFailed"
)
