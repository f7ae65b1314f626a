package ga

import (
	"cmp"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

// readTranscription holds what a call is set up with to what is published; nil when it
// is set up without a transcription.
func (f family) readTranscription(in *ga.TranscriptionOptions) (*call.TranscriptSpec, error) {
	if in == nil {
		return nil, nil
	}
	if err := api.OneOf("transportType", in.TransportType, api.Needed, ga.TransportWebSocket); err != nil {
		return nil, err
	}
	language, err := (tongue{"locale", in.Locale, in.Locales}).read(api.Needed)
	if err != nil {
		return nil, err
	}
	if err := (analysis{in.EnableSentimentAnalysis, in.PIIRedactionOptions, in.SummarizationOptions}).check(); err != nil {
		return nil, err
	}
	return &call.TranscriptSpec{
		URL: in.TransportURL, Language: language, Model: cmp.Or(in.SpeechModelEndpointID, in.SpeechRecognitionModelEndpointID),
		Intermediate: in.EnableIntermediateResults, AtOnce: in.StartTranscription,
	}, f.socket(in.TransportURL, in.StartTranscription)
}

func (f family) readStartTranscription(r *api.Request, in ga.StartTranscriptionRequest) (call.StartTranscribing, error) {
	cmd := call.StartTranscribing{Connection: r.Connection(), Model: in.SpeechModelEndpointID}
	var err error
	if cmd.Language, err = (tongue{"locale", in.Locale, in.Locales}).read(api.Optional); err != nil {
		return cmd, err
	}
	if err := (analysis{in.EnableSentimentAnalysis, in.PIIRedactionOptions, in.SummarizationOptions}).check(); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func (f family) readUpdateTranscription(r *api.Request, in ga.UpdateTranscriptionRequest) (call.UpdateTranscribing, error) {
	cmd := call.UpdateTranscribing{Connection: r.Connection(), Model: in.SpeechModelEndpointID}
	var err error
	if cmd.Language, err = (tongue{"locale", in.Locale, nil}).read(api.Needed); err != nil {
		return cmd, err
	}
	if err := (analysis{in.EnableSentimentAnalysis, in.PIIRedactionOptions, in.SummarizationOptions}).check(); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func (f family) readStopTranscription(r *api.Request, in ga.StopTranscriptionRequest) (call.StopTranscribing, error) {
	op, err := f.operation(in.OperationContext, in.OperationCallbackURI)
	return call.StopTranscribing{Connection: r.Connection(), Operation: op}, err
}

// analysis is what 2025-08-15-preview has done with the words beside.
type analysis struct {
	sentiment bool
	hidden    *ga.PIIRedactionOptions
	summary   *ga.SummarizationOptions
}

// check refuses what is done by no engine here: an application that has personal data
// hidden must not be shown them.
func (a analysis) check() error {
	if a.hidden != nil {
		if err := api.OneOf("piiRedactionOptions.redactionType", a.hidden.RedactionType, api.Optional, ga.MaskWithCharacter); err != nil {
			return err
		}
		if a.hidden.Enable {
			return notBuilt("piiRedactionOptions.enable", "personal data are not found by this server, and cannot be hidden")
		}
	}
	if a.summary != nil {
		if err := spoken("summarizationOptions.locale", a.summary.Locale); err != nil {
			return err
		}
		if a.summary.EnableEndCallSummary {
			return notBuilt("summarizationOptions.enableEndCallSummary", "calls are not summarized by this server")
		}
	}
	if a.sentiment {
		return notBuilt("enableSentimentAnalysis", "sentiment is not found out by this server")
	}
	return nil
}

// lackingForSetup is what a call cannot be set up with: an application that waits for
// words must not wait in vain.
func (f family) lackingForSetup(in *ga.TranscriptionOptions) *api.Refusal {
	if in == nil {
		return nil
	}
	return f.unheard("transcriptionOptions.", tongue{"locale", in.Locale, in.Locales})
}

func (f family) lackingForStart(in ga.StartTranscriptionRequest) *api.Refusal {
	return f.unheard("", tongue{"locale", in.Locale, in.Locales})
}

func (f family) lackingForUpdate(in ga.UpdateTranscriptionRequest) *api.Refusal {
	return f.unheard("", tongue{"locale", in.Locale, nil})
}
