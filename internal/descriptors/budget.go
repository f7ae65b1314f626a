package descriptors

// What the other parts need at most.
const (
	// sipStreams is how many TCP and TLS connections SIP takes.
	sipStreams = 8192
	// rest is for the journal, logs and listeners.
	rest = 512
	// sockets is how many a leg has: one for RTP, one for RTCP.
	sockets = 2
	// fewest is how many HTTP connections, and how many callbacks and audio files
	// at once, a server has however little there is.
	fewest = 40
)

// Wanted is what the settings ask for.
type Wanted struct {
	Media     int // legs, of so many sockets each
	HTTP      int // connections to us
	Callbacks int // connections out
	Audio     int // connections out, for files that are played
}

// Budget is what each part may open.
type Budget struct {
	Limit     int // of the process
	Media     int
	HTTP      int
	Callbacks int
	Audio     int
}

// Divide gives the media all that it wants, and then the files that are played,
// before HTTP in either direction gets more than fewest; SIP's share and the rest
// come first. limit 0 means that
// there is none.
func Divide(limit int, w Wanted) Budget {
	if limit <= 0 {
		return Budget{Media: w.Media, HTTP: w.HTTP, Callbacks: w.Callbacks, Audio: w.Audio}
	}
	b := Budget{Limit: limit, HTTP: min(w.HTTP, fewest), Callbacks: min(w.Callbacks, fewest), Audio: min(w.Audio, fewest)}
	// SIP takes its streams one by one, so a small limit is shared with it.
	left := max(0, limit-min(sipStreams, limit/4)-min(rest, limit/4)-b.HTTP-b.Callbacks-b.Audio)
	b.Media = min(w.Media, left/sockets)
	if left -= sockets * b.Media; b.Media < w.Media {
		left = 0
	}
	audio := min(w.Audio-b.Audio, left)
	b.Audio += audio
	left -= audio
	// What is left goes to HTTP, two thirds to those who come to us.
	in := min(w.HTTP-b.HTTP, max(left*2/3, left-(w.Callbacks-b.Callbacks)))
	b.HTTP += in
	b.Callbacks += min(w.Callbacks-b.Callbacks, left-in)
	return b
}

// Needed is the limit with which every part has what it wants.
func Needed(w Wanted) int {
	return sockets*w.Media + w.HTTP + w.Callbacks + w.Audio + sipStreams + rest
}
