package november

import (
	"context"
	"net/http"

	cs "strowger/test/callingserver"
)

// Call is one that need have no application in it.
type Call struct {
	Locator Locator
	client  Client
}

// Call is a call that is known by its locator.
func (c Client) Call(locator Locator) Call { return Call{Locator: locator, client: c} }

// located is a body that names a call, and perhaps somebody in it.
type located struct {
	CallLocator      Locator        `json:"callLocator"`
	Identifier       *cs.Identifier `json:"identifier,omitempty"`
	MediaOperationID string         `json:"mediaOperationId,omitempty"`
}

// PlayAudio plays a file to everybody.
func (c Call) PlayAudio(ctx context.Context, options cs.PlayOptions) (Operation, error) {
	return c.client.operate(ctx, "/calling:playAudio", played{CallLocator: &c.Locator, PlayOptions: options})
}

// CancelMediaOperation ends one play.
func (c Call) CancelMediaOperation(ctx context.Context, operationID string) error {
	return c.client.post(ctx, "/calling:cancelMediaOperation", located{CallLocator: c.Locator, MediaOperationID: operationID}, http.StatusOK)
}

// AddParticipant invites somebody.
func (c Call) AddParticipant(ctx context.Context, who cs.Identifier, options cs.InviteOptions) (Operation, error) {
	return c.client.operate(ctx, "/calling/participants", invited{CallLocator: &c.Locator, Participant: who, InviteOptions: options})
}

// RemoveParticipant sends somebody away.
func (c Call) RemoveParticipant(ctx context.Context, who cs.Identifier) error {
	return c.client.post(ctx, "/calling/participants:remove", located{CallLocator: c.Locator, Identifier: &who}, http.StatusAccepted)
}

// Participant is one who is in the call.
func (c Call) Participant(ctx context.Context, who cs.Identifier) (p cs.Participant, err error) {
	err = c.client.Do(ctx, cs.Request{
		Method: http.MethodPost, Path: "/calling/participants:get", Status: http.StatusOK, Result: &p,
		Body: located{CallLocator: c.Locator, Identifier: &who},
	})
	return p, err
}

// Participants are who is in the call.
func (c Call) Participants(ctx context.Context) (all []cs.Participant, err error) {
	err = c.client.Do(ctx, cs.Request{
		Method: http.MethodPost, Path: "/calling/participants:getAll", Status: http.StatusOK, Result: &all,
		Body: located{CallLocator: c.Locator},
	})
	return all, err
}

// PlayAudioToParticipant plays a file to one who is in the call.
func (c Call) PlayAudioToParticipant(ctx context.Context, who cs.Identifier, options cs.PlayOptions) (Operation, error) {
	return c.client.operate(ctx, "/calling/participants:playAudio", played{CallLocator: &c.Locator, Identifier: &who, PlayOptions: options})
}

// CancelParticipantMediaOperation ends one play to one participant.
func (c Call) CancelParticipantMediaOperation(ctx context.Context, who cs.Identifier, operationID string) error {
	return c.client.post(ctx, "/calling/participants:cancelMediaOperation",
		located{CallLocator: c.Locator, Identifier: &who, MediaOperationID: operationID}, http.StatusOK)
}

// StartRecording records the call; the answer is the recordingId.
func (c Call) StartRecording(ctx context.Context, options cs.RecordingOptions) (string, error) {
	var made struct {
		ID string `json:"recordingId"`
	}
	err := c.client.Do(ctx, cs.Request{Method: http.MethodPost, Path: recordings, Status: http.StatusOK, Result: &made, Body: struct {
		CallLocator Locator `json:"callLocator"`
		cs.RecordingOptions
	}{c.Locator, options}})
	return made.ID, err
}
