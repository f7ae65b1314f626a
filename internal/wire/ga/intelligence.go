package ga

// CallIntelligenceOptions names the speech service of a call.
type CallIntelligenceOptions struct {
	CognitiveServicesEndpoint string `json:"cognitiveServicesEndpoint,omitempty"`
}

// MediaStreamingOptions asks for the call's audio over a WebSocket.
type MediaStreamingOptions struct {
	TransportType       string `json:"transportType"`
	AudioChannelType    string `json:"audioChannelType"`
	TransportURL        string `json:"transportUrl,omitempty"`
	ContentType         string `json:"contentType,omitempty"`
	StartMediaStreaming bool   `json:"startMediaStreaming,omitempty"`
	EnableBidirectional bool   `json:"enableBidirectional,omitempty"`
	AudioFormat         string `json:"audioFormat,omitempty"`
	EnableDTMFTones     bool   `json:"enableDtmfTones,omitempty"`
}

// TranscriptionOptions asks for the call's words over a WebSocket. Until
// 2024-11-15-preview the model was named speechRecognitionModelEndpointId.
type TranscriptionOptions struct {
	TransportType                    string `json:"transportType"`
	Locale                           string `json:"locale"`
	TransportURL                     string `json:"transportUrl,omitempty"`
	SpeechModelEndpointID            string `json:"speechModelEndpointId,omitempty"`
	SpeechRecognitionModelEndpointID string `json:"speechRecognitionModelEndpointId,omitempty"`
	StartTranscription               bool   `json:"startTranscription,omitempty"`
	EnableIntermediateResults        bool   `json:"enableIntermediateResults,omitempty"`
}
