package preview2021

import (
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/wire/preview2021"
)

func participantsUpdated(r journal.Record, e call.ParticipantsUpdated) preview2021.ParticipantsUpdated {
	d := preview2021.ParticipantsUpdated{
		CallConnectionID: string(e.Connection), CallLocator: locator(r, e.Recipient),
		Participants: make(preview2021.CallParticipants, 0, len(e.Participants)),
	}
	for _, p := range e.Participants {
		d.Participants = append(d.Participants, preview2021.Participant(string(p.Address), p.ParticipantID(), p.Muted))
	}
	return d
}
