package descriptors

import "strowger/internal/config"

// callbacks is how many callbacks are under way at most.
const callbacks = 2048

// audio is how many files are fetched at once at most. A long one is fetched for as
// long as it is played.
const audio = 4096

// WantedBy is what the settings ask for.
func WantedBy(cfg config.Config) Wanted {
	legs := (cfg.RTP.Ports.Last - cfg.RTP.Ports.First + 1) / 2
	return Wanted{
		Media: legs,
		HTTP:  cfg.HTTP.MaxConnections, Callbacks: callbacks,
		Audio: min(2*legs, audio), // one is played while the next is opened
	}
}
