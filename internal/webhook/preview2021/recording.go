package preview2021

import (
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/wire"
	"strowger/internal/wire/preview2021"
)

// isAcceptance reports whether an event says no more than that a recording was
// accepted. The response has told this family so: its first event is that sound is
// recorded, or that it cannot be.
func isAcceptance(e call.ForRecipient) bool {
	changed, ok := e.(call.RecordingStateChanged)
	return ok && changed.Started.IsZero()
}

func recordingStateChanged(r journal.Record, e call.RecordingStateChanged) preview2021.CallRecordingStateChanged {
	state := preview2021.RecordingInactive
	if e.Active {
		state = preview2021.RecordingActive
	}
	return recording(r, e.Recipient, e.Recording, state, e.Started)
}

// startRecordingFailed tells of a recording that never began.
func startRecordingFailed(r journal.Record, e call.StartRecordingFailed) preview2021.CallRecordingStateChanged {
	return recording(r, e.Recipient, e.Recording, preview2021.RecordingInactive, time.Time{})
}

func recording(r journal.Record, to call.Recipient, id call.RecordingID, s preview2021.RecordingState, started time.Time) preview2021.CallRecordingStateChanged {
	d := preview2021.CallRecordingStateChanged{
		RecordingID: string(id), StartDateTime: wire.Time{Time: started},
		ServerCallID: serverCallID(r, to), CallLocator: locator(r, to),
	}
	if extended(to) {
		d.CallRecordingState = s
	} else {
		d.State = s
	}
	return d
}
