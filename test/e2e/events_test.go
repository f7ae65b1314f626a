package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/server"
	"strowger/test/wait"
	"strowger/test/webhook"
)

// events runs a command about what was given up.
func (w *world) events(args ...string) string {
	w.t.Helper()
	return w.strowger(append(append([]string{"events"}, args...), "--operator", w.OperatorURL)...)
}

// givenUp are the ids of the events of a type that were given up.
func (w *world) givenUp(eventType string) (ids []string) {
	w.t.Helper()
	r, err := http.Get(w.OperatorURL + "/events")
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Body.Close()
	var told struct {
		Events []struct{ Event, Type string }
	}
	if err := json.NewDecoder(r.Body).Decode(&told); err != nil {
		w.t.Fatal(err)
	}
	for _, e := range told.Events {
		if e.Type == "Microsoft.Communication."+eventType {
			ids = append(ids, e.Event)
		}
	}
	return ids
}

// awaitGivenUp waits for an event of a type in the dead letter, and returns its id.
func (w *world) awaitGivenUp(eventType string) string {
	w.t.Helper()
	if err := wait.Until(webhook.Patience, nil, func() bool { return len(w.givenUp(eventType)) > 0 }); err != nil {
		w.t.Fatalf("no %s was given up: %v\n%s", eventType, err, w.events())
	}
	return w.givenUp(eventType)[0]
}

// A subscriber and an application are down, come back, and get what was given up,
// after a crash of the server, when the operator says so.
func TestWhatWasGivenUpIsSentAgainAfterACrash(t *testing.T) {
	w := start(t, server.Config{Environment: []string{"STROWGER_EVENT_GRID_GIVE_UP_AFTER=1s"}})
	bot := "8:acs:" + server.ResourceID + "_" + newID()
	connection := w.create(client.User(bot))
	incoming := w.app.AwaitIncoming(bot, 1)
	w.app.Fail("/events", 503) // of Event Grid
	w.app.Fail("/bot", 400)
	expect(t, w.api.Answer(incoming.Text("incomingCallContext"), w.app.URL("/bot")), 200)
	w.app.AwaitEvent(connection, "CallConnected")
	published, callback := w.awaitGivenUp("CallStarted"), w.awaitGivenUp("CallConnected")
	w.end(connection)
	w.awaitGivenUp("CallEnded")

	w.Kill()
	w.app.Recover("/events")
	w.app.Recover("/bot")
	w.Restart()
	w.app.AwaitValidated(2)
	requirePrinted(t, w.events(), "CallStarted  to ", " at 127.0.0.1:", "(503): the endpoint answered 503")
	requirePrinted(t, w.events("--subscription", "callbacks"), "CallConnected  to callbacks", "1 tries (400): the endpoint answered 400")
	if log := fmt.Sprint(w.LogLines()); !strings.Contains(log, "events that were given up wait in the dead letter") {
		t.Error("the log does not say that events wait")
	}
	back := time.Now()
	requirePrinted(t, w.events("resend", "--all"), "CallConnected  taken by 127.0.0.1:", "CallStarted  taken by 127.0.0.1:", "CallEnded  taken by 127.0.0.1:", "were taken")
	for what, id := range map[string]string{"/events": published, "/bot": callback} {
		w.app.Await("resent event", func(d webhook.Delivery) bool { return d.Path == what && d.ID == id && d.At.After(back) })
	}
	requirePrinted(t, w.events(), "no event was given up")
	if err := wait.Until(webhook.Patience, nil, func() bool { return strings.Contains(w.Metrics(), "strowger_dead_letters 0\n") }); err != nil {
		t.Errorf("the metric of dead letters is not 0 %v", err)
	}
}
