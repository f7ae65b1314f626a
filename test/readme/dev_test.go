package readme

import (
	"os"
	"strings"
	"testing"

	"strowger/internal/config"
	"strowger/test/client"
	"strowger/test/server"
	"strowger/test/wait"
	"strowger/test/webhook"
)

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// What the screen of dev says of its numbers holds with no settings at all: an
// application listens where it says, and the lab calls.
func TestACallOfTheLabReachesAnApplicationBesideDev(t *testing.T) {
	needPorts(t)
	app := webhook.NewAt(t, "127.0.0.1:9000")
	c := &clone{t: t, dir: t.TempDir()}
	t.Cleanup(c.interrupt)
	c.serve(server.Binary(t)+" dev", "/health/ready\n")
	app.AwaitValidated(1)
	api := client.New(t, config.Dev().HTTP.Listen[0], config.DevAccessKey)
	app.Before("/events", func(d webhook.Delivery) {
		if r := api.Answer(d.Text("incomingCallContext"), app.URL("/callback")); r.Status != 200 {
			t.Errorf("the answer got %v", r)
		}
	})
	app.Before("/callback", func(d webhook.Delivery) {
		if d.Type == "CallConnected" {
			api.Terminate(d.Connection())
		}
	})
	dev, told := c.running, 0
	for _, number := range []string{config.DevNumber, "+14255550109"} {
		c.run(server.Binary(t) + " lab call " + number)
		if !strings.Contains(c.printed, "answered\n") || !strings.Contains(c.printed, "they hung up") {
			t.Errorf("a call to %s:\n%s", number, c.printed)
		}
		told++
		err := wait.Until(server.Patience, dev.ended, func() bool {
			return strings.Count(dev.out.String(), "the call is over after") == told
		})
		if err != nil || !strings.Contains(dev.out.String(), "+15550100 calls "+number) {
			t.Errorf("dev tells of a call to %s (%v):\n%s", number, err, dev.out.String())
		}
	}
	c.run(server.Binary(t) + " calls --ended")
	if strings.Count(c.printed, "ended") != told {
		t.Errorf("the calls that were:\n%s", c.printed)
	}
}
