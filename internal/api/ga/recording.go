package ga

import (
	"context"
	"errors"
	"slices"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func (f family) readStartRecording(r *api.Request, in ga.StartRecordingRequest) (o api.Order, err error) {
	o, connection, err := recorded(in)
	if err != nil {
		return o, err
	}
	cmd := call.StartRecording{
		Repeatable: r.Repeatable, Call: o.Call, Connection: connection, Paused: in.PauseOnStart,
		App: call.Application{CallbackURI: in.RecordingStateCallbackURI, Version: r.Version},
	}
	if err := f.checkRecording(in); err != nil {
		return o, err
	}
	if cmd.Spec, err = recordingSpec(in); err != nil {
		return o, err
	}
	o.Command = cmd
	o.Lacking = f.cannotRecord(cmd.Spec)
	return o, nil
}

// cannotRecord is what is not installed for a recording, if so.
func (f family) cannotRecord(spec call.RecordingSpec) *api.Refusal {
	if err := f.CheckRecording(spec.Format); err != nil {
		return notConfigured("recordingFormatType", err.Error())
	}
	return nil
}

// recordingSpec: what is left out goes with what is there; with nothing it is a
// mixed MP4, as published.
func recordingSpec(in ga.StartRecordingRequest) (spec call.RecordingSpec, err error) {
	spec.Unmixed = strings.EqualFold(in.RecordingChannelType, ga.RecordUnmixed)
	spec.Format = call.RecordingFormat(strings.ToLower(in.RecordingFormatType))
	spec.Video = !strings.EqualFold(in.RecordingContentType, ga.RecordAudio)
	switch {
	case in.RecordingContentType == "" && (spec.Unmixed || spec.Format == call.WAV || spec.Format == call.MP3):
		spec.Video = false
	case spec.Format == call.MP4:
		spec.Video = true
	}
	if spec.Format == "" {
		spec.Format = call.WAV
		if spec.Video {
			spec.Format = call.MP4
		}
	}
	if in.ExternalStorage != nil && strings.EqualFold(in.ExternalStorage.RecordingStorageKind, ga.StoreBlob) {
		spec.Container = in.ExternalStorage.RecordingDestinationContainerURL
	}
	if !spec.Unmixed || len(in.ChannelAffinity)+len(in.AudioChannelParticipantOrdering) == 0 {
		return spec, nil
	}
	spec.Channels, err = keptChannels(in)
	return spec, err
}

// keptChannels is whom channels are for: those with an affinity first, and the others
// of the ordering on the lowest channels that are left.
func keptChannels(in ga.StartRecordingRequest) ([]call.Address, error) {
	channels := make([]call.Address, call.RecordingChannels)
	for i, a := range in.ChannelAffinity {
		who, err := address(indexed("channelAffinity", i)+".participant", a.Participant)
		if err != nil {
			return nil, err
		}
		if a.Channel != nil {
			channels[*a.Channel] = who
		}
	}
	ordered, err := addresses("audioChannelParticipantOrdering", in.AudioChannelParticipantOrdering)
	if err != nil {
		return nil, err
	}
	for _, who := range ordered {
		if at := slices.Index(channels, ""); at >= 0 && !slices.Contains(channels, who) {
			channels[at] = who
		}
	}
	for len(channels) > 0 && channels[len(channels)-1] == "" {
		channels = channels[:len(channels)-1]
	}
	return slices.Clip(channels), nil
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
		channel, err := between(at+".channel", a.Channel, 0, call.RecordingChannels-1, 0)
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

// onRecording is an operation that gives a command to the call of the recording that
// the path names.
func onRecording(command func(r *api.Request, id call.RecordingID) call.Command, show func(call.Answer) api.Response) api.Serve {
	return api.Command(func(r *api.Request, _ api.NoBody) (api.Order, error) {
		id := call.RecordingID(r.Param("recording"))
		if id.Key() == "" {
			return api.Order{}, noRecording()
		}
		return api.Order{Key: id.Key(), Command: command(r, id)}, nil
	}, show)
}

func stopRecording(r *api.Request, id call.RecordingID) call.Command {
	return call.StopRecording{Repeatable: r.Repeatable, Recording: id}
}

func pauseRecording(r *api.Request, id call.RecordingID) call.Command {
	return call.PauseRecording{Repeatable: r.Repeatable, Recording: id}
}

func resumeRecording(r *api.Request, id call.RecordingID) call.Command {
	return call.ResumeRecording{Repeatable: r.Repeatable, Recording: id}
}

func getRecording(ctx context.Context, r *api.Request) (api.Response, error) {
	id := call.RecordingID(r.Param("recording"))
	state, err := r.Look(ctx, id.Key())
	var refusal *call.Error
	if errors.As(err, &refusal) && refusal.Kind == call.NotFound {
		err = noRecording()
	}
	if err != nil {
		return api.Response{}, err
	}
	status, ok := state.RecordingStatus(id)
	if !ok {
		return api.Response{}, noRecording()
	}
	return api.Response{Body: recordingState(status), Call: state.ID}, nil
}

func noRecording() error { return &call.Error{Kind: call.NotFound, Reason: "Recording not found."} }

func showRecording(a call.Answer) api.Response {
	return api.Response{Body: recordingState(*a.Recording)}
}

func recordingState(s call.RecordingStatus) ga.RecordingStateResponse {
	shown := ga.RecordingStateResponse{RecordingGUID: string(s.ID), RecordingState: ga.RecordingInactive, RecordingKind: ga.RecordingKind}
	if s.Active {
		shown.RecordingState = ga.RecordingActive
	}
	return shown
}
