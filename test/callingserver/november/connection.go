package november

import (
	"context"
	"net/http"

	cs "strowger/test/callingserver"
)

// Connection is an application's seat in a call.
type Connection struct {
	ID     string
	client Client
}

// Connection is one that is known by its id.
func (c Client) Connection(id string) Connection { return Connection{ID: id, client: c} }

func (c Connection) path(below string) string {
	return "/calling/callConnections/" + cs.Segment(c.ID) + below
}

func (c Connection) post(ctx context.Context, below string, body any, status int) error {
	return c.client.post(ctx, c.path(below), body, status)
}

// Properties are a connection as its application asked for it.
type Properties struct {
	ID                  string            `json:"callConnectionId"`
	Source              cs.Identifier     `json:"source"`
	AlternateCallerID   *cs.PhoneNumber   `json:"alternateCallerId"`
	Targets             []cs.Identifier   `json:"targets"`
	State               string            `json:"callConnectionState"`
	Subject             string            `json:"subject"`
	CallbackURI         string            `json:"callbackUri"`
	RequestedMediaTypes []cs.Media        `json:"requestedMediaTypes"`
	RequestedCallEvents []cs.Subscription `json:"requestedCallEvents"`
	CallLocator         Locator           `json:"callLocator"`
}

// Get reads the connection.
func (c Connection) Get(ctx context.Context) (p Properties, err error) {
	err = c.client.Do(ctx, cs.Request{Method: http.MethodGet, Path: c.path(""), Status: http.StatusOK, Result: &p})
	return p, err
}

// Delete ends the call for everybody.
func (c Connection) Delete(ctx context.Context) error {
	return c.client.Do(ctx, cs.Request{Method: http.MethodDelete, Path: c.path(""), Status: http.StatusAccepted})
}

// Hangup leaves the call.
func (c Connection) Hangup(ctx context.Context) error {
	return c.post(ctx, "/:hangup", nil, http.StatusAccepted)
}

// KeepAlive says that the application is still there.
func (c Connection) KeepAlive(ctx context.Context) error {
	return c.post(ctx, "/:keepAlive", nil, http.StatusOK)
}

// PlayAudio plays a file to everybody.
func (c Connection) PlayAudio(ctx context.Context, options cs.PlayOptions) (Operation, error) {
	return c.client.operate(ctx, c.path("/:playAudio"), options)
}

// CancelAllMediaOperations ends whatever is played.
func (c Connection) CancelAllMediaOperations(ctx context.Context) error {
	return c.post(ctx, "/:cancelAllMediaOperations", nil, http.StatusOK)
}

// TransferOptions are how a call is handed on.
type TransferOptions struct {
	AlternateCallerID     *cs.PhoneNumber `json:"alternateCallerId,omitempty"` // to a participant
	UserToUserInformation string          `json:"userToUserInformation,omitempty"`
	OperationContext      string          `json:"operationContext,omitempty"`
}

// TransferToParticipant hands the caller on to somebody else.
func (c Connection) TransferToParticipant(ctx context.Context, target cs.Identifier, options TransferOptions) (Operation, error) {
	return c.client.operate(ctx, c.path("/:transferToParticipant"), struct {
		Target cs.Identifier `json:"targetParticipant"`
		TransferOptions
	}{target, options})
}

// TransferToCall hands the caller on to another call of the application.
func (c Connection) TransferToCall(ctx context.Context, connectionID string, options TransferOptions) (Operation, error) {
	return c.client.operate(ctx, c.path("/:transferToCall"), struct {
		Target string `json:"targetCallConnectionId"`
		TransferOptions
	}{connectionID, options})
}

// identified is a body that names a participant.
type identified struct {
	Identifier       cs.Identifier `json:"identifier"`
	OperationContext string        `json:"operationContext,omitempty"`
	MediaOperationID string        `json:"mediaOperationId,omitempty"`
}

// Participants are who is in the call.
func (c Connection) Participants(ctx context.Context) (all []cs.Participant, err error) {
	err = c.client.Do(ctx, cs.Request{Method: http.MethodGet, Path: c.path("/participants"), Status: http.StatusOK, Result: &all})
	return all, err
}

// Participant is one who is in the call.
func (c Connection) Participant(ctx context.Context, who cs.Identifier) (p cs.Participant, err error) {
	err = c.client.Do(ctx, cs.Request{Method: http.MethodPost, Path: c.path("/participants:get"), Body: identified{Identifier: who}, Status: http.StatusOK, Result: &p})
	return p, err
}

// invited is a body that invites somebody.
type invited struct {
	CallLocator *Locator      `json:"callLocator,omitempty"`
	Participant cs.Identifier `json:"participant"`
	cs.InviteOptions
}

// AddParticipant invites somebody.
func (c Connection) AddParticipant(ctx context.Context, who cs.Identifier, options cs.InviteOptions) (Operation, error) {
	return c.client.operate(ctx, c.path("/participants"), invited{Participant: who, InviteOptions: options})
}

// RemoveParticipant sends somebody away.
func (c Connection) RemoveParticipant(ctx context.Context, who cs.Identifier) error {
	return c.post(ctx, "/participants:remove", identified{Identifier: who}, http.StatusAccepted)
}

// played is a body that plays to one participant.
type played struct {
	CallLocator *Locator       `json:"callLocator,omitempty"`
	Identifier  *cs.Identifier `json:"identifier,omitempty"`
	cs.PlayOptions
}

// PlayAudioToParticipant plays a file to one who is in the call.
func (c Connection) PlayAudioToParticipant(ctx context.Context, who cs.Identifier, options cs.PlayOptions) (Operation, error) {
	return c.client.operate(ctx, c.path("/participants:playAudio"), played{Identifier: &who, PlayOptions: options})
}

// CancelParticipantMediaOperation ends one play to one participant.
func (c Connection) CancelParticipantMediaOperation(ctx context.Context, who cs.Identifier, operationID string) error {
	return c.post(ctx, "/participants:cancelMediaOperation", identified{Identifier: who, MediaOperationID: operationID}, http.StatusOK)
}

// MuteParticipant lets nobody hear a participant.
func (c Connection) MuteParticipant(ctx context.Context, who cs.Identifier, operationContext string) error {
	return c.post(ctx, "/participants:mute", identified{Identifier: who, OperationContext: operationContext}, http.StatusOK)
}

// UnmuteParticipant lets a participant be heard again.
func (c Connection) UnmuteParticipant(ctx context.Context, who cs.Identifier, operationContext string) error {
	return c.post(ctx, "/participants:unmute", identified{Identifier: who, OperationContext: operationContext}, http.StatusOK)
}

// RemoveFromDefaultAudioGroup puts a participant on hold.
func (c Connection) RemoveFromDefaultAudioGroup(ctx context.Context, who cs.Identifier) error {
	return c.post(ctx, "/participants:removeFromDefaultAudioGroup", identified{Identifier: who}, http.StatusOK)
}

// AddToDefaultAudioGroup takes a participant back.
func (c Connection) AddToDefaultAudioGroup(ctx context.Context, who cs.Identifier) error {
	return c.post(ctx, "/participants:addToDefaultAudioGroup", identified{Identifier: who}, http.StatusOK)
}
