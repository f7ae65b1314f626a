package preview2021

import (
	"context"

	"strowger/internal/api"
	"strowger/internal/call"
	wire2021 "strowger/internal/wire/preview2021"
)

func records(in wire2021.StartCallRecordingRequest) *wire2021.CallLocator { return in.CallLocator }

// readStartRecording: 2021-06-15-preview has no fields for the form of a recording, which
// is as with the fields left out.
func (f family) readStartRecording(r *api.Request, p place, in wire2021.StartCallRecordingRequest) (o api.Order, err error) {
	if in.RecordingStateCallbackURI != "" && f.CheckHTTP(in.RecordingStateCallbackURI) != nil {
		return o, badCallback("recordingStateCallbackUri")
	}
	form := api.RecordingForm{
		Content: api.Choice{Field: "recordingContentType", Given: in.RecordingContentType},
		Channel: api.Choice{Field: "recordingChannelType", Given: in.RecordingChannelType},
		Format:  api.Choice{Field: "recordingFormatType", Given: in.RecordingFormatType},
	}
	if err := form.Check(); err != nil {
		return o, err
	}
	spec := form.Spec()
	o = p.command(call.StartRecording{
		Repeatable: r.Repeatable, Call: p.order.Call, Spec: spec,
		App: call.Application{CallbackURI: in.RecordingStateCallbackURI, Version: r.Version},
	})
	if err := f.CheckRecording(spec.Format); err != nil {
		o.Lacking = &api.Refusal{Code: badRequest, Field: "recordingFormatType", Reason: err.Error()}
	}
	return o, nil
}

func showRecordingID(a call.Answer) api.Response {
	return api.Response{Body: wire2021.StartCallRecordingResult{RecordingID: string(a.Recording.ID)}}
}

func showRecordingState(s call.RecordingStatus) api.Response {
	shown := wire2021.CallRecordingProperties{RecordingState: wire2021.RecordingInactive}
	if s.Active {
		shown.RecordingState = wire2021.RecordingActive
	}
	return api.Response{Body: shown}
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

// ofCall is an operation on a recording of the call that the path names, which has to be
// there.
func ofCall(serve api.Serve) api.Serve {
	return worded(noServerCall, func(ctx context.Context, r *api.Request) (api.Response, error) {
		p, err := byPath(r)
		if err != nil {
			return api.Response{}, err
		}
		if _, err := p.look(ctx, r); err != nil {
			return api.Response{}, err
		}
		if call.RecordingID(r.Param("recording")).Key() != p.order.Key {
			return api.Response{}, notRecorded(r.Version)
		}
		return worded(notRecorded, serve)(ctx, r)
	})
}
