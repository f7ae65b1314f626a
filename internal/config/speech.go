package config

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
)

func (s Speech) validate(p *problems) {
	synthesizers := map[string]engine{
		"local": {}, "espeak-ng": {}, "process": {command: true},
		"http":    {schemes: httpSchemes, example: "https://speech.example/v1/audio/speech"},
		"wyoming": {schemes: []string{"tcp"}, example: "tcp://127.0.0.1:10200"},
	}
	recognizers := map[string]engine{
		"pocketsphinx": {}, "none": {}, "process": {command: true},
		"http":      {schemes: httpSchemes, example: "https://speech.example/v1/audio/transcriptions"},
		"wyoming":   {schemes: []string{"tcp"}, example: "tcp://127.0.0.1:10300"},
		"websocket": {schemes: []string{"ws", "wss"}, example: "ws://127.0.0.1:2700"},
	}
	y, r := s.Synthesizer, s.Recognizer
	validateEngine("speech.synthesizer", y.Engine, engineSettings{y.URL, y.Command, y.Languages}, synthesizers, p)
	validateEngine("speech.recognizer", r.Engine, engineSettings{r.URL, r.Command, r.Languages}, recognizers, p)
}

// engine is what an engine of speech needs.
type engine struct {
	schemes []string // of its url; empty: it has none
	example string
	command bool
}

type engineSettings struct {
	url       string
	command   []string
	languages []string
}

func validateEngine(key, name string, s engineSettings, known map[string]engine, p *problems) {
	oneOf(key+".engine", name, slices.Sorted(maps.Keys(known)), p)
	e := known[name]
	if len(e.schemes) > 0 && !e.reachable(s.url) {
		p.add(key+".url", "%q is not the address of the %s engine; write for example %s", s.url, name, e.example)
	}
	if e.command && (len(s.command) == 0 || s.command[0] == "") {
		p.add(key+".command", "is empty: name the program and its arguments, as a list, for the process engine")
	}
	for i, tag := range s.languages {
		if !languageTag.MatchString(tag) {
			p.add(fmt.Sprintf("%s.languages[%d]", key, i), "%q is not a language; write for example en or en-GB", tag)
		}
	}
}

// reachable reports whether an address names a server of the engine's kind: of TCP only
// with its port.
func (e engine) reachable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && slices.Contains(e.schemes, u.Scheme) && (u.Scheme != "tcp" || u.Port() != "")
}

// languageTag is what matters here of BCP 47: a language, and perhaps a script and a
// region.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
