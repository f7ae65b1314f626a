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

// Types of the events of streamed audio.
const (
	TypeMediaStreamingStarted = typePrefix + "MediaStreamingStarted"
	TypeMediaStreamingStopped = typePrefix + "MediaStreamingStopped"
	TypeMediaStreamingFailed  = typePrefix + "MediaStreamingFailed"
)
