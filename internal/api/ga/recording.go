package ga

import (
	"context"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// recordingChannels is how many channels an unmixed recording has.
const recordingChannels = 5

// startRecording holds the request to what is published, and finds its call.
func (f family) startRecording(ctx context.Context, r *api.Request, in ga.StartRecordingRequest) (api.Response, error) {
	where, connection, err := recorded(in)
	if err != nil {
		return api.Response{}, err
	}
	if err := f.checkRecording(in); err != nil {
		return api.Response{}, err
	}
	state, err := r.Look(ctx, where.Key)
	if err == nil && where.Call != "" && where.Call != state.ID {
		err = call.NoCall()
	}
	if err == nil {
		err = state.Takes(connection)
	}
	if err != nil {
		return api.Response{}, err
	}
	return api.Response{Call: state.ID}, notConfigured("", "No recording is configured on this server.")
}

// recorded is the call that is to be recorded, named in exactly one way.
func recorded(in ga.StartRecordingRequest) (api.Order, call.ConnectionID, error) {
	switch {
	case in.CallLocator != nil && in.CallConnectionID != "":
		return api.Order{}, "", wire.Fieldf("callConnectionId", "names a call, and so does callLocator; exactly one of them is needed")
	case in.CallLocator != nil:
		o, err := located(*in.CallLocator)
		return o, "", within("callLocator", err)
	case in.CallConnectionID != "":
		id := call.ConnectionID(in.CallConnectionID)
		return api.Order{Key: id.Key()}, id, nil
	}
	return api.Order{}, "", wire.Fieldf("callLocator", "is missing; it or callConnectionId is needed")
}

func (f family) checkRecording(in ga.StartRecordingRequest) error {
	if in.RecordingStateCallbackURI != "" {
		if err := f.CheckHTTP(in.RecordingStateCallbackURI); err != nil {
			return wire.Fieldf("recordingStateCallbackUri", "the RecordingStateCallbackUri field is invalid: %v", err)
		}
	}
	if err := checkRecordingForm(in); err != nil {
		return err
	}
	if _, err := addresses("audioChannelParticipantOrdering", in.AudioChannelParticipantOrdering); err != nil {
		return err
	}
	if err := checkAffinity(in.ChannelAffinity); err != nil {
		return within("channelAffinity", err)
	}
	return within("externalStorage", f.checkStorage(in.ExternalStorage))
}

// checkRecordingForm: each kind of recording has its formats. What is left out
// goes with what is there.
func checkRecordingForm(in ga.StartRecordingRequest) error {
	if err := oneOf("recordingContentType", in.RecordingContentType, optional, ga.RecordAudio, ga.RecordAudioVideo); err != nil {
		return err
	}
	if err := oneOf("recordingChannelType", in.RecordingChannelType, optional, ga.RecordMixed, ga.RecordUnmixed); err != nil {
		return err
	}
	if err := oneOf("recordingFormatType", in.RecordingFormatType, optional, ga.RecordWAV, ga.RecordMP3, ga.RecordMP4); err != nil {
		return err
	}
	video := strings.EqualFold(in.RecordingContentType, ga.RecordAudioVideo)
	audio := strings.EqualFold(in.RecordingContentType, ga.RecordAudio)
	unmixed := strings.EqualFold(in.RecordingChannelType, ga.RecordUnmixed)
	format := strings.ToLower(in.RecordingFormatType)
	switch {
	case video && unmixed:
		return wire.Fieldf("recordingChannelType", "a recording with video is mixed")
	case video && (format == ga.RecordWAV || format == ga.RecordMP3):
		return wire.Fieldf("recordingFormatType", "a recording with video is mp4")
	case unmixed && (format == ga.RecordMP3 || format == ga.RecordMP4):
		return wire.Fieldf("recordingFormatType", "an unmixed recording is wav")
	case audio && format == ga.RecordMP4:
		return wire.Fieldf("recordingFormatType", "a mixed recording of audio is wav or mp3")
	}
	return nil
}

func checkAffinity(channels []ga.ChannelAffinity) error {
	taken := map[int]bool{}
	for i, a := range channels {
		at := indexed("", i)
		channel, err := between(at+".channel", a.Channel, 0, recordingChannels-1, 0)
		if err != nil {
			return err
		}
		if a.Channel != nil && taken[channel] {
			return wire.Fieldf(at+".channel", "%d is another participant's already", channel)
		}
		taken[channel] = taken[channel] || a.Channel != nil
		if _, err := address(at+".participant", a.Participant); err != nil {
			return err
		}
	}
	return nil
}

func (f family) checkStorage(in *ga.ExternalStorage) error {
	if in == nil {
		return nil
	}
	if err := oneOf("recordingStorageKind", in.RecordingStorageKind, needed, ga.StoreHere, ga.StoreBlob); err != nil {
		return err
	}
	if strings.EqualFold(in.RecordingStorageKind, ga.StoreHere) {
		return nil
	}
	if in.RecordingDestinationContainerURL == "" {
		return wire.Fieldf("recordingDestinationContainerUrl", "is missing; %s needs it", ga.StoreBlob)
	}
	if err := f.CheckHTTP(in.RecordingDestinationContainerURL); err != nil {
		return wire.Fieldf("recordingDestinationContainerUrl", "%v", err)
	}
	return nil
}

// noRecording answers for a recording, of which there are none.
func noRecording(context.Context, *api.Request) (api.Response, error) {
	return api.Response{}, &call.Error{Kind: call.NotFound, Reason: "Recording not found."}
}
