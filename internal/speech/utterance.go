package speech

import (
	"slices"
	"strings"

	"strowger/internal/media"
)

// RateHz is the rate of all speech.
const RateHz = media.Wideband

// Utterance is what is to be said. Either Text or SSML is set.
type Utterance struct {
	Text     string
	SSML     string
	Language string // BCP 47, such as en-US; empty: as the voice's name says, else en-US
	Gender   Gender // of the voice; may be empty
	Voice    string // its name; empty: any that fits
}

// Gender is how a voice sounds.
type Gender string

// The genders of voices.
const (
	Male   Gender = "male"
	Female Gender = "female"
)

// defaultLanguage is spoken when nothing says which.
const defaultLanguage = "en-US"

// Voice is who says a line, in which language.
type Voice struct {
	Language string // BCP 47, such as en-US
	Gender   Gender // empty: any
	Name     string // as it was asked for; empty: any
}

// ownName is the voice's name if it may be one of a server's own, and not of those that
// clouds have; else usual.
func (v Voice) ownName(usual string) string {
	if v.Name == "" || languageOf(v.Name) != "" {
		return usual
	}
	return v.Name
}

// voice is who says the utterance as long as its SSML says nothing else.
func (u Utterance) voice() Voice {
	v := Voice{Language: u.Language, Gender: u.Gender, Name: u.Voice}
	if v.Language == "" {
		v.Language = languageOf(v.Name)
	}
	if v.Language == "" {
		v.Language = defaultLanguage
	}
	return v
}

// languageOf is the language with which the names of voices begin that clouds have
// ("en-US-JennyNeural"); empty when the name is no such.
func languageOf(voice string) string {
	parts := strings.SplitN(voice, "-", 3)
	if len(parts) != 3 || len(parts[0]) < 2 || len(parts[0]) > 3 || len(parts[1]) < 2 || len(parts[1]) > 4 {
		return ""
	}
	return parts[0] + "-" + parts[1]
}

// primary is the language without its region: "en" of "en-US".
func primary(language string) string {
	first, _, _ := strings.Cut(language, "-")
	return strings.ToLower(first)
}

// Languages are those that an engine is asked for, such as "en" or "en-GB"; none: all,
// the engine knows which it has.
type Languages []string

// Have reports whether a language is among them: "en" has "en-GB", and not the other
// way round.
func (l Languages) Have(tag string) bool {
	if len(l) == 0 {
		return true
	}
	return slices.ContainsFunc(l, func(one string) bool {
		return strings.EqualFold(one, tag) || len(tag) > len(one) && tag[len(one)] == '-' && strings.EqualFold(one, tag[:len(one)])
	})
}
