package callingserver

import (
	"context"
	"net/http"
)

const connections = "/calling/callConnections"

// CallConnection is an application's seat in a call.
type CallConnection struct {
	ID     string
	client *Client
}

// CallConnection is a connection that is known by its id.
func (c *Client) CallConnection(id string) CallConnection { return CallConnection{ID: id, client: c} }

type connectionResult struct {
	ID string `json:"callConnectionId"`
}

// CreateCallConnection calls all targets as source.
func (c *Client) CreateCallConnection(ctx context.Context, source Identifier, targets []Identifier, options CallOptions) (CallConnection, error) {
	var made connectionResult
	err := c.Do(ctx, Request{Method: http.MethodPost, Path: connections, Status: http.StatusCreated, Result: &made, Body: struct {
		Source  Identifier   `json:"source"`
		Targets []Identifier `json:"targets"`
		CallOptions
	}{source, targets, options}})
	return c.CallConnection(made.ID), err
}

// JoinCall joins a call as source. Its id is a serverCallId, or the GUID of a group
// call, which the first to join makes.
func (c *Client) JoinCall(ctx context.Context, serverCallID string, source Identifier, options CallOptions) (CallConnection, error) {
	var made connectionResult
	err := c.Do(ctx, Request{Method: http.MethodPost, Path: c.ServerCall(serverCallID).path("/:join"), Status: http.StatusAccepted, Result: &made, Body: struct {
		Source Identifier `json:"source"`
		CallOptions
	}{source, options}})
	return c.CallConnection(made.ID), err
}

func (c CallConnection) path(below string) string { return connections + "/" + Segment(c.ID) + below }

// Hangup leaves the call.
func (c CallConnection) Hangup(ctx context.Context) error {
	return c.client.Do(ctx, Request{Method: http.MethodPost, Path: c.path("/:hangup"), Status: http.StatusAccepted})
}

// PlayOptions are what is played, and who is told of its end.
type PlayOptions struct {
	AudioFileURI     string `json:"audioFileUri,omitempty"`
	Loop             bool   `json:"loop"`
	OperationContext string `json:"operationContext,omitempty"`
	AudioFileID      string `json:"audioFileId,omitempty"`
	CallbackURI      string `json:"callbackUri,omitempty"` // out-of-call
}

// Operation is the answer to what goes on after it.
type Operation struct {
	ID         string      `json:"operationId"`
	Status     Status      `json:"status"`
	Context    string      `json:"operationContext"`
	ResultInfo *ResultInfo `json:"resultInfo"`
}

// PlayAudio plays a file to everybody.
func (c CallConnection) PlayAudio(ctx context.Context, options PlayOptions) (o Operation, err error) {
	err = c.client.Do(ctx, Request{Method: http.MethodPost, Path: c.path("/:playAudio"), Body: options, Status: http.StatusAccepted, Result: &o})
	return o, err
}

// CancelAllMediaOperations ends whatever is played.
func (c CallConnection) CancelAllMediaOperations(ctx context.Context, operationContext string) (o Operation, err error) {
	body := struct {
		OperationContext string `json:"operationContext,omitempty"`
	}{operationContext}
	err = c.client.Do(ctx, Request{Method: http.MethodPost, Path: c.path("/:cancelAllMediaOperations"), Body: body, Status: http.StatusOK, Result: &o})
	return o, err
}

// InviteOptions are how somebody is invited, and who is told what came of it.
type InviteOptions struct {
	AlternateCallerID *PhoneNumber `json:"alternateCallerId,omitempty"`
	OperationContext  string       `json:"operationContext,omitempty"`
	CallbackURI       string       `json:"callbackUri,omitempty"` // out-of-call
}

// AddParticipant invites somebody; the answer is their participantId.
func (c CallConnection) AddParticipant(ctx context.Context, who Identifier, options InviteOptions) (string, error) {
	return c.client.invite(ctx, c.path("/participants"), who, options)
}

// RemoveParticipant sends somebody away.
func (c CallConnection) RemoveParticipant(ctx context.Context, participantID string) error {
	return c.client.remove(ctx, c.path("/participants/"+Segment(participantID)))
}

func (c *Client) invite(ctx context.Context, path string, who Identifier, options InviteOptions) (string, error) {
	var made struct {
		ID string `json:"participantId"`
	}
	err := c.Do(ctx, Request{Method: http.MethodPost, Path: path, Status: http.StatusAccepted, Result: &made, Body: struct {
		Participant Identifier `json:"participant"`
		InviteOptions
	}{who, options}})
	return made.ID, err
}

func (c *Client) remove(ctx context.Context, path string) error {
	return c.Do(ctx, Request{Method: http.MethodDelete, Path: path, Status: http.StatusAccepted})
}
