package call

import "time"

// participantsMost bounds a call: whoever asks for more is refused. What everybody
// is told whenever somebody joins, the roster, grows with the call, so that its
// events in all grow with the square of this.
const participantsMost = 1000

// AddParticipant invites somebody into the call.
// Answer: Participant, InvitationID, Context.
type AddParticipant struct {
	Repeatable
	Connection   ConnectionID // empty: out of call
	Operation    Operation
	Participant  Address
	InvitationID string
	CallerID     Address
	SourceName   string
	RingTimeout  time.Duration     // 0: the usual 30 s
	Headers      map[string]string // of SIP
	VoIPHeaders  map[string]string
	Detect       bool // a machine that answers is to be told from a person
}

// AddParticipantSucceeded: the participant has joined.
type AddParticipantSucceeded struct {
	Recipient
	Participant Address
}

// AddParticipantFailed: the participant was not reached.
type AddParticipantFailed struct {
	Recipient
	Participant Address
	Cause       Cause
}

func (c *Call) addParticipant(in AddParticipant) (Answer, error) {
	to, err := c.recipient(in.Connection, in.Operation)
	if err != nil {
		return Answer{}, err
	}
	if c.named(in.Participant) != nil {
		return Answer{}, &Error{Kind: Conflict, Part: PartParticipant, Reason: string(in.Participant) + " is in the call or invited already."}
	}
	if len(c.state.Participants) >= participantsMost {
		return Answer{}, refuse(TooBusy, "The call has %d participants and takes no more.", participantsMost)
	}
	ring := in.RingTimeout
	if ring == 0 {
		ring = ringTimeout
	}
	leg := c.invite(Participant{
		Address:     in.Participant,
		SIPHeaders:  in.Headers, // for whoever answers in its place
		VoIPHeaders: in.VoIPHeaders,
		Detection:   detection(in.Detect),
		Errand:      Errand{Kind: Invitation, For: to, InvitationID: in.InvitationID},
	}, c.inviter(in), ring)
	return Answer{
		Participant:  &RosterEntry{Address: in.Participant, Leg: leg},
		InvitationID: in.InvitationID, Context: in.Operation.Context,
	}, nil
}

// inviter is who the invited participant is called by: as the command says,
// else the application or, out of call, whoever began the call.
func (c *Call) inviter(in AddParticipant) caller {
	by := caller{from: c.state.StartedBy, headers: in.Headers, voip: in.VoIPHeaders}
	if conn := c.live(in.Connection); conn != nil {
		by.from, by.name = conn.caller(in.Participant), conn.SourceName
	}
	if in.Participant.IsPhone() && in.CallerID != "" {
		by.from = in.CallerID
	}
	if in.SourceName != "" {
		by.name = in.SourceName
	}
	return by
}

// endInvitationsOf ends the invitations that a connection has under way, those
// to the target of a transfer among them.
func (c *Call) endInvitationsOf(id ConnectionID, cause Cause) {
	for _, p := range c.snapshot() {
		if p.sentFor() && p.Errand.For.Connection == id {
			c.takeBack(p, cause)
		}
	}
}

// endInvitations ends what is still under way when the call ends: what was
// asked for out of call.
func (c *Call) endInvitations(cause Cause) {
	for _, p := range c.snapshot() {
		if p.sentFor() {
			c.takeBack(p, cause)
		}
	}
}

func (c *Call) takeBack(p Participant, cause Cause) {
	cause = cause.unfinished()
	c.letGo(p, cause.Reason)
	c.gone(p.Leg, cause)
}
