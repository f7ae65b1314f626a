package ga

import (
	"strowger/internal/api"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// checkStreaming holds what a call is set up with to what is published.
func (f family) checkStreaming(in *ga.MediaStreamingOptions) error {
	if in == nil {
		return nil
	}
	if err := api.OneOf("transportType", in.TransportType, api.Needed, ga.TransportWebSocket); err != nil {
		return err
	}
	if err := api.OneOf("audioChannelType", in.AudioChannelType, api.Needed, ga.StreamMixed, ga.StreamUnmixed); err != nil {
		return err
	}
	if err := api.OneOf("contentType", in.ContentType, api.Optional, ga.StreamAudio); err != nil {
		return err
	}
	if err := api.OneOf("audioFormat", in.AudioFormat, api.Optional, ga.StreamPCM16K, ga.StreamPCM24K); err != nil {
		return err
	}
	return f.socket(in.TransportURL, in.StartMediaStreaming)
}

// socket checks the WebSocket that audio or words go to. What begins with the
// call has to have one.
func (f family) socket(uri string, atOnce bool) error {
	switch {
	case uri == "" && atOnce:
		return wire.Fieldf("transportUrl", "is missing; what begins with the call needs it")
	case uri == "":
		return nil
	}
	if err := f.CheckSocket(uri); err != nil {
		return wire.Fieldf("transportUrl", "%v", err)
	}
	return nil
}

func (f family) checkStartStreaming(in ga.StartMediaStreamingRequest) error {
	_, err := f.operation(in.OperationContext, in.OperationCallbackURI)
	return err
}

func (f family) checkStopStreaming(in ga.StopMediaStreamingRequest) error {
	_, err := f.operation(in.OperationContext, in.OperationCallbackURI)
	return err
}

// noStreaming: no call is set up for it here, as createCall, answer and connect
// refuse to.
var noStreaming = &api.Refusal{Code: unconfigured, Reason: "Media streaming was not set up with this call: this server does not stream media."}
