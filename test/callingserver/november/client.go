package november

import (
	"context"
	"net/http"

	cs "strowger/test/callingserver"
)

// Client speaks the version to one resource. It may be used by several goroutines.
type Client struct{ *cs.Client }

// FromConnectionString makes a client of what the resource's owner was given.
func FromConnectionString(connectionString string, config cs.Config) (Client, error) {
	c, err := cs.FromConnectionString(connectionString, cs.November, config)
	return Client{c}, err
}

// Locator names a call.
type Locator = cs.Locator

// Operation is the answer to what goes on after it.
type Operation struct {
	ID            string         `json:"operationId"`
	Status        cs.Status      `json:"status"`
	Context       string         `json:"operationContext"`
	ResultDetails *cs.ResultInfo `json:"resultDetails"`
}

type made struct {
	ID string `json:"callConnectionId"`
}

// post sends an operation that has no answer.
func (c Client) post(ctx context.Context, path string, body any, status int) error {
	return c.Do(ctx, cs.Request{Method: http.MethodPost, Path: path, Body: body, Status: status})
}

// operate sends an operation that goes on after its answer.
func (c Client) operate(ctx context.Context, path string, body any) (o Operation, err error) {
	err = c.Do(ctx, cs.Request{Method: http.MethodPost, Path: path, Body: body, Status: http.StatusAccepted, Result: &o})
	return o, err
}

// CreateCall calls all targets as source.
func (c Client) CreateCall(ctx context.Context, source cs.Identifier, targets []cs.Identifier, options cs.CallOptions) (Connection, error) {
	connection, err := c.CreateCallConnection(ctx, source, targets, options)
	return c.Connection(connection.ID), err
}

// JoinCall joins a call as source; the first who joins a group call makes it.
func (c Client) JoinCall(ctx context.Context, call Locator, source cs.Identifier, options cs.CallOptions) (Connection, error) {
	var m made
	err := c.Do(ctx, cs.Request{Method: http.MethodPost, Path: "/calling:join", Status: http.StatusAccepted, Result: &m, Body: struct {
		CallLocator Locator       `json:"callLocator"`
		Source      cs.Identifier `json:"source"`
		cs.CallOptions
	}{call, source, options}})
	return c.Connection(m.ID), err
}

// AnswerOptions are what an incoming call is answered with.
type AnswerOptions struct {
	CallbackURI         string            `json:"callbackUri,omitempty"`
	RequestedMediaTypes []cs.Media        `json:"requestedMediaTypes,omitempty"`
	RequestedCallEvents []cs.Subscription `json:"requestedCallEvents,omitempty"`
}

// AnswerCall answers an incoming call.
func (c Client) AnswerCall(ctx context.Context, incomingCallContext string, options AnswerOptions) (Connection, error) {
	var m made
	err := c.Do(ctx, cs.Request{Method: http.MethodPost, Path: "/calling:answer", Status: http.StatusAccepted, Result: &m, Body: struct {
		IncomingCallContext string `json:"incomingCallContext"`
		AnswerOptions
	}{incomingCallContext, options}})
	return c.Connection(m.ID), err
}

// RejectCall rejects an incoming call; the reason is "none", "busy", "forbidden", or
// left out where empty.
func (c Client) RejectCall(ctx context.Context, incomingCallContext, reason string) error {
	return c.post(ctx, "/calling:reject", struct {
		IncomingCallContext string `json:"incomingCallContext"`
		CallRejectReason    string `json:"callRejectReason,omitempty"`
	}{incomingCallContext, reason}, http.StatusAccepted)
}

// RedirectCall sends an incoming call to somebody else.
func (c Client) RedirectCall(ctx context.Context, incomingCallContext string, target cs.Identifier) error {
	return c.post(ctx, "/calling:redirect", struct {
		IncomingCallContext string        `json:"incomingCallContext"`
		Target              cs.Identifier `json:"target"`
	}{incomingCallContext, target}, http.StatusAccepted)
}
