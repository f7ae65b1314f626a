package recognition

import "net/http"

// The names of engines in the settings.
const (
	PocketsphinxEngine = "pocketsphinx" // of this machine
	HTTPEngine         = "http"         // a server's, as OpenAI's are asked
	WyomingEngine      = "wyoming"      // a server's, as voice assistants ask
	VoskEngine         = "websocket"    // a server's, as Vosk's are asked
	ProcessEngine      = "process"      // a program of the operator's
	NoEngine           = "none"
)

// Settings are an engine's, as its operator writes them. What an engine does not use
// is left empty.
type Settings struct {
	Engine    string
	URL       string
	Model     string
	Key       string
	Command   []string
	Languages []string
}

// Engines are those that the settings name, the best first. Those of this machine are
// here.
func Engines(s Settings, here ...Engine) []Engine {
	switch s.Engine {
	case PocketsphinxEngine:
		return here
	case HTTPEngine:
		return []Engine{&HTTP{Client: &http.Client{}, URL: s.URL, Model: s.Model, Key: s.Key, Languages: s.Languages}}
	case WyomingEngine:
		return []Engine{&Wyoming{URL: s.URL, Model: s.Model, Languages: s.Languages}}
	case VoskEngine:
		return []Engine{&Vosk{Client: &http.Client{}, URL: s.URL, Key: s.Key, Languages: s.Languages}}
	case ProcessEngine:
		return []Engine{&Process{Command: s.Command, Languages: s.Languages}}
	}
	return nil
}
