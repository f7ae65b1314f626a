package call

import "slices"

// Tone is a DTMF key: one of 0-9 A-D * #.
type Tone byte

func (t Tone) String() string { return string(rune(t)) }

// ToneReceived: a participant pressed a key; reported once a key, when it is released.
type ToneReceived struct {
	reports
	Leg  LegID
	Tone Tone
}

// toneReceived gives a key to the operations that listen to its participant,
// else to the other one of two people: one of them may be a machine that asks.
// Applications that hear every key are told of it first.
func (c *Call) toneReceived(in ToneReceived) {
	c.tellTone(in)
	c.streamTone(in)
	taken := false
	for _, was := range slices.Clone(c.state.Media) {
		op := c.operation(was.ID)
		if op == nil || !op.Running || !slices.Contains(op.To, in.Leg) {
			continue
		}
		if kind, ok := op.kind().(listener); ok {
			taken = taken || !kind.shares()
			kind.pressed(c, op, in.Tone)
		}
	}
	if !taken {
		c.passOn(in)
	}
}

// tellTone tells the applications that hear every key, whose count of them goes on
// as long as their connection.
func (c *Call) tellTone(in ToneReceived) {
	if from := c.participant(in.Leg); from == nil || from.State != Joined {
		return
	}
	for i := range c.state.Connections {
		if conn := &c.state.Connections[i]; conn.State == Connected && conn.App.Hears.Tones {
			conn.Tones++
			to := conn.recipient()
			to.Context = "" // a key belongs to no operation
			c.tell(ToneHeard{Recipient: to, Tone: in.Tone, Sequence: conn.Tones})
		}
	}
}

// passOn: in a conversation of more than two a key is meant for nobody.
func (c *Call) passOn(in ToneReceived) {
	var others []LegID
	for _, p := range c.state.Participants {
		if p.State == Joined && p.hasLeg() && p.Leg != in.Leg {
			others = append(others, p.Leg)
		}
	}
	if from := c.participant(in.Leg); len(others) == 1 && from != nil && from.State == Joined {
		c.ask(SendTone{Leg: others[0], Tone: in.Tone})
	}
}
