package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"strowger/internal/access"
	"strowger/internal/wire"
)

const (
	// bodyMax is room for the longest request that keeps to the bounds of its
	// fields: a thousand VoIP headers of 64 and 1024 characters.
	bodyMax = 1280 << 10
	// paramMax is the most characters of a parameter of the path, the same as of
	// a raw id in a body.
	paramMax = 256
	// commandTime is how long a command may take, its way to the disk included.
	commandTime = 15 * time.Second
	// writeTime is how long a client may take to accept an answer. Its call's
	// events wait for that.
	writeTime = 5 * time.Second
)

// Config is what the API stands between.
type Config struct {
	Verifier *access.Verifier
	Signer   *access.Signer
	Calls    Calls
	Public   string                // the public URL of the server
	Health   http.Handler          // answers /health/live and /health/ready, without credentials
	Proven   func(context.Context) // told of each request that has proved who asks, by its context; may be nil
	Families []Family              // the first answers requests that name no known version
	Log      *slog.Logger
}

// API is the handler of the public address. Its methods may be called from any
// goroutine.
type API struct {
	c        Config
	families map[string]*served // by api-version
	versions []string
	first    *served
}

// served is a family and the way to its operations.
type served struct {
	*Family
	routes routes
}

// New builds the handler. Two families must not claim one version, and each
// has to have a code for every refusal.
func New(c Config) *API {
	a := &API{c: c, families: map[string]*served{}, first: &served{Family: &Family{}}}
	for i := range c.Families {
		f := &served{Family: &c.Families[i], routes: newRoutes(c.Families[i].Operations)}
		f.Codes.check()
		if i == 0 {
			a.first = f
		}
		for _, v := range f.Versions {
			if _, taken := a.families[v]; taken {
				panic("api: two families claim version " + v)
			}
			a.families[v] = f
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
	req := &Request{calls: a.c.Calls, family: a.first.Family, header: r.Header}
	defer req.release()
	began := time.Now()
	done := a.outcome(w, r, req)
	a.log(req, done, time.Since(began))
	a.write(w, r, done)
}

// log has one line for a request. A refusal says what its answer said: who wrote
// the application may have thrown that away.
func (a *API) log(req *Request, done outcome, took time.Duration) {
	log := a.c.Log.With("operation", req.name(), "status", done.status, "call", string(done.chain), "connection", req.Param("connection"), "took", took)
	if done.code == "" {
		log.Info("request")
		return
	}
	log.Warn("a request was refused", "code", done.code, "field", done.field, "why", done.why)
}

// outcome never panics: a mistake in one operation is that operation's end.
func (a *API) outcome(w http.ResponseWriter, r *http.Request, req *Request) (done outcome) {
	defer func() {
		if p := recover(); p != nil {
			a.c.Log.Error("an operation failed by a mistake in it", "operation", req.name(), "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			done = refused(req.family.internal())
		}
	}()
	response, err := a.perform(w, r, req)
	if err == nil {
		done, err = accepted(req, response)
	}
	if err == nil {
		return done
	}
	f := req.family.failureOf(err, req.operation)
	if f.ours {
		a.c.Log.Error("request failed", "operation", req.name(), "connection", req.Param("connection"), "error", err)
	}
	return refused(f)
}

// perform lets the caller in, finds out what is wanted, and has it done.
func (a *API) perform(w http.ResponseWriter, r *http.Request, req *Request) (_ Response, err error) {
	family := a.choose(r, req)
	if err := a.admit(w, r, req); err != nil {
		return Response{}, err
	}
	if family == nil {
		return Response{}, a.unknownVersion(req.Version)
	}
	if err := family.find(r, req); err != nil {
		return Response{}, err
	}
	if req.Repeatable, err = repeatable(r, req.body); err != nil {
		return Response{}, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), commandTime)
	defer cancel()
	return req.operation.Serve(ctx, req)
}

// choose finds the family by api-version; nil when the version is not known.
func (a *API) choose(r *http.Request, req *Request) *served {
	req.query, req.origin = r.URL.Query(), a.origin(r)
	req.Version = req.Query("api-version")
	family, known := a.families[req.Version]
	if known {
		req.family = family.Family
	}
	return family
}

// admit checks the signature, and only then reads the body.
func (a *API) admit(w http.ResponseWriter, r *http.Request, req *Request) error {
	digest, err := a.c.Verifier.Verify(r)
	if err != nil {
		return err
	}
	if err := req.read(w, r); err != nil {
		return err
	}
	if err := digest.Check(req.body); err != nil {
		return err
	}
	if a.c.Proven != nil {
		a.c.Proven(r.Context())
	}
	return nil
}

// find chooses the operation by path and method.
func (f *served) find(r *http.Request, req *Request) error {
	op, params, methods := f.routes.match(r.Method, r.URL.EscapedPath())
	switch {
	case op == nil && len(methods) > 0:
		return &fault{fault: WrongMethod, reason: "This path takes " + strings.Join(methods, " and ") + " only.", allow: methods}
	case op == nil:
		return &fault{fault: NoOperation, reason: "There is no operation at this path in api-version " + req.Version + "."}
	}
	req.operation = op
	for name, value := range params {
		if utf8.RuneCountInString(value) > paramMax {
			return wire.Fieldf(f.Params[name], "is longer than %d characters", paramMax)
		}
	}
	req.params = params
	if op.Serve == nil {
		return &fault{fault: NotBuilt, reason: op.Name + " is part of the published API and not built here yet."}
	}
	return nil
}

func (a *API) unknownVersion(given string) error {
	known := strings.Join(a.versions, ", ")
	if given == "" {
		return wire.Fieldf("api-version", "is missing in the query; known are %s", known)
	}
	return wire.Fieldf("api-version", "%.64q is not known: use one of %s", given, known)
}

// origin is where a client has reached us. Of the public URL it is known how: TLS
// may have ended before us.
func (a *API) origin(r *http.Request) string {
	public, err := url.Parse(a.c.Public)
	switch {
	case r.TLS != nil:
		return "https://" + r.Host
	case err == nil && strings.EqualFold(public.Host, r.Host):
		return public.Scheme + "://" + r.Host
	}
	return "http://" + r.Host
}
