package rtp

const (
	// fadeFrames is how long missing sound is made up before there is silence:
	// 60 ms, beyond which a repeated vowel sounds like a machine.
	fadeFrames = 3
	// joinSamples blend made-up sound into real sound when it is back.
	joinSamples = 32
)

// concealer makes up sound that did not come, out of the last that did.
type concealer struct {
	past    []int16 // the last frame heard
	madeUp  int     // samples in a row
	byCodec bool    // by the codec, which joins them to what follows itself
}

// reset forgets what was heard and sets the length of a frame.
func (c *concealer) reset(frame int) {
	if len(c.past) != frame {
		c.past = make([]int16, frame)
	}
	clear(c.past)
	c.madeUp = 0
}

// fill makes up the next samples, until there is silence. What the codec can do
// is the codec's.
func (c *concealer) fill(dst []int16, f format, next *item) {
	n := min(len(dst), c.limit()-c.madeUp)
	if n <= 0 {
		clear(dst)
		return
	}
	clear(dst[n:])
	if n < len(dst) {
		next = nil // it does not follow at once
	}
	if c.byCodec = f.conceal(dst[:n], next); c.byCodec {
		c.madeUp += n
		return
	}
	c.repeat(dst[:n])
}

// repeat gives the last frame backwards, forwards, backwards again, and ever
// quieter. Turning at the ends keeps the wave whole, where starting over would
// click.
func (c *concealer) repeat(dst []int16) {
	limit := c.limit()
	for i := range dst {
		dst[i] = int16(int(c.past[c.turn()]) * max(limit-c.madeUp, 0) / limit)
		c.madeUp++
	}
}

// limit is how many samples are made up in a row.
func (c *concealer) limit() int { return fadeFrames * len(c.past) }

func (c *concealer) turn() int {
	n := len(c.past)
	at := c.madeUp % (2 * n)
	if at < n {
		return n - 1 - at
	}
	return at - n
}

// hear remembers real sound, after blending its start with what was being
// made up.
func (c *concealer) hear(fresh []int16) {
	if c.madeUp > 0 && !c.byCodec {
		c.join(fresh)
	}
	c.madeUp = 0
	if len(fresh) < len(c.past) {
		kept := copy(c.past, c.past[len(fresh):])
		copy(c.past[kept:], fresh)
		return
	}
	copy(c.past, fresh[len(fresh)-len(c.past):])
}

func (c *concealer) join(fresh []int16) {
	var tail [joinSamples]int16
	c.repeat(tail[:])
	for i := range min(joinSamples, len(fresh)) {
		fresh[i] = int16((int(fresh[i])*i + int(tail[i])*(joinSamples-i)) / joinSamples)
	}
}

// silent reports whether nothing more will be made up.
func (c *concealer) silent() bool { return c.madeUp >= c.limit() }

// hush lets what is being made up fade within the next frame.
func (c *concealer) hush() {
	c.madeUp = max(c.madeUp, (fadeFrames-1)*len(c.past))
}
