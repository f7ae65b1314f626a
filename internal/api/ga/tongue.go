package ga

import (
	"cmp"
	"regexp"
	"strings"

	"strowger/internal/api"
	"strowger/internal/wire"
)

// tongue is the language of what is said: one or, in 2025-08-15-preview, several of
// which one is spoken.
type tongue struct {
	field string // that has the one; the several have it with an s
	one   string
	many  []string
}

// read is the one language that there is; empty when it may be left out and is.
func (t tongue) read(isNeeded bool) (string, error) {
	if t.one == "" && len(t.many) == 0 && isNeeded {
		return "", wire.Fieldf(t.field, "is missing")
	}
	if err := spoken(t.field, t.one); err != nil {
		return "", err
	}
	language := t.one
	for i, name := range t.many {
		field := api.Indexed(t.field+"s", i)
		if err := spoken(field, name); err != nil {
			return "", err
		}
		if language = cmp.Or(language, name); !strings.EqualFold(language, name) {
			return "", notBuilt(field, "which of several languages is spoken is not found out by this server; name one")
		}
	}
	return language, nil
}

// unheard refuses a language that no engine knows; what is no language is refused when
// it is read.
func (f family) unheard(within string, t tongue) *api.Refusal {
	language, field := t.one, t.field
	if language == "" && len(t.many) > 0 {
		language, field = t.many[0], api.Indexed(t.field+"s", 0)
	}
	if language == "" || f.Hears(language) {
		return nil
	}
	return notConfigured(within+field, "no speech recognition of this server knows "+language+": `strowger doctor` says what is there")
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
