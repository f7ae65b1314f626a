package call

import "time"

// Usage is what one part of a call has used: a leg, an application's seat or a
// recording. Each leaves one at its end, in the step that ends it, and so exactly
// once: the journal stores it with the step or not at all. A leg that moves leaves
// one in each of its calls, and is in one of them at a time.
type Usage struct {
	ID        string // of the leg, the connection or the recording: no other has it
	Kind      UsageKind
	Direction Direction
	Address   Address // of who was reached or came; of a seat, as whom the application sits there
	Trunk     string  // that a leg went through; not known of one that was given up while it rang
	Endpoint  string  // transport and address that a leg's far end was heard from; of legs that were answered or came in
	Codec     string  // of an answered leg
	Moved     bool    // the leg goes on in another call
	Began     time.Time
	Answered  time.Time // when it joined or connected; of a recording, when sound began; zero: never
	Ended     time.Time
	Length    time.Duration // from Answered to Ended; of a recording, without its pauses
	Cause     Cause
}

// UsageKind is what was used.
type UsageKind string

const (
	UsedPSTN        UsageKind = "pstn"        // a leg to or from a phone number
	UsedVoIP        UsageKind = "voip"        // a leg to or from a user
	UsedApplication UsageKind = "application" // an application's seat
	UsedRecording   UsageKind = "recording"
)

// Direction is who began.
type Direction string

const (
	Inbound  Direction = "inbound"  // the far end called; an application answered or took its seat
	Outbound Direction = "outbound" // the far end was called; an application created the call
)

// use notes a usage that ended at a time. Its times are in order, whatever the clocks
// said: a call that was left behind ends when its process was last alive, which may be
// a moment before its last step.
func (c *Call) use(u Usage, ended time.Time) {
	u.Ended = later(ended, later(u.Began, u.Answered))
	if !u.Answered.IsZero() {
		u.Length = u.Ended.Sub(u.Answered)
	}
	c.change()
	c.out.Usage = append(c.out.Usage, u)
}

// usedLeg: a participant's leg is not of this call any more. An application that
// answered as a user has no leg, and whoever is asked for in another call has
// one there.
func (c *Call) usedLeg(p Participant, cause Cause) {
	switch {
	case !p.hasLeg() || p.State == Moving:
	case p.HandingTo != "": // nobody knows here whether it has moved: no moment may be counted twice
		c.use(p.usage(cause), p.OfferedAt)
	default:
		c.use(p.usage(cause), c.until)
	}
}

// movedLeg: it goes on in another call, which counts it from when that took it in.
// Here it is counted up to when it was offered.
func (c *Call) movedLeg(p Participant) {
	u := p.usage(Cause{Reason: Completed})
	u.Moved = true
	c.use(u, p.OfferedAt)
}

// usage is what a participant's leg has used, but for its end.
func (p Participant) usage(cause Cause) Usage {
	u := Usage{
		ID: string(p.Leg), Kind: UsedVoIP, Direction: Outbound, Address: p.Address, Trunk: p.Trunk,
		Began: p.Began, Answered: p.Answered, Cause: cause,
	}
	if p.Address.IsPhone() {
		u.Kind = UsedPSTN
	}
	if p.Errand.Kind == Caller {
		u.Direction = Inbound
	}
	if d := p.Dialog; d != nil {
		u.Endpoint, u.Codec = d.endpoint(), d.Media.Codec
		if !d.Caller && p.State == Joined {
			u.Direction = Inbound
		}
	}
	return u
}

// endpoint is where the far end was last heard from.
func (d *Dialog) endpoint() string {
	if d.RemoteAddr == "" {
		return ""
	}
	return d.Transport + ":" + d.RemoteAddr
}

// usedSeat: an application has its seat no more.
func (c *Call) usedSeat(conn Connection, cause Cause) {
	u := Usage{
		ID: string(conn.ID), Kind: UsedApplication, Direction: Inbound, Address: conn.identity(),
		Began: conn.Began, Answered: conn.Answered, Cause: cause,
	}
	if conn.Created {
		u.Direction = Outbound
	}
	c.use(u, c.until)
}

// usedRecording: the files of a recording are there, and tell how long it is.
func (c *Call) usedRecording(f AwaitedFile, file RecordedFile) {
	u := Usage{
		ID: string(f.ID), Kind: UsedRecording, Began: f.Began, Answered: file.Started, Length: file.Duration,
		Ended: later(f.Over, f.Began), Cause: Cause{Reason: file.Reason},
	}
	if !u.Answered.IsZero() {
		u.Ended = later(u.Ended, u.Answered.Add(u.Length))
	}
	c.change()
	c.out.Usage = append(c.out.Usage, u)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
