package bridge

import "sync"

// The bounds of what plays hold in memory, in bytes of sound.
const (
	// libraryMost bounds what is kept of sources with a playSourceCacheId, at all
	// rates; the least recently played goes first.
	libraryMost = 128 << 20
	// keptMost bounds one of them. A larger one is played as if it had no id.
	keptMost = 4 << 20
	// fetchesMost bounds all that is being fetched to be kept.
	fetchesMost = 64 << 20
	// serverMost bounds what all plays together have fetched ahead of the clock or
	// kept for their loops; callMost does so for one call.
	serverMost = 64 << 20
	callMost   = 4 << 20
	// aheadMost bounds how far one play is ahead of the clock: 16 s at 8 kHz. It is
	// always allowed leastAhead, so that none stands still when the server's bound
	// is reached.
	aheadMost  = 256 << 10
	leastAhead = 2 * 2 * pieceSamples
	// preparedMost bounds what a play fetches before its turn: 4 s at 8 kHz.
	preparedMost = 64 << 10
	// loopMost bounds what a looping play keeps, so as not to fetch it again.
	loopMost = 1 << 20

	// pieceSamples is how much of a source is read at a time: half a second at 8 kHz.
	pieceSamples = 4096
)

// budget counts bytes against a bound, and against a wider one around it.
type budget struct {
	most  int
	wider *budget

	mu   sync.Mutex
	used int
}

// take reports whether there is room for n more bytes, which are taken then.
func (b *budget) take(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used+n > b.most || b.wider != nil && !b.wider.take(n) {
		return false
	}
	b.used += n
	return true
}

// give gives back what was taken.
func (b *budget) give(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= n
	if b.wider != nil {
		b.wider.give(n)
	}
}
