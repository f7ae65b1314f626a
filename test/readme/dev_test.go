package readme

import (
	"os"
	"strings"
	"testing"

	"strowger/internal/config"
	"strowger/test/client"
	"strowger/test/server"
	"strowger/test/webhook"
)

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// What the screen of dev says of its numbers holds with no settings at all: an
// application listens where it says, and the lab calls.
func TestACallOfTheLabReachesAnApplicationBesideDev(t *testing.T) {
	needPorts(t)
	dev := config.Dev()
	app := webhook.NewAt(t, "127.0.0.1:9000")
	c := &clone{t: t, dir: t.TempDir()}
	t.Cleanup(c.interrupt)
	c.serve(server.Binary(t)+" dev", "/health/ready\n")
	app.AwaitValidated(1)
	api := client.New(t, dev.HTTP.Listen[0], config.DevAccessKey)
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
	for _, number := range []string{config.DevNumber, "+14255550109"} {
		c.run(server.Binary(t) + " lab call " + number)
		if !strings.Contains(c.printed, "answered\n") || !strings.Contains(c.printed, "they hung up") {
			t.Errorf("a call to %s:\n%s", number, c.printed)
		}
	}
}
