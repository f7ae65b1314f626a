// Command strowger is a server for applications: the Call Automation API
// over real SIP calls. See README.md, or run `strowger --help`.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version string

// Exit codes: what an orchestrator or a script can tell apart.
const (
	exitFailed = 1
	exitUsage  = 2 // the command line or the settings cannot be used
)

type commands struct {
	Serve      serveCommand       `cmd:"" help:"Serve applications and phones with the settings of a file."`
	Dev        devCommand         `cmd:"" help:"Serve on this machine only, without any configuration, with lab numbers that answer."`
	Calls      callsCommand       `cmd:"" help:"List the calls of the server on this machine, or tell what happened in one."`
	Events     eventsCommands     `cmd:"" help:"What became of events that applications did not take: list, show, send again, delete."`
	Recordings recordingsCommands `cmd:"" help:"The recordings of calls: list, fetch, delete."`
	Usage      usageCommand       `cmd:"" help:"What was used: a record for each leg, seat and recording that has ended, as JSON lines or CSV."`
	Lab        labCommands        `cmd:"" help:"What stands in for the telephone network."`
	Doctor     doctorCommand      `cmd:"" help:"Prove that SIP, RTP, TLS, webhooks, speech and storage work from here, and say what to do."`
	Version    versionCommand     `cmd:"" help:"Print the version."`
}

// terminal is the world of a command.
type terminal struct {
	ctx      context.Context
	environ  []string
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	// The first signal begins an orderly stop; a second one ends the process.
	context.AfterFunc(ctx, stop)
	os.Exit(run(terminal{ctx: ctx, environ: os.Environ(), out: os.Stdout, err: os.Stderr}, os.Args[1:]))
}

// run parses the arguments, runs one command and returns the exit code.
func run(t terminal, args []string) int {
	parser, err := kong.New(&commands{},
		kong.Name("strowger"),
		kong.Description("A self-hosted server for applications: the Call Automation API over real SIP calls."),
		kong.Writers(t.out, t.err),
		kong.UsageOnError(),
	)
	if err != nil {
		panic(err) // a mistake in the tags above
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(t.err, "strowger: %v; `strowger --help` lists what there is\n", err)
		return exitUsage
	}
	if err := command.Run(t); err != nil {
		return t.fail(err)
	}
	return 0
}

// fail prints an error, which may be several joined ones, and gives its code.
func (t terminal) fail(err error) int {
	code := exitFailed
	var s *settingsError
	if errors.As(err, &s) {
		code = exitUsage
	}
	text := err.Error()
	if strings.Contains(text, "\n") {
		text = "several things are wrong:\n  " + strings.ReplaceAll(text, "\n", "\n  ")
	}
	fmt.Fprintln(t.err, "strowger:", text)
	return code
}

type versionCommand struct{}

func (versionCommand) Run(t terminal) error {
	_, err := fmt.Fprintf(t.out, "strowger %s %s %s/%s\n", versionName(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// versionName falls back to what `go install` records.
func versionName() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(unversioned)"
}
