package server

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/test/client"
	"strowger/test/webhook"
)

// cluster is an existing NATS server, as several nodes share one.
func cluster(t *testing.T) (url string) {
	t.Helper()
	s, err := natsserver.NewServer(&natsserver.Options{
		Host: "127.0.0.1", Port: natsserver.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("NATS did not start")
	}
	return s.ClientURL()
}

// leaveBehind stores a call as a process that died has left it.
func leaveBehind(t *testing.T, url string, s call.State) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{URL: url}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.Begin(s.ID.Key()).Append(t.Context(), s, nil); err != nil {
		t.Fatal(err)
	}
}

// rewrite stores the last record of a call once more, otherwise.
func rewrite(t *testing.T, url string, key call.Key, old, new string) {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	for names := js.StreamNames(t.Context()); ; {
		name, more := <-names.Name()
		if !more {
			t.Fatalf("nothing is stored of call %s: %v", key, names.Err())
		}
		stream, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		last, err := stream.GetLastMsgForSubject(t.Context(), "strowger.calls.*."+string(key))
		if err != nil {
			continue
		}
		body := bytes.Replace(last.Data, []byte(old), []byte(new), 1)
		if _, err := js.Publish(t.Context(), last.Subject, body); err != nil {
			t.Fatal(err)
		}
		return
	}
}

func metric(t *testing.T, info Info, name string) string {
	t.Helper()
	response, err := http.Get(info.Operator + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	t.Fatalf("no metric %s in\n%s", name, text)
	return ""
}

func TestARecordThatCannotBeReadKeepsNobodyFromStarting(t *testing.T) {
	url, app := cluster(t), webhook.New(t)
	id := call.NewID([16]byte{1})
	connection, err := call.NewConnectionID(id.Key(), [8]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	leaveBehind(t, url, call.State{ID: id, Step: 1, Phase: call.Established, Connections: []call.Connection{{
		ID: connection, State: call.Connected, App: call.Application{CallbackURI: app.URL("/cb"), Version: "2024-04-15"},
	}}})
	rewrite(t, url, id.Key(), `"Format":`, `"Format":9`)
	cfg := devConfig(t)
	cfg.NATS.URL = url
	serve(t, cfg, func(info Info) {
		app.AwaitEvent(string(connection), "CallDisconnected")
		if unread := metric(t, info, "strowger_calls_unreadable_total"); unread != "1" {
			t.Errorf("%s calls could not be read", unread)
		}
		c := client.New(t, info.PublicURL, info.AccessKeys[0])
		if got := c.HangUp(string(connection)); got.Status != 404 {
			t.Errorf("a command for it: %d %s", got.Status, got.Body)
		}
		created := c.CreateCall(app.URL("/cb"), []client.Object{client.Number("+15550100")}, nil)
		if created.Status != 201 {
			t.Fatalf("a new call: %d %s", created.Status, created.Body)
		}
	})
	serve(t, cfg, func(info Info) {
		if unread := metric(t, info, "strowger_calls_unreadable_total"); unread != "0" {
			t.Errorf("the next start meets it again: %s calls could not be read", unread)
		}
	})
}

func TestANodeThatIsStartedAgainLeavesTheCallsOfOthersAlone(t *testing.T) {
	url, app := cluster(t), webhook.New(t)
	mine, others := devConfig(t), devConfig(t)
	mine.NATS.URL, others.NATS.URL = url, url
	serve(t, others, func(info Info) {
		c := client.New(t, info.PublicURL, info.AccessKeys[0])
		created := c.CreateCall(app.URL("/cb"), []client.Object{client.Number("+15550100")}, nil)
		if created.Status != 201 {
			t.Fatalf("%d %s", created.Status, created.Body)
		}
		id := created.Text("callConnectionId")
		app.AwaitEvent(id, "CallConnected")
		for range 2 {
			serve(t, mine, func(Info) {
				if got := c.Get(id); got.Status != 200 || got.Text("callConnectionState") != "connected" {
					t.Errorf("the other node's call: %d %s", got.Status, got.Body)
				}
			})
		}
		if got := c.HangUp(id); got.Status != 204 {
			t.Errorf("%d %s", got.Status, got.Body)
		}
		app.AwaitEvent(id, "CallDisconnected")
	})
}
