package descriptors

import "strowger/internal/config"

// callbacks is how many callbacks are under way at most.
const callbacks = 2048

// WantedBy is what the settings ask for.
func WantedBy(cfg config.Config) Wanted {
	return Wanted{
		Media: (cfg.RTP.Ports.Last - cfg.RTP.Ports.First + 1) / 2, // RTP and RTCP share a socket
		HTTP:  cfg.HTTP.MaxConnections, Callbacks: callbacks,
	}
}
