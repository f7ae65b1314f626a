package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

func cancelAddSucceeded(e call.CancelAddSucceeded) ga.Event {
	return &ga.CancelAddParticipantSucceeded{EventData: about(e.Recipient, outcome.InvitationCanceled), InvitationID: e.InvitationID}
}

func cancelAddFailed(e call.CancelAddFailed) ga.Event {
	return &ga.CancelAddParticipantFailed{EventData: about(e.Recipient, outcome.InvitationStands), InvitationID: e.InvitationID}
}
