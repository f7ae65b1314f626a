package ga

// CallIntelligenceOptions names the speech service of a call.
type CallIntelligenceOptions struct {
	CognitiveServicesEndpoint string `json:"cognitiveServicesEndpoint,omitempty" max:"4096"`
}
