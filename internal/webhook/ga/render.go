package ga

import (
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook"
	"strowger/internal/wire/ga"
)

// Family is the general-availability family.
func Family() webhook.Family { return webhook.Family{Versions: ga.Versions(), Render: Render} }

// forms has a line for each event of a connection: its published type and what
// makes its data, which is in the file of its verb.
var forms = webhook.NewForms(
	form(ga.TypeCallConnected, callConnected),
	form(ga.TypeCallDisconnected, callDisconnected),
	form(ga.TypeCreateCallFailed, createCallFailed),
	form(ga.TypeAnswerFailed, answerFailed),
	form(ga.TypeParticipantsUpdated, participantsUpdated),
	form(ga.TypeAddParticipantSucceeded, addParticipantSucceeded),
	form(ga.TypeAddParticipantFailed, addParticipantFailed),
	form(ga.TypeRemoveParticipantSucceeded, removeParticipantSucceeded),
	form(ga.TypeCallTransferAccepted, callTransferAccepted),
	form(ga.TypeCallTransferFailed, callTransferFailed),
	form(ga.TypePlayStarted, playStarted),
	form(ga.TypePlayCompleted, playCompleted),
	form(ga.TypePlayCanceled, playCanceled),
	form(ga.TypePlayFailed, playFailed),
	form(ga.TypeRecognizeCompleted, recognizeCompleted),
	form(ga.TypeRecognizeCanceled, recognizeCanceled),
	form(ga.TypeRecognizeFailed, recognizeFailed),
	form(ga.TypeSendDTMFTonesCompleted, sendTonesCompleted),
	form(ga.TypeSendDTMFTonesFailed, sendTonesFailed),
	form(ga.TypeContinuousDTMFToneReceived, toneHeard),
	form(ga.TypeContinuousDTMFToneFailed, listeningFailed),
	form(ga.TypeContinuousDTMFStopped, listeningStopped),
	form(ga.TypeHoldFailed, holdFailed),
	form(ga.TypeCancelAddParticipantSucceeded, cancelAddSucceeded),
	form(ga.TypeCancelAddParticipantFailed, cancelAddFailed),
	form(ga.TypeRecordingStateChanged, recordingStateChanged),
	form(ga.TypeStartRecordingFailed, startRecordingFailed),
	form(ga.TypeMediaStreamingStarted, streamingStarted),
	form(ga.TypeMediaStreamingStopped, streamingStopped),
	form(ga.TypeMediaStreamingFailed, streamingFailed),
	form(ga.TypeTranscriptionStarted, transcriptionStarted),
	form(ga.TypeTranscriptionUpdated, transcriptionUpdated),
	form(ga.TypeTranscriptionStopped, transcriptionStopped),
	form(ga.TypeTranscriptionFailed, transcriptionFailed),
	form(ga.TypeAnsweringMachineDetected, answeringMachineDetected),
	form(ga.TypeMachineGreetingEnded, machineGreetingEnded),
	form(ga.TypeMoveParticipantSucceeded, moveParticipantSucceeded),
	form(ga.TypeMoveParticipantFailed, moveParticipantFailed),
	untold[call.CallConnecting](),
	untold[call.CallDisconnecting](),
)

// untold is in place of the form of an event that only other families tell.
func untold[E call.ForRecipient]() webhook.Form[maker] { return webhook.FormOf[E, maker]("", nil) }

// maker makes the data of an event.
type maker func(call.ForRecipient) ga.Event

func form[E call.ForRecipient](published string, data func(E) ga.Event) webhook.Form[maker] {
	return webhook.FormOf[E](published, maker(func(e call.ForRecipient) ga.Event { return data(e.(E)) }))
}

// Render puts the i-th event of a record, which is for a connection, in its
// published form. It is false when the connection's version is not told.
func Render(r journal.Record, i int) (webhook.Message, bool, error) {
	e, f, told, err := forms.Of(r.Events[i])
	if err != nil || !told {
		return webhook.Message{}, false, err
	}
	if !ga.Version(e.To().Version).Emits(f.Type) {
		if e, told = older(r.Events, e); !told {
			return webhook.Message{}, false, nil
		}
		if e, f, told, err = forms.Of(e); err != nil || !told {
			return webhook.Message{}, false, err
		}
	}
	m, err := encode(r, i, f.Type, e, f.Make(e))
	return m, err == nil, err
}

// older is the event by which versions that do not know e are told the same:
// before 2024-09-15 a connection that failed to come about was only
// disconnected.
func older(events []call.Event, e call.ForRecipient) (call.ForRecipient, bool) {
	switch e := e.(type) {
	case call.CreateCallFailed:
		return call.CallDisconnected{Recipient: e.Recipient, Cause: e.Cause}, !disconnects(events, e.Connection)
	case call.AnswerFailed:
		return call.CallDisconnected{Recipient: e.Recipient, Cause: e.Cause}, !disconnects(events, e.Connection)
	}
	return nil, false
}

// disconnects reports whether a record disconnects a connection by itself.
func disconnects(events []call.Event, id call.ConnectionID) bool {
	for _, e := range events {
		if d, ok := e.(call.CallDisconnected); ok && d.Connection == id {
			return true
		}
	}
	return false
}

// encode makes the callback of an event.
func encode(r journal.Record, i int, kind string, e call.ForRecipient, data ga.Event) (webhook.Message, error) {
	to, server := e.To(), r.Call.ServerCallID()
	about, subject := string(to.Connection), ga.ConnectionSubject(string(to.Connection))
	if recording := recordingOf(e); recording != "" {
		about, subject = string(recording), ga.RecordingSubject(server, string(recording), kind)
	}
	common := data.Common()
	common.Version = ga.Version(to.Version)
	common.CallConnectionID = about
	common.ServerCallID = server
	common.CorrelationID = string(r.Call)
	common.PublicEventType = kind
	return webhook.Callback(r, i, kind, subject, data)
}
