package call

import "time"

// participantsMost bounds a call, whoever asks for more is refused.
const participantsMost = 2000

// AddParticipant invites somebody into the call.
// Answer: Participant, InvitationID, Context.
type AddParticipant struct {
	Repeatable
	Connection   ConnectionID
	Operation    Operation
	Participant  Address
	InvitationID string
	CallerID     Address
	SourceName   string
	RingTimeout  time.Duration // 0: the usual 30 s
	Headers      map[string]string
}

func (c *Call) addParticipant(in AddParticipant) (Answer, error) {
	conn, err := c.connectedOne(in.Connection)
	if err != nil {
		return Answer{}, err
	}
	if c.named(in.Participant) != nil {
		return Answer{}, &Error{Kind: Conflict, Part: PartParticipant, Reason: string(in.Participant) + " is in the call or invited already."}
	}
	if len(c.state.Participants) >= participantsMost {
		return Answer{}, refuse(TooBusy, "The call has %d participants and takes no more.", participantsMost)
	}
	by := caller{from: conn.caller(in.Participant), name: conn.SourceName, headers: in.Headers}
	if in.Participant.IsPhone() && in.CallerID != "" {
		by.from = in.CallerID
	}
	if in.SourceName != "" {
		by.name = in.SourceName
	}
	ring := in.RingTimeout
	if ring == 0 {
		ring = ringTimeout
	}
	c.invite(Participant{
		Address:    in.Participant,
		SIPHeaders: in.Headers, // for whoever answers in its place
		Invite:     &Invite{ID: in.InvitationID, By: in.Connection, Operation: in.Operation},
	}, by, ring)
	return Answer{
		Participant:  &RosterEntry{Address: in.Participant},
		InvitationID: in.InvitationID, Context: in.Operation.Context,
	}, nil
}

// endInvitesOf ends the invitations that a connection has under way.
func (c *Call) endInvitesOf(id ConnectionID, cause Cause) {
	cause = cause.unfinished()
	for _, p := range c.snapshot() {
		if p.Invite != nil && p.Invite.By == id {
			c.ask(HangUp{Leg: p.Leg, Dialog: p.Dialog, Reason: cause.Reason})
			c.gone(p.Leg, cause)
		}
	}
}
