package preview2021

import (
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook"
	"strowger/internal/wire/preview2021"
)

// Family is the family of the 2021 preview.
func Family() webhook.Family {
	return webhook.Family{Versions: preview2021.Versions(), Render: Render}
}

// forms has a line for each event of a connection: its type in the latest version
// and what makes its data, which is in the file of its verb.
var forms = webhook.NewForms(
	form(preview2021.TypeCallConnectionStateChanged, callConnecting),
	form(preview2021.TypeCallConnectionStateChanged, callConnected),
	form(preview2021.TypeCallConnectionStateChanged, callDisconnecting),
	form(preview2021.TypeCallConnectionStateChanged, callDisconnected),
	form(preview2021.TypeParticipantsUpdated, participantsUpdated),
	form(preview2021.TypeAddParticipantResult, addParticipantSucceeded),
	form(preview2021.TypeAddParticipantResult, addParticipantFailed),
	form(preview2021.TypeTransferCallResult, callTransferAccepted),
	form(preview2021.TypeTransferCallResult, callTransferFailed),
	form(preview2021.TypeTransferCallResult, moved),
	form(preview2021.TypeTransferCallResult, notMoved),
	form(preview2021.TypePlayAudioResult, playCompleted),
	form(preview2021.TypePlayAudioResult, playCanceled),
	form(preview2021.TypePlayAudioResult, playFailed),
	form(preview2021.TypeToneReceived, toneHeard),
	form(preview2021.TypeCallRecordingStateChanged, recordingStateChanged),
	form(preview2021.TypeCallRecordingStateChanged, startRecordingFailed),
	// Told by CallConnectionStateChanged.
	untold[call.CreateCallFailed](),
	untold[call.AnswerFailed](),
	// Their operations are done when they are answered.
	untold[call.RemoveParticipantSucceeded](),
	untold[call.HoldFailed](),
	// Of what this family has no word for.
	untold[call.PlayStarted](),
	untold[call.RecognizeCompleted](),
	untold[call.RecognizeCanceled](),
	untold[call.RecognizeFailed](),
	untold[call.SendTonesCompleted](),
	untold[call.SendTonesFailed](),
	untold[call.ListeningFailed](),
	untold[call.ListeningStopped](),
	untold[call.CancelAddSucceeded](),
	untold[call.CancelAddFailed](),
	untold[call.StreamingStarted](),
	untold[call.StreamingStopped](),
	untold[call.StreamingFailed](),
	untold[call.TranscriptionStarted](),
	untold[call.TranscriptionUpdated](),
	untold[call.TranscriptionStopped](),
	untold[call.TranscriptionFailed](),
	untold[call.AnsweringMachineDetected](),
	untold[call.MachineGreetingEnded](),
)

// maker makes the data of an event of a record.
type maker func(journal.Record, call.ForRecipient) any

func form[E call.ForRecipient, Data any](published string, data func(journal.Record, E) Data) webhook.Form[maker] {
	return webhook.FormOf[E](published, maker(func(r journal.Record, e call.ForRecipient) any { return data(r, e.(E)) }))
}

func untold[E call.ForRecipient]() webhook.Form[maker] { return webhook.FormOf[E, maker]("", nil) }

// Render puts the i-th event of a record, which is for a connection, in its
// published form. It is false when the connection's version is not told.
func Render(r journal.Record, i int) (webhook.Message, bool, error) {
	e, f, told, err := forms.Of(r.Events[i])
	if err != nil || !told || isAcceptance(e) || isOthersMove(e) {
		return webhook.Message{}, false, err
	}
	to := e.To()
	published, told := preview2021.Version(to.Version).EventType(f.Type)
	if !told {
		return webhook.Message{}, false, nil
	}
	subject := preview2021.Subject(string(to.Connection), r.Call.ServerCallID(), published)
	m, err := webhook.Callback(r, i, published, subject, f.Make(r, e))
	return m, err == nil, err
}

// extended reports whether a recipient's version names the call by a locator.
func extended(to call.Recipient) bool { return preview2021.Version(to.Version).Extended() }

// locator names the call to the versions that have locators.
func locator(r journal.Record, to call.Recipient) *preview2021.CallLocator {
	if !extended(to) {
		return nil
	}
	return preview2021.ServerCallLocator(r.Call.ServerCallID())
}

// serverCallID names the call to the versions before them.
func serverCallID(r journal.Record, to call.Recipient) string {
	if extended(to) {
		return ""
	}
	return r.Call.ServerCallID()
}
