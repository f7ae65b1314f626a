package ga

import (
	"fmt"
	"reflect"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// Family is the general-availability family.
func Family() webhook.Family { return webhook.Family{Versions: ga.Versions(), Render: Render} }

// forms has a line for each event of a connection: its published type and what
// makes its data, which is in the file of its verb.
var forms = catalogue(
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
	form(ga.TypeMoveParticipantSucceeded, moveParticipantSucceeded),
	form(ga.TypeMoveParticipantFailed, moveParticipantFailed),
)

// untold are the events of which no application of this family hears.
var untold = map[reflect.Type]bool{
	reflect.TypeFor[call.CallConnecting]():    true,
	reflect.TypeFor[call.CallDisconnecting](): true,
}

// published is the form of one kind of event.
type published struct {
	event reflect.Type
	kind  string
	data  func(call.ForRecipient) ga.Event
}

func form[E call.ForRecipient](kind string, data func(E) ga.Event) published {
	return published{reflect.TypeFor[E](), kind, func(e call.ForRecipient) ga.Event { return data(e.(E)) }}
}

func catalogue(all ...published) map[reflect.Type]published {
	byEvent := map[reflect.Type]published{}
	for _, p := range all {
		byEvent[p.event] = p
	}
	return byEvent
}

// Render puts the i-th event of a record, which is for a connection, in its
// published form. It is false when the connection's version is not told.
func Render(r journal.Record, i int) (webhook.Message, bool, error) {
	e, ok := r.Events[i].(call.ForRecipient)
	if !ok {
		return webhook.Message{}, false, fmt.Errorf("%T is not for a connection", r.Events[i])
	}
	if untold[reflect.TypeOf(e)] {
		return webhook.Message{}, false, nil
	}
	p, known := forms[reflect.TypeOf(e)]
	if !known {
		return webhook.Message{}, false, fmt.Errorf("no published form of %T", e)
	}
	if !ga.Version(e.To().Version).Emits(p.kind) {
		if e, ok = older(r.Events, e); !ok {
			return webhook.Message{}, false, nil
		}
		p = forms[reflect.TypeOf(e)]
	}
	body, err := encode(r, i, p.kind, e, p.data(e))
	return webhook.Message{Type: p.kind, Body: body}, err == nil, err
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

// encode is the body of a callback.
func encode(r journal.Record, i int, kind string, e call.ForRecipient, data ga.Event) ([]byte, error) {
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
	event, err := wire.NewCloudEvent(r.EventID(i), kind, subject, wire.Time{Time: r.Time}, data)
	if err != nil {
		return nil, err
	}
	return wire.EncodeCallback(event)
}
