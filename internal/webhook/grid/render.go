package grid

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"strowger/internal/access"
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire"
	"strowger/internal/wire/eventgrid"
)

// Message is what is posted.
type Message struct {
	Type string
	Body []byte
}

// Sealer makes the incomingCallContext.
type Sealer interface {
	Seal(access.Offer) (string, error)
}

// Render puts the i-th event of a record, which is for subscribers, in its
// published form.
func Render(r journal.Record, i int, resourceID string, s Sealer) (Message, error) {
	e, ok := r.Events[i].(call.ForSubscribers)
	if !ok {
		return Message{}, fmt.Errorf("%T is not for subscribers", r.Events[i])
	}
	subject, data, err := publish(r, e, s)
	if err != nil {
		return Message{}, err
	}
	event, err := eventgrid.NewEvent(eventgrid.Head{
		ID: r.EventID(i), Topic: eventgrid.Topic(resourceID), Subject: subject, EventType: Type(e), At: wire.Time{Time: r.Time},
	}, data)
	if err != nil {
		return Message{}, err
	}
	body, err := eventgrid.Encode(event)
	return Message{Type: Type(e), Body: body}, err
}

// Type is the published type of an event.
func Type(e call.ForSubscribers) string {
	switch e.(type) {
	case call.IncomingCall:
		return eventgrid.TypeIncomingCall
	case call.CallStarted:
		return eventgrid.TypeCallStarted
	case call.CallEnded:
		return eventgrid.TypeCallEnded
	case call.CallParticipantAdded:
		return eventgrid.TypeCallParticipantAdded
	case call.CallParticipantRemoved:
		return eventgrid.TypeCallParticipantRemoved
	}
	panic(fmt.Sprintf("webhook: no published type of %T", e))
}

func publish(r journal.Record, e call.ForSubscribers, s Sealer) (subject string, data any, err error) {
	server, started := r.Call.ServerCallID(), callStarted(r, e.About())
	switch e := e.(type) {
	case call.IncomingCall:
		data, err := incomingCall(r, e, s)
		return eventgrid.IncomingCallSubject(string(e.From), string(e.To)), data, err
	case call.CallStarted:
		return eventgrid.CallStartedSubject(server, string(e.StartedBy)), started, nil
	case call.CallEnded:
		return eventgrid.CallEndedSubject(server), callEnded(r, e, started), nil
	case call.CallParticipantAdded:
		return eventgrid.CallParticipantSubject(server, string(e.User)), participant(started, e.User, e.Name, e.Leg), nil
	case call.CallParticipantRemoved:
		return eventgrid.CallParticipantSubject(server, string(e.User)), participant(started, e.User, e.Name, e.Leg), nil
	}
	panic(fmt.Sprintf("webhook: no published form of %T", e))
}

func incomingCall(r journal.Record, e call.IncomingCall, s Sealer) (eventgrid.IncomingCall, error) {
	sealed, err := s.Seal(access.Offer{
		CallID: string(r.Call), OfferID: int(e.Incoming), From: string(e.From), To: string(e.To),
	})
	if err != nil {
		return eventgrid.IncomingCall{}, err
	}
	data := eventgrid.IncomingCall{
		To: wire.FromRawID(string(e.To)), From: wire.FromRawID(string(e.From)),
		ServerCallID: r.Call.ServerCallID(), CorrelationID: string(r.Call),
		CallerDisplayName: e.FromName, IncomingCallContext: sealed,
		CustomContext: &eventgrid.CustomContext{SIPHeaders: present(e.SIPHeaders), VoIPHeaders: present(e.VoIPHeaders)},
	}
	if e.From.IsPhone() {
		data.CallerDisplayName = "" // as published for callers from the telephone network
	}
	if e.OnBehalfOf != "" {
		callee := wire.FromRawID(string(e.OnBehalfOf))
		data.OnBehalfOfCallee = &callee
	}
	return data, nil
}

// present is an empty object where there is nothing: applications look inside
// without asking.
func present(headers map[string]string) map[string]string {
	if headers == nil {
		return map[string]string{}
	}
	return headers
}

func callStarted(r journal.Record, s call.Subject) eventgrid.CallStarted {
	data := eventgrid.CallStarted{
		StartedBy:    party(s.StartedBy),
		ServerCallID: r.Call.ServerCallID(), CorrelationID: string(r.Call), IsTwoParty: s.TwoParty,
	}
	if s.Group != "" {
		data.Group = &eventgrid.Reference{ID: s.Group}
	}
	return data
}

func party(a call.Address) eventgrid.Party {
	return eventgrid.Party{CommunicationIdentifier: wire.FromRawID(string(a)), Role: eventgrid.RoleAttendee}
}

func callEnded(r journal.Record, e call.CallEnded, started eventgrid.CallStarted) eventgrid.CallEnded {
	result := outcome.Disconnected(e.Cause)
	data := eventgrid.CallEnded{
		CallStarted: started,
		EndedBy:     &eventgrid.EndedBy{Type: eventgrid.EndedByService, CommunicationIdentifier: wire.Identifier{Kind: wire.KindUnknown}},
		Reason:      &eventgrid.EndReason{Code: result.Code, SubCode: result.SubCode, Phrase: result.Message},
	}
	if e.By != "" {
		data.EndedBy = &eventgrid.EndedBy{Type: eventgrid.EndedByParticipant, CommunicationIdentifier: wire.FromRawID(string(e.By))}
	}
	if !r.Started.IsZero() {
		data.CallDurationInSeconds = r.Time.Sub(r.Started).Round(time.Millisecond).Seconds()
	}
	return data
}

// participantNamespace makes a participant's id from its leg's.
var participantNamespace = uuid.MustParse("f3a0c1de-52c4-4f0b-8a3a-9c61d7e0b254")

func participant(started eventgrid.CallStarted, user call.Address, name string, leg call.LegID) eventgrid.CallParticipant {
	return eventgrid.CallParticipant{
		CallStarted: started, User: party(user), DisplayName: name,
		ParticipantID: uuid.NewSHA1(participantNamespace, []byte(leg)).String(),
	}
}
