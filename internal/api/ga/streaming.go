package ga

import (
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// readStreaming holds what a call is set up with to what is published; nil when it is
// set up without a stream.
func (f family) readStreaming(in *ga.MediaStreamingOptions) (*call.StreamSpec, error) {
	if in == nil {
		return nil, nil
	}
	if err := f.checkStreaming(*in); err != nil {
		return nil, err
	}
	spec := &call.StreamSpec{
		URL: in.TransportURL, Unmixed: strings.EqualFold(in.AudioChannelType, ga.StreamUnmixed), RateHz: 16000,
		Tones: in.EnableDTMFTones, Bidirectional: in.EnableBidirectional, AtOnce: in.StartMediaStreaming,
	}
	if strings.EqualFold(in.AudioFormat, ga.StreamPCM24K) {
		spec.RateHz = 24000
	}
	return spec, nil
}

func (f family) checkStreaming(in ga.MediaStreamingOptions) error {
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

func (f family) readStartStreaming(r *api.Request, in ga.StartMediaStreamingRequest) (call.StartStreaming, error) {
	op, err := f.operation(in.OperationContext, in.OperationCallbackURI)
	return call.StartStreaming{Connection: r.Connection(), Operation: op}, err
}

func (f family) readStopStreaming(r *api.Request, in ga.StopMediaStreamingRequest) (call.StopStreaming, error) {
	op, err := f.operation(in.OperationContext, in.OperationCallbackURI)
	return call.StopStreaming{Connection: r.Connection(), Operation: op}, err
}
