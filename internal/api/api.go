package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"strowger/internal/access"
	"strowger/internal/wire"
)

const (
	// bodyMax is room for two thousand participants. Nobody sends that much
	// without a signature: it is checked first.
	bodyMax = 1 << 20
	// commandTime is how long a command may take, its way to the disk included.
	commandTime = 15 * time.Second
	// writeTime is how long a client may take to accept an answer. Its call's
	// events wait for that.
	writeTime = 5 * time.Second
)

// Options are the parts that the door stands between.
type Options struct {
	Verifier *access.Verifier
	Signer   *access.Signer
	Calls    Calls
	Gate     Gate
	Health   http.Handler // answers /health/live and /health/ready, without credentials
	Families []Family
	Log      *slog.Logger
}

// API is the handler of the public address. Its methods may be called from any
// goroutine.
type API struct {
	o        Options
	families map[string]routes // by api-version
	versions []string
}

// New builds the handler. Two families must not claim one version.
func New(o Options) *API {
	a := &API{o: o, families: map[string]routes{}}
	for _, f := range o.Families {
		all := newRoutes(f.Operations)
		for _, v := range f.Versions {
			if _, taken := a.families[v]; taken {
				panic("api: two families claim version " + v)
			}
			a.families[v] = all
			a.versions = append(a.versions, v)
		}
	}
	slices.Sort(a.versions)
	return a
}

// ServeHTTP answers what is public at once, and everything else only to who
// may ask.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.servePublic(w, r) {
		return
	}
	req := &Request{calls: a.o.Calls, gate: a.o.Gate}
	defer req.release()
	began := time.Now()
	done := a.outcome(w, r, req)
	a.write(w, r, done)
	a.o.Log.Info("request", "operation", done.operation, "status", done.status, "code", done.code,
		"call", done.chain, "connection", req.Param("callConnectionId"), "took", time.Since(began))
}

// outcome never panics: a mistake in one operation is that operation's end.
func (a *API) outcome(w http.ResponseWriter, r *http.Request, req *Request) (done outcome) {
	defer func() {
		if fault := recover(); fault != nil {
			a.o.Log.Error("panic", "operation", done.operation, "path", r.URL.Path, "fault", fault, "stack", string(debug.Stack()))
			done = refused(done.operation, internalFailure())
		}
	}()
	response, err := a.perform(w, r, req, &done.operation)
	if err == nil {
		done, err = accepted(done.operation, response)
	}
	if err == nil {
		done.repeatable = req.Repeat.RequestID != ""
		return done
	}
	f := failureOf(err)
	if f.ours {
		a.o.Log.Error("request failed", "operation", done.operation, "connection", req.Param("callConnectionId"), "error", err)
	}
	return refused(done.operation, f)
}

// perform lets the caller in, finds out what is wanted, and has it done. The
// operation's name is told as soon as it is known.
func (a *API) perform(w http.ResponseWriter, r *http.Request, req *Request, operation *string) (Response, error) {
	if err := a.admit(w, r, req); err != nil {
		return Response{}, err
	}
	op, err := a.find(r, req)
	if err != nil {
		return Response{}, err
	}
	*operation = op.Name
	if op.Serve == nil {
		return Response{}, &Refusal{Verdict: NotBuilt, Reason: op.Name + " is part of the published API and not built here yet."}
	}
	req.Repeat, err = repeatOf(r.Header, op.Name)
	if err != nil {
		return Response{}, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), commandTime)
	defer cancel()
	response, err := op.Serve(ctx, req)
	return response, op.spelt(err)
}

// admit checks the signature, and only then reads the body.
func (a *API) admit(w http.ResponseWriter, r *http.Request, req *Request) error {
	digest, err := a.o.Verifier.Verify(r)
	if err != nil {
		return err
	}
	req.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	if err != nil {
		return bodyError(err)
	}
	return digest.Check(req.body)
}

func bodyError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return large
	}
	return wire.Fieldf("", "the body could not be read: it ended early")
}

// find chooses the family by api-version and the operation by path.
func (a *API) find(r *http.Request, req *Request) (*Operation, error) {
	req.Version = r.URL.Query().Get("api-version")
	all, ok := a.families[req.Version]
	if !ok {
		return nil, a.unknownVersion(req.Version)
	}
	op, params, methods := all.match(r.Method, r.URL.EscapedPath())
	switch {
	case op != nil:
		req.params = params
		return op, nil
	case len(methods) > 0:
		return nil, &Refusal{Verdict: wrongMethod, Reason: "This path takes " + strings.Join(methods, " and ") + " only.", Allow: methods}
	}
	return nil, &Refusal{Verdict: noOperation, Reason: "There is no operation at this path in api-version " + req.Version + "."}
}

func (a *API) unknownVersion(given string) error {
	known := strings.Join(a.versions, ", ")
	if given == "" {
		return wire.Fieldf("api-version", "is missing in the query; known are %s", known)
	}
	return wire.Fieldf("api-version", "%.64q is not known; known are %s", given, known)
}
