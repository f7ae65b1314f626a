package recording

import (
	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// everyone is the channel of a recording that is not unmixed.
const everyone = 0

// nowhere is where somebody is for whom there is no channel left.
const nowhere = -1

// channels says who is on which channel of an unmixed recording. Channels are kept
// for those whom the application named; whoever comes gets the lowest that is
// neither kept nor taken, and keeps it when it leaves, unless another has no other.
// What is played to everyone is on a channel of its own.
type channels struct {
	kept   []call.Address
	owners [call.RecordingChannels]owner
	of     map[*mixer.Member]int
}

type owner struct {
	taken   bool
	whose   call.Address // "" for what is played
	present bool
}

func newChannels(kept []call.Address) *channels {
	return &channels{kept: kept, of: map[*mixer.Member]int{}}
}

// joined places somebody.
func (c *channels) joined(m *mixer.Member, whose call.Address) int {
	if at, there := c.of[m]; there && at != nowhere {
		c.owners[at].whose = whose // the same leg, another person
		return at
	}
	at := c.place(whose)
	c.of[m] = at
	return at
}

func (c *channels) left(m *mixer.Member) {
	if at, there := c.of[m]; there && at != nowhere {
		c.owners[at].present = false
	}
	delete(c.of, m)
}

// place finds the channel of somebody, "" for what is played to everyone.
func (c *channels) place(whose call.Address) int {
	at := nowhere
	for i := len(c.owners) - 1; i >= 0; i-- {
		o, kept := c.owners[i], i < len(c.kept) && c.kept[i] != ""
		switch {
		case o.taken && !o.present && o.whose == whose, !o.taken && kept && whose != "" && c.kept[i] == whose:
			return c.take(i, whose)
		case !o.taken && !kept:
			at = i
		}
	}
	if at == nowhere {
		at = c.deserted()
	}
	if at != nowhere {
		c.take(at, whose)
	}
	return at
}

// deserted is a channel whose owner has left.
func (c *channels) deserted() int {
	for i, o := range c.owners {
		if o.taken && !o.present {
			return i
		}
	}
	return nowhere
}

func (c *channels) take(i int, whose call.Address) int {
	c.owners[i] = owner{taken: true, whose: whose, present: true}
	return i
}
