package main

import (
	"bytes"
	"testing"
	"time"

	"strowger/internal/config"
	"strowger/internal/server"
)

func TestACallThatCannotBePlacedIsExplained(t *testing.T) {
	for want, args := range map[string][]string{
		`"carol" is no number; dev's own is +14255550100`: {"carol"},
		`--from: "me" is no number`:                       {"+14255550100", "--from", "me"},
		"--for is more than 0 and at most 30m0s":          {"+14255550100", "--for", "2h"},
		"'X' is no key":                                   {"+14255550100", "--press", "1,x"},
	} {
		code, _, err := strowger(t, nil, append([]string{"lab", "call"}, args...)...)
		if code != exitUsage {
			t.Errorf("%v ends with %d, want %d", args, code, exitUsage)
		}
		requireSaid(t, err, want)
	}
}

func TestACallFindsTheServerOfItsEnvironment(t *testing.T) {
	for _, c := range []struct{ environ, server, want string }{
		{"", "", "udp://127.0.0.1:5060"},
		{"STROWGER_SIP_LISTEN=tls://127.0.0.1:5061,tcp://127.0.0.1:5070", "", "tcp://127.0.0.1:5070"},
		{"STROWGER_SIP_LISTEN=tcp://127.0.0.1:5070", "udp://127.0.0.1:5099", "udp://127.0.0.1:5099"},
	} {
		var environ []string
		if c.environ != "" {
			environ = append(environ, c.environ)
		}
		if got, err := (labCall{Server: c.server}).server(terminal{environ: environ}); err != nil || got != c.want {
			t.Errorf("%q, %q: %q, %v; want %q", c.environ, c.server, got, err, c.want)
		}
	}
	_, err := labCall{}.server(terminal{environ: []string{"STROWGER_SIP_LISTEN=udp://127.0.0.1:0"}})
	if err == nil {
		t.Error("a port that the system chooses was taken for one that is known")
	}
}

// The command that the screen shows works as it stands, also beside another dev.
func TestTheFirstScreenSaysHowToCallOnOtherPorts(t *testing.T) {
	var out bytes.Buffer
	info := server.Info{SIP: []string{"udp://127.0.0.1:5099"}, AccessKeys: []string{config.DevAccessKey}}
	if err := welcome(&out, config.Dev(), info, time.Second); err != nil {
		t.Fatal(err)
	}
	requireSaid(t, out.String(), "bin/strowger lab call +14255550100 --press 1,2,# --server udp://127.0.0.1:5099\n")
}
