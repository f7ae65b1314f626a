package ga

import (
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// textSource holds a text that is to be spoken to what is published.
func (f family) textSource(s *ga.TextSource) (call.PlaySource, error) {
	if s == nil || strings.TrimSpace(s.Text) == "" {
		return call.PlaySource{}, &api.Refusal{Code: emptyText, Field: "text.text", Reason: "is missing or empty"}
	}
	if err := api.OneOf("text.voiceKind", s.VoiceKind, api.Optional, ga.VoiceMale, ga.VoiceFemale); err != nil {
		return call.PlaySource{}, err
	}
	if err := spoken("text.sourceLocale", s.SourceLocale); err != nil {
		return call.PlaySource{}, err
	}
	words := call.Speech{Text: s.Text, Language: s.SourceLocale, Gender: strings.ToLower(s.VoiceKind), Voice: s.VoiceName}
	if err := f.CheckSpeech(words); err != nil {
		return call.PlaySource{}, wire.Fieldf("text", "%v", err)
	}
	return call.PlaySource{Speech: &words}, nil
}

func (f family) ssmlSource(s *ga.SSMLSource) (call.PlaySource, error) {
	if s == nil || strings.TrimSpace(s.SSMLText) == "" {
		return call.PlaySource{}, &api.Refusal{Code: emptyText, Field: "ssml.ssmlText", Reason: "is missing or empty"}
	}
	words := call.Speech{SSML: s.SSMLText}
	if err := f.CheckSpeech(words); err != nil {
		return call.PlaySource{}, wire.Fieldf("ssml.ssmlText", "is not SSML that can be spoken: %v", err)
	}
	return call.PlaySource{Speech: &words}, nil
}

// unspoken is the first of several sources that this server has no voice for.
func (f family) unspoken(field string, sources []ga.PlaySource) *api.Refusal {
	for i, s := range sources {
		if lacking := f.unspokenSource(api.Indexed(field, i), s); lacking != nil {
			return lacking
		}
	}
	return nil
}

func (f family) unspokenSource(field string, s ga.PlaySource) *api.Refusal {
	if f.Speaks() {
		return nil
	}
	switch ga.PlaySourceKind(strings.ToLower(string(s.Kind))) {
	case ga.PlayText, ga.PlaySSML:
		return notConfigured(field+"."+strings.ToLower(string(s.Kind)), "no speech synthesis works on this server: `strowger doctor` says what is missing")
	}
	return nil
}
