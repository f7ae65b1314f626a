package ga

import (
	"fmt"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// Message is what is posted.
type Message struct {
	Type string
	Body []byte
}

// Render puts the i-th event of a record, which is for a connection, in its
// published form. It is false when the connection's version is not told.
func Render(r journal.Record, i int) (Message, bool, error) {
	e, ok := told(r.Events, i)
	if !ok {
		return Message{}, false, nil
	}
	to := e.To()
	p := publish(e)
	p.common.Version = ga.Version(to.Version)
	p.common.CallConnectionID = string(to.Connection)
	p.common.ServerCallID = r.Call.ServerCallID()
	p.common.CorrelationID = string(r.Call)
	p.common.PublicEventType = p.kind
	event, err := wire.NewCloudEvent(r.EventID(i), p.kind, ga.ConnectionSubject(string(to.Connection)), wire.Time{Time: r.Time}, p.data)
	if err != nil {
		return Message{}, false, err
	}
	body, err := wire.EncodeCallback(event)
	return Message{Type: p.kind, Body: body}, err == nil, err
}

// told is the event as the version of its connection knows it.
func told(events []call.Event, i int) (call.ForConnection, bool) {
	e, ok := events[i].(call.ForConnection)
	if !ok {
		return nil, false
	}
	version := ga.Version(e.To().Version)
	if version.Emits(typeOf(e)) {
		return e, true
	}
	// Before 2024-09-15 a connection that failed to come about was only
	// disconnected.
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

func typeOf(e call.ForConnection) string { return publish(e).kind }

// published is an event's data and the part of it that all events share.
type published struct {
	kind   string
	data   any
	common *ga.EventData
}

// publish has one line for each event of a connection.
func publish(e call.ForConnection) published {
	switch e := e.(type) {
	case call.CallConnected:
		d := &ga.CallConnected{EventData: about(e.Recipient, outcome.Done)}
		return published{ga.TypeCallConnected, d, &d.EventData}
	case call.CallDisconnected:
		d := &ga.CallDisconnected{EventData: because(e.Recipient, disconnected(e), e.Cause)}
		return published{ga.TypeCallDisconnected, d, &d.EventData}
	case call.CreateCallFailed:
		d := &ga.CreateCallFailed{EventData: because(e.Recipient, outcome.NotReached(e.Cause), e.Cause)}
		return published{ga.TypeCreateCallFailed, d, &d.EventData}
	case call.AnswerFailed:
		d := &ga.AnswerFailed{EventData: because(e.Recipient, outcome.NotAnswered(e.Cause), e.Cause)}
		return published{ga.TypeAnswerFailed, d, &d.EventData}
	case call.ParticipantsUpdated:
		return participantsUpdated(e)
	case call.AddParticipantSucceeded:
		d := &ga.AddParticipantSucceeded{EventData: about(e.Recipient, outcome.Done), Participant: identifier(e.Participant)}
		return published{ga.TypeAddParticipantSucceeded, d, &d.EventData}
	case call.AddParticipantFailed:
		d := &ga.AddParticipantFailed{EventData: because(e.Recipient, outcome.NotReached(e.Cause), e.Cause), Participant: identifier(e.Participant)}
		return published{ga.TypeAddParticipantFailed, d, &d.EventData}
	case call.RemoveParticipantSucceeded:
		d := &ga.RemoveParticipantSucceeded{EventData: about(e.Recipient, outcome.Done), Participant: identifier(e.Participant)}
		return published{ga.TypeRemoveParticipantSucceeded, d, &d.EventData}
	case call.PlayStarted:
		d := &ga.PlayStarted{EventData: about(e.Recipient, outcome.MediaDone)}
		return published{ga.TypePlayStarted, d, &d.EventData}
	case call.PlayCompleted:
		d := &ga.PlayCompleted{EventData: about(e.Recipient, outcome.MediaDone)}
		return published{ga.TypePlayCompleted, d, &d.EventData}
	case call.PlayCanceled:
		d := &ga.PlayCanceled{EventData: about(e.Recipient, outcome.Canceled)}
		return published{ga.TypePlayCanceled, d, &d.EventData}
	case call.PlayFailed:
		d := &ga.PlayFailed{EventData: about(e.Recipient, outcome.Played(e.Cause)), FailedPlaySourceIndex: sourceIndex(e.Source)}
		return published{ga.TypePlayFailed, d, &d.EventData}
	case call.RecognizeCompleted:
		return recognizeCompleted(e)
	case call.RecognizeCanceled:
		d := &ga.RecognizeCanceled{EventData: about(e.Recipient, outcome.Canceled)}
		return published{ga.TypeRecognizeCanceled, d, &d.EventData}
	case call.RecognizeFailed:
		d := &ga.RecognizeFailed{EventData: about(e.Recipient, outcome.Recognized(e.Cause)), FailedPlaySourceIndex: sourceIndex(e.Source)}
		return published{ga.TypeRecognizeFailed, d, &d.EventData}
	}
	panic(fmt.Sprintf("webhook: no published form of %T", e))
}
