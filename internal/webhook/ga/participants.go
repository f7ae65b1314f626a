package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// participantsUpdated carries no operationContext: it is no operation's.
func participantsUpdated(e call.ParticipantsUpdated) ga.Event {
	e.Recipient.Context = ""
	d := &ga.ParticipantsUpdated{
		EventData: about(e.Recipient, outcome.Done), SequenceNumber: e.Sequence,
		Participants: make([]ga.CallParticipant, 0, len(e.Participants)),
	}
	for _, p := range e.Participants {
		d.Participants = append(d.Participants, ga.Participant(string(p.Address), p.Muted, p.OnHold))
	}
	return d
}

func identifier(a call.Address) wire.Identifier { return wire.FromRawID(string(a)) }
