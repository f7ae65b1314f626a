package api

import (
	"context"
	"encoding/json"
	"fmt"

	"strowger/internal/call"
	"strowger/internal/wire"
)

// Family is one generation of the published API.
type Family struct {
	Versions   []string
	Operations []Operation
}

// Operation is one published operation. Path is written as in the
// documentation, with its parameters in braces and the verb glued to the last
// segment: "/calling/callConnections/{callConnectionId}:play".
type Operation struct {
	Name   string
	Method string
	Path   string
	Serve  func(context.Context, *Request) (Response, error) // nil: published, but not built yet
	Fields map[call.Part]string                              // where in the request the parts of its command stand
}

// Response is what an operation that was accepted answers. A nil Body is an
// empty one. Call, when it is known, becomes the answer's chain id.
type Response struct {
	Status int
	Body   any
	Call   call.ID
}

// Request is a request that has been let in and understood so far: its caller
// is known, its version is one of the family's, its path is the operation's.
type Request struct {
	Version string
	Repeat  call.Repeatable // identifies the command when it is given again

	params map[string]string
	body   []byte
	calls  Calls
	gate   Gate
	held   []func()
}

// Param is a parameter of the path, decoded.
func (r *Request) Param(name string) string { return r.params[name] }

// Decode reads the body, a JSON object. The error is a *wire.FieldError.
func (r *Request) Decode(dst any) error { return wire.Decode(r.body, dst) }

// Do gives a command to the call that key belongs to. What it causes is told
// to nobody before the answer to this request is on its way.
func (r *Request) Do(ctx context.Context, key call.Key, cmd call.Command) (call.Answer, error) {
	if key == "" {
		return call.Answer{}, callNotFound()
	}
	r.hold(key)
	return r.calls.Command(ctx, key, cmd)
}

// Look returns the state of the call that key belongs to.
func (r *Request) Look(ctx context.Context, key call.Key) (call.State, error) {
	if key == "" {
		return call.State{}, callNotFound()
	}
	return r.calls.Look(ctx, key)
}

// callNotFound answers for identifiers that cannot be ours, in the words that
// the rules use for those that could.
func callNotFound() error {
	return &call.Error{Kind: call.NotFound, Reason: "Call not found."}
}

func (r *Request) hold(key call.Key) {
	r.held = append(r.held, r.gate.Hold(key))
}

// release lets go of what was held; the answer is written, or never will be.
func (r *Request) release() {
	for _, release := range r.held {
		release()
	}
	r.held = nil
}

// encode is separate from writing so that an answer that cannot be encoded
// still becomes a proper refusal.
func (resp Response) encode() ([]byte, error) {
	if resp.Body == nil {
		return nil, nil
	}
	body, err := json.Marshal(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return body, nil
}
