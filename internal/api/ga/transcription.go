package ga

import (
	"regexp"

	"strowger/internal/api"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// checkTranscription holds what a call is set up with to what is published.
func (f family) checkTranscription(in *ga.TranscriptionOptions) error {
	if in == nil {
		return nil
	}
	if err := api.OneOf("transportType", in.TransportType, api.Needed, ga.TransportWebSocket); err != nil {
		return err
	}
	if in.Locale == "" && len(in.Locales) == 0 {
		return wire.Fieldf("locale", "is missing")
	}
	if err := spoken("locale", in.Locale); err != nil {
		return err
	}
	if err := checkAnalysis(in.Locales, in.PIIRedactionOptions, in.SummarizationOptions); err != nil {
		return err
	}
	return f.socket(in.TransportURL, in.StartTranscription)
}

// checkAnalysis checks what 2025-08-15-preview has beside.
func checkAnalysis(locales []string, hidden *ga.PIIRedactionOptions, summary *ga.SummarizationOptions) error {
	for i, locale := range locales {
		if err := spoken(api.Indexed("locales", i), locale); err != nil {
			return err
		}
	}
	if hidden != nil {
		if err := api.OneOf("piiRedactionOptions.redactionType", hidden.RedactionType, api.Optional, ga.MaskWithCharacter); err != nil {
			return err
		}
	}
	if summary != nil {
		return spoken("summarizationOptions.locale", summary.Locale)
	}
	return nil
}

func (f family) checkStartTranscription(in ga.StartTranscriptionRequest) error {
	if err := spoken("locale", in.Locale); err != nil {
		return err
	}
	if err := checkAnalysis(in.Locales, in.PIIRedactionOptions, in.SummarizationOptions); err != nil {
		return err
	}
	_, err := f.operation(in.OperationContext, in.OperationCallbackURI)
	return err
}

func (f family) checkUpdateTranscription(in ga.UpdateTranscriptionRequest) error {
	if in.Locale == "" {
		return wire.Fieldf("locale", "is missing")
	}
	if err := spoken("locale", in.Locale); err != nil {
		return err
	}
	if err := checkAnalysis(nil, in.PIIRedactionOptions, in.SummarizationOptions); err != nil {
		return err
	}
	_, err := f.operation(in.OperationContext, in.OperationCallbackURI)
	return err
}

func (f family) checkStopTranscription(in ga.StopTranscriptionRequest) error {
	_, err := f.operation(in.OperationContext, in.OperationCallbackURI)
	return err
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

// noTranscription: no call is set up for it here, as createCall, answer and
// connect refuse to.
var noTranscription = &api.Refusal{Code: unconfigured, Reason: "Transcription was not set up with this call: this server does not transcribe."}
