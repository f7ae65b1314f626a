package speech

import "net/http"

// The names of engines in the settings.
const (
	LocalEngines  = "local"     // what this machine has, the best for each language
	ESpeakEngine  = "espeak-ng" // alone
	HTTPEngine    = "http"      // a server's, as OpenAI's are asked
	WyomingEngine = "wyoming"   // a server's, as voice assistants ask
	ProcessEngine = "process"   // a program of the operator's
)

// Settings are an engine's, as its operator writes them. What an engine does not use
// is left empty.
type Settings struct {
	Engine    string
	URL       string
	Model     string
	Voice     string
	Key       string
	Command   []string
	Languages []string
}

// Engines are those that the settings name, the best first.
func Engines(s Settings) []Engine {
	switch s.Engine {
	case HTTPEngine:
		return []Engine{&HTTP{Client: &http.Client{}, URL: s.URL, Model: s.Model, Voice: s.Voice, Key: s.Key, Languages: s.Languages}}
	case WyomingEngine:
		return []Engine{&Wyoming{URL: s.URL, Voice: s.Voice, Languages: s.Languages}}
	case ProcessEngine:
		return []Engine{&Process{Command: s.Command, Voice: s.Voice, Languages: s.Languages}}
	case ESpeakEngine:
		return []Engine{NewESpeak()}
	}
	return []Engine{NewFlite(), NewESpeak()}
}
