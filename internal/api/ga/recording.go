package ga

import (
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

func recordingSpec(in ga.StartRecordingRequest) (spec call.RecordingSpec, err error) {
	spec = recordingForm(in).Spec()
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
		who, err := api.Address(api.Indexed("channelAffinity", i)+".participant", a.Participant)
		if err != nil {
			return nil, err
		}
		if a.Channel != nil {
			channels[*a.Channel] = who
		}
	}
	ordered, err := api.Addresses("audioChannelParticipantOrdering", in.AudioChannelParticipantOrdering)
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
		return o, "", api.Within("callLocator", err)
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
	if err := recordingForm(in).Check(); err != nil {
		return err
	}
	if _, err := api.Addresses("audioChannelParticipantOrdering", in.AudioChannelParticipantOrdering); err != nil {
		return err
	}
	if err := checkAffinity(in.ChannelAffinity); err != nil {
		return api.Within("channelAffinity", err)
	}
	return api.Within("externalStorage", f.checkStorage(in.ExternalStorage))
}

func recordingForm(in ga.StartRecordingRequest) api.RecordingForm {
	return api.RecordingForm{
		Content: api.Choice{Field: "recordingContentType", Given: in.RecordingContentType},
		Channel: api.Choice{Field: "recordingChannelType", Given: in.RecordingChannelType},
		Format:  api.Choice{Field: "recordingFormatType", Given: in.RecordingFormatType},
	}
}

func checkAffinity(channels []ga.ChannelAffinity) error {
	taken := map[int]bool{}
	for i, a := range channels {
		at := api.Indexed("", i)
		channel, err := between(at+".channel", a.Channel, 0, call.RecordingChannels-1, 0)
		if err != nil {
			return err
		}
		if a.Channel != nil && taken[channel] {
			return wire.Fieldf(at+".channel", "%d is another participant's already", channel)
		}
		taken[channel] = taken[channel] || a.Channel != nil
		if _, err := api.Address(at+".participant", a.Participant); err != nil {
			return err
		}
	}
	return nil
}

func (f family) checkStorage(in *ga.ExternalStorage) error {
	if in == nil {
		return nil
	}
	if err := api.OneOf("recordingStorageKind", in.RecordingStorageKind, api.Needed, ga.StoreHere, ga.StoreBlob); err != nil {
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

func stopRecording(r *api.Request, id call.RecordingID) call.Command {
	return call.StopRecording{Repeatable: r.Repeatable, Recording: id}
}

func pauseRecording(r *api.Request, id call.RecordingID) call.Command {
	return call.PauseRecording{Repeatable: r.Repeatable, Recording: id}
}

func resumeRecording(r *api.Request, id call.RecordingID) call.Command {
	return call.ResumeRecording{Repeatable: r.Repeatable, Recording: id}
}

func showRecordingState(s call.RecordingStatus) api.Response {
	return api.Response{Body: recordingState(s)}
}

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
