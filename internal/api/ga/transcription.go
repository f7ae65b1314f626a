package ga

import (
	"cmp"
	"regexp"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
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
	language, err := (tongue{in.Locale, in.Locales}).read(api.Needed)
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
	if cmd.Language, err = (tongue{in.Locale, in.Locales}).read(api.Optional); err != nil {
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
	if cmd.Language, err = (tongue{in.Locale, nil}).read(api.Needed); err != nil {
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

// tongue is the language of what is said: one locale or, in 2025-08-15-preview, several
// of which one is spoken.
type tongue struct {
	locale  string
	locales []string
}

// read is the one language that there is; empty when it may be left out and is.
func (t tongue) read(isNeeded bool) (string, error) {
	if t.locale == "" && len(t.locales) == 0 && isNeeded {
		return "", wire.Fieldf("locale", "is missing")
	}
	if err := spoken("locale", t.locale); err != nil {
		return "", err
	}
	language := t.locale
	for i, locale := range t.locales {
		if err := spoken(api.Indexed("locales", i), locale); err != nil {
			return "", err
		}
		if language = cmp.Or(language, locale); !strings.EqualFold(language, locale) {
			return "", notBuilt(api.Indexed("locales", i), "which of several languages is spoken is not found out by this server; name one")
		}
	}
	return language, nil
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
	return f.unheard("transcriptionOptions.", tongue{in.Locale, in.Locales})
}

func (f family) lackingForStart(in ga.StartTranscriptionRequest) *api.Refusal {
	return f.unheard("", tongue{in.Locale, in.Locales})
}

func (f family) lackingForUpdate(in ga.UpdateTranscriptionRequest) *api.Refusal {
	return f.unheard("", tongue{in.Locale, nil})
}

// unheard refuses a language that no engine knows.
func (f family) unheard(within string, t tongue) *api.Refusal {
	field := "locale"
	if t.locale == "" && len(t.locales) > 0 {
		t.locale, field = t.locales[0], api.Indexed("locales", 0)
	}
	if t.locale == "" || f.Hears(t.locale) {
		return nil
	}
	return notConfigured(within+field, "no speech recognition of this server knows "+t.locale+": `strowger doctor` says what is there")
}

// locale is a language with its region, as speech services name what they know:
// en-US, sr-Latn-RS, zh-CN-shandong.
var locale = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z]{4})?-([A-Za-z]{2}|[0-9]{3})(-[A-Za-z0-9]{2,16})?$`)

// spoken checks the language of what is said, which may be left out.
func spoken(field, name string) error {
	if name != "" && !locale.MatchString(name) {
		return wire.Fieldf(field, "%.64q is not a language with its region, such as en-US", name)
	}
	return nil
}
