package speech

// The names of engines in the settings.
const (
	LocalEngines = "local"     // what this machine has, the best for each language
	ESpeakEngine = "espeak-ng" // alone
	HTTPEngine   = "http"      // a server's
)

// Engines are those that a name stands for, the best first.
func Engines(name string, server HTTP) []Engine {
	switch name {
	case HTTPEngine:
		return []Engine{&server}
	case ESpeakEngine:
		return []Engine{NewESpeak()}
	}
	return []Engine{NewFlite(), NewESpeak()}
}
