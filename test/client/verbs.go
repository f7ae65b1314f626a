package client

import (
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
)

// Object is a JSON object.
type Object = map[string]any

const connections = "/calling/callConnections"

// Number identifies a telephone number.
func Number(e164 string) Object {
	return Object{"kind": "phoneNumber", "rawId": "4:" + e164, "phoneNumber": Object{"value": e164}}
}

// User identifies a user of the resource.
func User(rawID string) Object {
	return Object{"kind": "communicationUser", "rawId": rawID, "communicationUser": Object{"id": rawID}}
}

// Once makes a request repeatable under a new id.
func Once() Option { return Repeatable(uuid.NewString(), time.Now()) }

// CreateCall places a call; more holds further fields of the request.
func (c *Client) CreateCall(callback string, targets []Object, more Object, options ...Option) Response {
	c.t.Helper()
	body := Object{"targets": targets, "callbackUri": callback, "sourceCallerIdNumber": Object{"value": "+14255550100"}}
	for key, value := range more {
		body[key] = value
	}
	return c.Do(http.MethodPost, connections, body, append([]Option{Once()}, options...)...)
}

// Answer answers an incoming call.
func (c *Client) Answer(context, callback string, options ...Option) Response {
	c.t.Helper()
	body := Object{"incomingCallContext": context, "callbackUri": callback}
	return c.Do(http.MethodPost, connections+":answer", body, append([]Option{Once()}, options...)...)
}

// Reject rejects an incoming call.
func (c *Client) Reject(context, reason string, options ...Option) Response {
	c.t.Helper()
	body := Object{"incomingCallContext": context, "callRejectReason": reason}
	return c.Do(http.MethodPost, connections+":reject", body, append([]Option{Once()}, options...)...)
}

// Redirect sends an incoming call elsewhere.
func (c *Client) Redirect(context string, target Object, options ...Option) Response {
	c.t.Helper()
	body := Object{"incomingCallContext": context, "target": target}
	return c.Do(http.MethodPost, connections+":redirect", body, append([]Option{Once()}, options...)...)
}

// Get reads a connection's properties.
func (c *Client) Get(id string) Response {
	c.t.Helper()
	return c.Do(http.MethodGet, Path(id, ""), nil)
}

// HangUp leaves a call.
func (c *Client) HangUp(id string) Response {
	c.t.Helper()
	return c.Do(http.MethodDelete, Path(id, ""), nil)
}

// Terminate ends a call for everyone.
func (c *Client) Terminate(id string, options ...Option) Response {
	c.t.Helper()
	return c.Do(http.MethodPost, Path(id, ":terminate"), nil, append([]Option{Once()}, options...)...)
}

// Verb asks for anything else in a call: ":play", "/participants:add".
func (c *Client) Verb(id, verb string, body Object, options ...Option) Response {
	c.t.Helper()
	return c.Do(http.MethodPost, Path(id, verb), body, options...)
}

// PlayFile plays one file: to everyone where nobody is named.
func (c *Client) PlayFile(id, uri string, more Object, to ...Object) Response {
	c.t.Helper()
	if to == nil {
		to = []Object{}
	}
	body := Object{"playSources": []Object{File(uri)}, "playTo": to}
	for key, value := range more {
		body[key] = value
	}
	return c.Verb(id, ":play", body)
}

// File is a play source.
func File(uri string) Object { return Object{"kind": "file", "file": Object{"uri": uri}} }

// AddParticipant invites someone.
func (c *Client) AddParticipant(id string, who, more Object, options ...Option) Response {
	c.t.Helper()
	body := Object{"participantToAdd": who, "sourceCallerIdNumber": Object{"value": "+14255550100"}}
	for key, value := range more {
		body[key] = value
	}
	return c.Verb(id, "/participants:add", body, append([]Option{Once()}, options...)...)
}

// RemoveParticipant sends someone away.
func (c *Client) RemoveParticipant(id string, who, more Object, options ...Option) Response {
	c.t.Helper()
	body := Object{"participantToRemove": who}
	for key, value := range more {
		body[key] = value
	}
	return c.Verb(id, "/participants:remove", body, append([]Option{Once()}, options...)...)
}

// MoveHere moves people out of the call that another connection of the application
// is in.
func (c *Client) MoveHere(id, from string, who []Object, more Object, options ...Option) Response {
	c.t.Helper()
	body := Object{"targetParticipants": who, "fromCall": from}
	for key, value := range more {
		body[key] = value
	}
	return c.Verb(id, "/participants:moveHere", body, append([]Option{Once()}, options...)...)
}

// Participants lists who is in the call.
func (c *Client) Participants(id string) Response {
	c.t.Helper()
	return c.Do(http.MethodGet, Path(id, "/participants"), nil)
}

// Participant reads one of them, by raw id.
func (c *Client) Participant(id, rawID string) Response {
	c.t.Helper()
	return c.Do(http.MethodGet, Path(id, "/participants/"+url.PathEscape(rawID)), nil)
}

// Path is the path of a connection, or of something below it.
func Path(id, below string) string { return connections + "/" + id + below }
