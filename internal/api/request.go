package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"strowger/internal/call"
	"strowger/internal/wire"
)

// Calls is where commands go: to a call of this process or, one day, of
// another.
type Calls interface {
	// Do gives a command to the call that key belongs to; CreateCall makes the
	// call. A refusal by the rules is a *call.Error; when there is no error the
	// command and its events are durable.
	//
	// From before the command is given until release is called, nobody is told
	// what the command caused. release is never nil, also with an error, and is
	// to be called exactly once. A Do that panics has released by itself.
	Do(ctx context.Context, key call.Key, cmd call.Command) (answer call.Answer, release func(), err error)
	// Hold holds back what is told of a call until release is called, once or more
	// often.
	Hold(key call.Key) (release func())
	// Look returns the state of a call that has not ended; it is the caller's
	// to keep.
	Look(ctx context.Context, key call.Key) (call.State, error)
}

// Request is a request that has been let in and understood so far: its caller
// is known, its version is one of the family's, its path is the operation's.
type Request struct {
	Version    string
	Repeatable call.Repeatable // identifies the command when it is given again

	family    *Family
	header    http.Header
	query     url.Values
	origin    string     // where the client reaches us
	operation *Operation // nil as long as it is not known
	params    map[string]string
	body      []byte
	calls     Calls
	held      []func()
}

// Param is a parameter of the path, decoded.
func (r *Request) Param(name string) string { return r.params[name] }

// Query is a parameter of the query; "" when it is not there.
func (r *Request) Query(name string) string { return r.query.Get(name) }

// Header is a header of the request; "" when it is not there.
func (r *Request) Header(name string) string { return r.header.Get(name) }

// Link is an absolute URL of a path, escaped as it is to be sent, and a query, by
// which the client that sent this request reaches us again.
func (r *Request) Link(path string, query url.Values) string {
	return r.origin + path + "?" + query.Encode()
}

// Look returns the state of the call that key belongs to.
func (r *Request) Look(ctx context.Context, key call.Key) (call.State, error) {
	if key == "" {
		return call.State{}, call.NoCall()
	}
	state, err := r.calls.Look(ctx, key)
	if err != nil && ctx.Err() != nil {
		return state, &fault{fault: TooSlow, reason: "The call did not answer in time."}
	}
	return state, err
}

// decode reads the body, a JSON object. The error is a *wire.FieldError.
func (r *Request) decode(dst any) error {
	if _, none := dst.(*NoBody); none {
		return nil
	}
	return wire.Decode(r.body, dst)
}

// do has an order carried out. What it causes is told to nobody before the
// answer to this request is on its way.
func (r *Request) do(ctx context.Context, o Order) (call.Answer, error) {
	if o.Key == "" {
		return call.Answer{}, call.NoCall()
	}
	if o.Lacking != nil {
		return r.lack(ctx, o)
	}
	if o.Beside != "" {
		r.held = append(r.held, r.calls.Hold(o.Beside))
	}
	answer, release, err := r.calls.Do(ctx, o.Key, o.Command)
	r.held = append(r.held, release)
	return answer, err
}

// lack refuses an order for what the server has not got, unless the rules have
// something against it themselves: they are asked about a copy of the call.
func (r *Request) lack(ctx context.Context, o Order) (call.Answer, error) {
	copied, err := r.copied(ctx, o)
	if err != nil {
		return call.Answer{}, err
	}
	if _, err := copied.Step(time.Now(), o.Command); err != nil {
		return call.Answer{}, err
	}
	return call.Answer{}, o.Lacking
}

// copied is the call of an order, or the one that the order opens.
func (r *Request) copied(ctx context.Context, o Order) (*call.Call, error) {
	if opening, ok := o.Command.(call.Opening); ok && opening.Opens() != "" {
		return call.New(opening.Opens()), nil
	}
	state, err := r.Look(ctx, o.Key)
	if err != nil {
		return nil, err
	}
	return call.Restore(state), nil
}

// release lets what was caused be told; the answer is written, or never will be.
func (r *Request) release() {
	for _, release := range r.held {
		release()
	}
	r.held = nil
}

// name is the operation's, for the log.
func (r *Request) name() string {
	if r.operation == nil {
		return ""
	}
	return r.operation.Name
}

// read reads the body, which nobody sends much of without a signature: that is
// checked first.
func (r *Request) read(w http.ResponseWriter, in *http.Request) (err error) {
	r.body, err = io.ReadAll(http.MaxBytesReader(w, in.Body, bodyMax))
	var large *http.MaxBytesError
	if err == nil || errors.As(err, &large) {
		return err
	}
	return wire.Fieldf("", "the body could not be read: it ended early")
}
