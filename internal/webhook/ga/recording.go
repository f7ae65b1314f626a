package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func recordingStateChanged(e call.RecordingStateChanged) ga.Event {
	data := &ga.RecordingStateChanged{EventData: about(e.Recipient, outcome.Done), RecordingGUID: string(e.Recording),
		State: ga.RecordingInactive, StartDateTime: wire.Time{Time: e.Started}, RecordingKind: ga.RecordingKind}
	if e.Active {
		data.State = ga.RecordingActive
	}
	return data
}

func startRecordingFailed(e call.StartRecordingFailed) ga.Event {
	return &ga.StartRecordingFailed{EventData: about(e.Recipient, outcome.Recorded(e.Cause)), RecordingGUID: string(e.Recording)}
}

// recordingOf is the recording that an event is about, which stands in place of a
// connection: "" when it is about a connection.
func recordingOf(e call.ForRecipient) call.RecordingID {
	switch e := e.(type) {
	case call.RecordingStateChanged:
		return e.Recording
	case call.StartRecordingFailed:
		return e.Recording
	}
	return ""
}
