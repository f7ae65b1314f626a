package grid

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"strowger/internal/access"
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire"
	"strowger/internal/wire/eventgrid"
)

// Sealer makes the incomingCallContext.
type Sealer interface {
	Seal(access.IncomingContext) (string, error)
}

// Grid is webhook.EventGrid as published.
type Grid struct {
	resourceID string
	contents   string
	sealer     Sealer
}

// New makes the Grid of a resource, which is the topic of its events. contents is the
// URL under which recordings are fetched.
func New(resourceID, contents string, s Sealer) *Grid {
	return &Grid{resourceID: resourceID, contents: strings.TrimRight(contents, "/"), sealer: s}
}

// Render implements webhook.EventGrid.
func (g *Grid) Render(r journal.Record, i int) (webhook.Message, error) {
	e, ok := r.Events[i].(call.ForSubscribers)
	if !ok {
		return webhook.Message{}, fmt.Errorf("%T is not for subscribers", r.Events[i])
	}
	subject, data, err := g.publish(r, e)
	if err != nil {
		return webhook.Message{}, err
	}
	event, err := eventgrid.NewEvent(eventgrid.Head{
		ID: r.EventID(i), Topic: eventgrid.Topic(g.resourceID), Subject: subject, EventType: g.Type(e), At: wire.Time{Time: r.Time},
	}, data)
	if err != nil {
		return webhook.Message{}, err
	}
	body, err := eventgrid.Encode(event)
	return webhook.Message{Type: g.Type(e), Body: body}, err
}

// Type implements webhook.EventGrid.
func (g *Grid) Type(e call.ForSubscribers) string {
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
	case call.RecordingFileReady:
		return eventgrid.TypeRecordingFileStatusUpdated
	}
	panic(fmt.Sprintf("webhook: no published type of %T", e))
}

func (g *Grid) publish(r journal.Record, e call.ForSubscribers) (subject string, data any, err error) {
	server, started := r.Call.ServerCallID(), callStarted(r, e.About())
	switch e := e.(type) {
	case call.IncomingCall:
		data, err := g.incomingCall(r, e)
		return eventgrid.IncomingCallSubject(string(e.From), string(e.To)), data, err
	case call.CallStarted:
		return eventgrid.CallStartedSubject(server, string(e.StartedBy)), started, nil
	case call.CallEnded:
		return eventgrid.CallEndedSubject(server), callEnded(r, e, started), nil
	case call.CallParticipantAdded:
		return eventgrid.CallParticipantSubject(server, string(e.User)), participant(started, e.User, e.Name, e.Leg), nil
	case call.CallParticipantRemoved:
		return eventgrid.CallParticipantSubject(server, string(e.User)), participant(started, e.User, e.Name, e.Leg), nil
	case call.RecordingFileReady:
		return eventgrid.RecordingSubject(string(r.Call), server, string(e.Recording)), g.recordingFile(e), nil
	}
	panic(fmt.Sprintf("webhook: no published form of %T", e))
}

func (g *Grid) incomingCall(r journal.Record, e call.IncomingCall) (eventgrid.IncomingCall, error) {
	sealed, err := g.sealer.Seal(access.IncomingContext{
		CallID: string(r.Call), IncomingID: int(e.Incoming), From: string(e.From), To: string(e.To),
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
