package call

import "slices"

// repeatsKept bounds what a call remembers of its repeatable requests. Clients
// repeat within seconds; a call with more than this many newer requests has
// long outlived the repetition of an older one.
const repeatsKept = 64

// repeated finds the first answer to a request that is given again. It refuses
// another request that has the ID of an earlier one.
func (c *Call) repeated(r Repeatable) (first Answer, given bool, err error) {
	if r.RequestID == "" {
		return Answer{}, false, nil
	}
	for _, first := range c.state.Repeats {
		switch {
		case first.Request != r.RequestID:
		case first.Digest != r.Digest:
			return Answer{}, false, refuse(OtherRequest, "was the ID of another request to this call.")
		default:
			return first.Answer, true, nil
		}
	}
	return Answer{}, false, nil
}

// Answered reports whether a request was accepted before and is remembered.
func (s State) Answered(r Repeatable) bool {
	return r.RequestID != "" && slices.ContainsFunc(s.Repeats, func(first Repeat) bool { return first.Request == r.RequestID })
}

func (c *Call) remember(r Repeatable, a Answer) {
	if r.RequestID == "" {
		return
	}
	c.change()
	if n := len(c.state.Repeats) - repeatsKept + 1; n > 0 {
		c.state.Repeats = append([]Repeat(nil), c.state.Repeats[n:]...)
	}
	c.state.Repeats = append(c.state.Repeats, Repeat{Request: r.RequestID, Digest: r.Digest, Answer: a})
}
