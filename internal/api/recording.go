package api

import (
	"context"
	"errors"
	"strings"

	"strowger/internal/call"
	"strowger/internal/wire"
)

// RecordingForm is what a recording is asked to be: three names, each of which may be
// left out.
type RecordingForm struct {
	Content, Channel, Format Choice
}

// Choice is a name out of a published list, in any case of letters.
type Choice struct{ Field, Given string }

func (c Choice) is(name string) bool { return strings.EqualFold(c.Given, name) }

// Names of what can be recorded, beside those of the formats.
const (
	recordAudio      = "audio"
	recordAudioVideo = "audioVideo"
	recordMixed      = "mixed"
	recordUnmixed    = "unmixed"
)

// Spec is the recording: what is left out goes with what is there; with nothing it is a
// mixed MP4, as published.
func (f RecordingForm) Spec() call.RecordingSpec {
	spec := call.RecordingSpec{
		Unmixed: f.Channel.is(recordUnmixed), Format: call.RecordingFormat(strings.ToLower(f.Format.Given)), Video: !f.Content.is(recordAudio),
	}
	switch {
	case f.Content.Given == "" && (spec.Unmixed || spec.Format == call.WAV || spec.Format == call.MP3):
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
	return spec
}

// Check holds the form to the published lists: each kind of recording has its formats.
// What is left out goes with what is there.
func (f RecordingForm) Check() error {
	wav, mp3, mp4 := string(call.WAV), string(call.MP3), string(call.MP4)
	if err := OneOf(f.Content.Field, f.Content.Given, Optional, recordAudio, recordAudioVideo); err != nil {
		return err
	}
	if err := OneOf(f.Channel.Field, f.Channel.Given, Optional, recordMixed, recordUnmixed); err != nil {
		return err
	}
	if err := OneOf(f.Format.Field, f.Format.Given, Optional, wav, mp3, mp4); err != nil {
		return err
	}
	video, unmixed := f.Content.is(recordAudioVideo), f.Channel.is(recordUnmixed)
	switch {
	case video && unmixed:
		return wire.Fieldf(f.Channel.Field, "a recording with video is mixed")
	case video && (f.Format.is(wav) || f.Format.is(mp3)):
		return wire.Fieldf(f.Format.Field, "a recording with video is mp4")
	case unmixed && (f.Format.is(mp3) || f.Format.is(mp4)):
		return wire.Fieldf(f.Format.Field, "an unmixed recording is wav")
	case f.Content.is(recordAudio) && f.Format.is(mp4):
		return wire.Fieldf(f.Format.Field, "a mixed recording of audio is wav or mp3")
	}
	return nil
}

// OnRecording is an operation that gives a command to the call of the recording that
// the path names.
func OnRecording(command func(*Request, call.RecordingID) call.Command, show func(call.Answer) Response) Serve {
	return Command(func(r *Request, _ NoBody) (Order, error) {
		id := call.RecordingID(r.Param("recording"))
		if id.Key() == "" {
			return Order{}, NoRecording()
		}
		return Order{Key: id.Key(), Command: command(r, id)}, nil
	}, show)
}

// LookRecording is an operation that shows the recording that the path names.
func LookRecording(show func(call.RecordingStatus) Response) Serve {
	return func(ctx context.Context, r *Request) (Response, error) {
		id := call.RecordingID(r.Param("recording"))
		state, err := r.Look(ctx, id.Key())
		var refusal *call.Error
		if errors.As(err, &refusal) && refusal.Kind == call.NotFound {
			err = NoRecording()
		}
		if err != nil {
			return Response{}, err
		}
		status, ok := state.RecordingStatus(id)
		if !ok {
			return Response{}, NoRecording()
		}
		shown := show(status)
		shown.Call = state.ID
		return shown, nil
	}
}

// NoRecording is the refusal of what is asked of a recording that is not being made.
func NoRecording() error { return &call.Error{Kind: call.NotFound, Reason: "Recording not found."} }
