package descriptors

// What the other parts need at most.
const (
	// sipStreams is how many TCP and TLS connections SIP takes.
	sipStreams = 8192
	// rest is for the journal, logs, files that are played, and listeners.
	rest = 512
	// fewest is how many HTTP connections, and how many callbacks at once, a
	// server has however little there is.
	fewest = 64
)

// Wanted is what the settings ask for.
type Wanted struct {
	Media     int // RTP sockets: one a leg
	HTTP      int // connections to us
	Callbacks int // connections out
}

// Budget is what each part may open.
type Budget struct {
	Limit     int // of the process
	Media     int
	HTTP      int
	Callbacks int
}

// Divide gives the media all that it wants before HTTP in either direction gets
// more than fewest; SIP's share and the rest come first. limit 0 means that
// there is none.
func Divide(limit int, w Wanted) Budget {
	if limit <= 0 {
		return Budget{Media: w.Media, HTTP: w.HTTP, Callbacks: w.Callbacks}
	}
	b := Budget{Limit: limit, HTTP: min(w.HTTP, fewest), Callbacks: min(w.Callbacks, fewest)}
	// SIP takes its streams one by one, so a small limit is shared with it.
	left := max(0, limit-min(sipStreams, limit/4)-min(rest, limit/4)-b.HTTP-b.Callbacks)
	b.Media = min(w.Media, left)
	left -= b.Media
	// What is left goes to HTTP, two thirds to those who come to us.
	in := min(w.HTTP-b.HTTP, max(left*2/3, left-(w.Callbacks-b.Callbacks)))
	b.HTTP += in
	b.Callbacks += min(w.Callbacks-b.Callbacks, left-in)
	return b
}

// Needed is the limit with which every part has what it wants.
func Needed(w Wanted) int { return w.Media + w.HTTP + w.Callbacks + sipStreams + rest }
