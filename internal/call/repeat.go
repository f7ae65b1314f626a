package call

// repeatsKept bounds what a call remembers of its repeatable requests. Clients
// repeat within seconds; a call with more than this many newer requests has
// long outlived the repetition of an older one.
const repeatsKept = 64

// repeated finds the first answer to a request that is given again.
func (c *Call) repeated(r Repeatable) (Answer, bool) {
	if r.RequestID == "" {
		return Answer{}, false
	}
	for _, first := range c.state.Repeats {
		if first.Request == r.RequestID {
			return first.Answer, true
		}
	}
	return Answer{}, false
}

func (c *Call) remember(r Repeatable, a Answer) {
	if r.RequestID == "" {
		return
	}
	c.change()
	if n := len(c.state.Repeats) - repeatsKept + 1; n > 0 {
		c.state.Repeats = append([]Repeat(nil), c.state.Repeats[n:]...)
	}
	c.state.Repeats = append(c.state.Repeats, Repeat{Request: r.RequestID, Answer: a})
}
