package ga

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"strowger/internal/api"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// checkText holds a text that is to be spoken to what is published.
func checkText(s *ga.TextSource) error {
	if s == nil || strings.TrimSpace(s.Text) == "" {
		return &api.Refusal{Code: emptyText, Field: "text.text", Reason: "is missing or empty"}
	}
	if err := api.OneOf("text.voiceKind", s.VoiceKind, api.Optional, ga.VoiceMale, ga.VoiceFemale); err != nil {
		return err
	}
	return spoken("text.sourceLocale", s.SourceLocale)
}

func checkSSML(s *ga.SSMLSource) error {
	if s == nil || strings.TrimSpace(s.SSMLText) == "" {
		return &api.Refusal{Code: emptyText, Field: "ssml.ssmlText", Reason: "is missing or empty"}
	}
	if err := wellFormed(s.SSMLText); err != nil {
		return wire.Fieldf("ssml.ssmlText", "is not SSML: %v", err)
	}
	return nil
}

// wellFormed reports what keeps a document from being SSML: XML of one element,
// speak, and without a document type, which could make it grow.
func wellFormed(document string) error {
	d := xml.NewDecoder(strings.NewReader(document))
	depth, roots := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && roots == 1 {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			if depth == 0 && (roots > 1 || token.Name.Local != "speak") {
				return errors.New("its only outermost element has to be speak")
			}
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && strings.TrimSpace(string(token)) != "" {
				return errors.New("there is text outside of its speak element")
			}
		case xml.Directive:
			return errors.New("a document type is not allowed")
		}
	}
}

// unspoken is the first of several sources that this server has no voice for.
func unspoken(field string, sources []ga.PlaySource) *api.Refusal {
	for i, s := range sources {
		if lacking := unspokenSource(api.Indexed(field, i), s); lacking != nil {
			return lacking
		}
	}
	return nil
}

func unspokenSource(field string, s ga.PlaySource) *api.Refusal {
	switch ga.PlaySourceKind(strings.ToLower(string(s.Kind))) {
	case ga.PlayText, ga.PlaySSML:
		return notConfigured(field+"."+strings.ToLower(string(s.Kind)), "no speech synthesis is configured on this server")
	}
	return nil
}
