package ga

// CallIntelligenceOptions names the speech service of a call.
type CallIntelligenceOptions struct {
	CognitiveServicesEndpoint string `json:"cognitiveServicesEndpoint,omitempty" max:"4096"`
}

// MediaStreamingOptions asks for the call's audio over a WebSocket.
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

// TranscriptionOptions asks for the call's words over a WebSocket. Until
// 2024-11-15-preview the model was named speechRecognitionModelEndpointId.
type TranscriptionOptions struct {
	TransportType                    string `json:"transportType" max:"64"`
	Locale                           string `json:"locale" max:"64"`
	TransportURL                     string `json:"transportUrl,omitempty" max:"4096"`
	SpeechModelEndpointID            string `json:"speechModelEndpointId,omitempty" max:"256"`
	SpeechRecognitionModelEndpointID string `json:"speechRecognitionModelEndpointId,omitempty" max:"256"`
	StartTranscription               bool   `json:"startTranscription,omitempty"`
	EnableIntermediateResults        bool   `json:"enableIntermediateResults,omitempty"`
}
