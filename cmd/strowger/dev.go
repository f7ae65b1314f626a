package main

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"strowger/internal/chronicle"
	"strowger/internal/config"
	"strowger/internal/lab"
	"strowger/internal/server"
)

type devCommand struct{}

func (devCommand) Run(t terminal) error {
	began := time.Now()
	outliveReaders()
	cfg, err := config.LoadDev(t.environ)
	if err != nil {
		return &settingsError{err}
	}
	log, err := t.log(cfg)
	if err != nil {
		return err
	}
	c := server.Config{Config: cfg, Version: versionName(), Log: log, Tell: t.tell}
	if cfg.Log.Level == config.Default().Log.Level {
		c.Log = slog.New(withoutCalls{Handler: log.Handler()})
	}
	c.Ready = func(i server.Info) {
		// A terminal that has gone away does not stop the server.
		_ = welcome(t.out, cfg, i, time.Since(began))
	}
	return server.Run(t.ctx, c)
}

// tell prints what happens in calls, but for what is of use only to who looks
// closely.
func (t terminal) tell(l chronicle.Line) {
	if l.Kind != chronicle.Inner {
		_ = printLine(t.out, l)
	}
}

// withoutCalls is a log that leaves out what dev tells of calls anyway: all that is
// about one and is no warning. Who asks for another level gets all of it.
type withoutCalls struct {
	slog.Handler
	about bool // a call
}

func (h withoutCalls) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withoutCalls{h.Handler.WithAttrs(attrs), h.about || slices.ContainsFunc(attrs, namesCall)}
}

func (h withoutCalls) WithGroup(name string) slog.Handler {
	return withoutCalls{h.Handler.WithGroup(name), h.about}
}

// Handle implements slog.Handler.
func (h withoutCalls) Handle(ctx context.Context, r slog.Record) error {
	about := h.about
	r.Attrs(func(a slog.Attr) bool {
		about = about || namesCall(a)
		return !about
	})
	if about && r.Level < slog.LevelWarn {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// namesCall: a connection is of a call.
func namesCall(a slog.Attr) bool {
	return (a.Key == "call" || a.Key == "connection") && a.Value.String() != ""
}

// welcome is the first screen: what is here, and what to do next.
func welcome(w io.Writer, cfg config.Config, i server.Info, took time.Duration) error {
	i.CAFile, i.TrustStore = absolute(i.CAFile), absolute(i.TrustStore)
	ours := cfg.Trunks[0].Numbers
	return screen.Execute(w, map[string]any{
		"Took":    took.Round(10 * time.Millisecond),
		"Info":    i,
		"Config":  cfg,
		"First":   ours[0],
		"Last":    ours[len(ours)-1],
		"Call":    "bin/strowger lab call " + config.DevNumber + " --press 1,2,#" + serverFlag(i.SIP),
		"Numbers": lab.Numbers(),
		"SIP":     hostPort(i.SIP),
	})
}

// absolute: applications run in directories of their own.
func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil && path != "" {
		return whole
	}
	return path
}

// serverFlag tells `lab call` where SIP is taken, when that is not where it
// would look.
func serverFlag(addresses []string) string {
	if len(addresses) == 0 || addresses[0] == config.Dev().SIP.Listen[0] {
		return ""
	}
	return " --server " + addresses[0]
}

// hostPort is the first address without its scheme, as phones want it.
func hostPort(addresses []string) string {
	if len(addresses) == 0 {
		return ""
	}
	_, address, _ := strings.Cut(addresses[0], "://")
	return address
}

var screen = template.Must(template.New("dev").Funcs(template.FuncMap{"join": strings.Join}).Parse(`
Strowger is ready after {{.Took}}, for this machine only. Ctrl-C stops it.

  Connection string   {{.Info.ConnectionString}}
  API                 {{join .Info.HTTP "  "}}
{{- if .Info.CAFile}}
  Certificate         what the application has to trust for https, the connection string's too:
    JavaScript        NODE_EXTRA_CA_CERTS={{.Info.CAFile}}
    Python            REQUESTS_CA_BUNDLE={{.Info.CAFile}}
    .NET on Linux     SSL_CERT_FILE={{.Info.CAFile}}
    Java              JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore={{.Info.TrustStore}}
{{- end}}
  SIP                 {{join .Info.SIP "  "}}
  Phones              {{range $n, $u := .Config.Users}}{{if $n}}, {{end}}{{$u.Name}} with password {{$u.Password}}{{end}} at {{.Config.SIP.Domain}}, proxy {{.SIP}}
{{- if .Info.Operator}}
  Operator            {{.Info.Operator}}/metrics  {{.Info.Operator}}/debug/pprof/
{{- end}}

Numbers that stand in for the telephone network, for an application or a phone to call:
{{range .Numbers}}
  {{.E164}}  {{.Does}}
{{- end}}

Digits after one of them lead to it too: +1555010417 presses keys.
{{range .Config.EventGrid.Subscriptions}}
A call to {{$.First}} (up to {{$.Last}}) raises IncomingCall at {{.URL}}: listen there to answer it.
{{- end}}

Try next, in another terminal (docs/first-application.md: an application of your own, in Python, JavaScript and Java):

  cd examples/reminder && npm ci && node reminder.js +15550104
  {{.Call}}
  bin/strowger doctor --dev
  curl {{.Info.PublicURL}}/health/ready

`))
