package ga

import (
	"net/url"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// setup is what createCall, answer and connect may ask for beside the call.
type setup struct {
	intelligence  *ga.CallIntelligenceOptions
	streaming     *ga.MediaStreamingOptions
	transcription *ga.TranscriptionOptions
}

// readSetup reads it, and says what stream and what transcript the call is to be set up
// with.
func (f family) readSetup(s setup) (*call.StreamSpec, *call.TranscriptSpec, error) {
	if err := checkIntelligence(s.intelligence); err != nil {
		return nil, nil, api.Within("callIntelligenceOptions", err)
	}
	stream, err := f.readStreaming(s.streaming)
	if err != nil {
		return nil, nil, api.Within("mediaStreamingOptions", err)
	}
	transcript, err := f.readTranscription(s.transcription)
	return stream, transcript, api.Within("transcriptionOptions", err)
}

// checkIntelligence: the endpoint of a speech service is read and not used. What
// needs one says that there is none.
func checkIntelligence(in *ga.CallIntelligenceOptions) error {
	if in == nil || in.CognitiveServicesEndpoint == "" {
		return nil
	}
	if u, err := url.Parse(in.CognitiveServicesEndpoint); err != nil || u.Scheme != "https" || u.Hostname() == "" {
		return wire.Fieldf("cognitiveServicesEndpoint", "is not an absolute https URI")
	}
	return nil
}
