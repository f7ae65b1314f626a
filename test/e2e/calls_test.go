package e2e

import (
	"os/exec"
	"strings"
	"testing"

	"strowger/test/server"
	"strowger/test/webhook"
)

// strowger runs a command of the binary and returns what it printed.
func (w *world) strowger(args ...string) string {
	w.t.Helper()
	out, err := exec.CommandContext(w.t.Context(), server.Binary(w.t), args...).CombinedOutput()
	if err != nil {
		w.t.Fatalf("strowger %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (w *world) calls(args ...string) string {
	w.t.Helper()
	return w.strowger(append([]string{"calls", "--operator", w.OperatorURL}, args...)...)
}

// One call's whole story: while it lives, after its end, and after a crash.
func TestACallIsToldWhileItLivesAndAfterARestart(t *testing.T) {
	w := start(t, server.Config{Lab: true})
	w.app.Fail("/callback", 503)
	connection := w.create(number("+15550105")) // which hangs up after three seconds
	w.app.Await("a first try", func(d webhook.Delivery) bool { return d.Type == "CallConnected" })
	w.app.Recover("/callback")
	w.app.AwaitEvent(connection, "CallConnected")
	expect(t, w.api.RemoveParticipant(connection, number("+15550199"), nil), 404)
	live := w.calls()
	requirePrinted(t, live, "established", "+15550105 joined", "connection "+connection)
	w.app.AwaitEvent(connection, "CallDisconnected")
	if out := w.calls(); strings.Contains(out, connection) {
		t.Errorf("a call that has ended is listed as one that lives:\n%s", out)
	}
	story := func() {
		t.Helper()
		told := w.calls(connection)
		requirePrinted(t, told,
			"command  create call", "accepted, connection="+connection,
			"+15550105 is in the call",
			"event    CallConnected", "refused  remove participant", "+15550105 left after 3", "event    CallDisconnected", "the call is over after")
		requirePrinted(t, told, "CallConnected to 127.0.0.1:", "was not taken in", "the endpoint answered 503", "CallConnected to 127.0.0.1:", "was taken in", "(200) at try")
		requirePrinted(t, told, "CallDisconnected to 127.0.0.1:", "was taken in", "(200) at try 1")
	}
	story()
	w.Terminate()
	w.AwaitExit()
	w.Restart()
	story()
	w.Kill()
	w.Restart()
	story()
	requirePrinted(t, w.calls("--ended"), "ended")
}

// A busy number and its SIP cause.
func TestTheCauseOfALegIsTold(t *testing.T) {
	w := start(t, server.Config{Lab: true})
	connection := w.create(number("+15550101"))
	w.app.AwaitEvent(connection, "CreateCallFailed")
	requirePrinted(t, w.calls(connection), "+15550101 was not reached", "busy (SIP 486 Busy Here)", "event    CreateCallFailed")
}
