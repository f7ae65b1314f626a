package server

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"strowger/internal/config"
	"strowger/test/client"
	"strowger/test/port"
	"strowger/test/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// devConfig is what `strowger dev` starts with, on ports of its own.
func devConfig(t testing.TB) config.Config {
	lab := port.Free()
	cfg, err := config.LoadDev([]string{"STROWGER_LAB_LISTEN=udp://127.0.0.1:" + strconv.Itoa(lab)})
	if err != nil {
		t.Fatal(err)
	}
	cfg.DataDir = t.TempDir()
	cfg.HTTP.Listen = []string{"http://127.0.0.1:0"}
	cfg.Operator.Listen = "http://127.0.0.1:0"
	cfg.SIP.Listen = []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"}
	cfg.EventGrid.Subscriptions = nil
	cfg.Shutdown.Grace = 0
	return cfg
}

// serve runs a server until f returns.
func serve(t *testing.T, cfg config.Config, f func(Info)) {
	ready, stopped := make(chan Info, 1), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	go func() {
		stopped <- Run(ctx, Config{Config: cfg, Version: "test", Log: log, Ready: func(i Info) { ready <- i }})
	}()
	select {
	case info := <-ready:
		f(info)
	case err := <-stopped:
		cancel()
		t.Fatal(err)
	}
	cancel()
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
}

func TestUntidyPathsAreNotRedirected(t *testing.T) {
	serve(t, devConfig(t), func(info Info) {
		c := client.New(t, info.PublicURL, info.AccessKeys[0])
		for _, path := range []string{
			"/calling/callConnections/11111111-1111-4111-8111-111111111111/participants/8%3Aacs%3Aa%2F%2Fb",
			"/calling/callConnections/11111111-1111-4111-8111-111111111111/participants/..",
		} {
			if got := c.Do("GET", path, nil); got.Status != 404 || got.ErrorCode() != "8522" {
				t.Errorf("%s: %d %s", path, got.Status, got.Body)
			}
		}
		for _, line := range []string{"OPTIONS *", "GET //health/live", "GET /health/../health/live"} {
			if got := status(t, info.PublicURL, line); got != "401" {
				t.Errorf("%s: %s", line, got)
			}
		}
	})
}

// status sends a request line as it is, which no client would.
func status(t *testing.T, endpoint, line string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(endpoint, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || len(answer) < 12 {
		t.Fatalf("%q: %v", answer, err)
	}
	return string(answer[9:12])
}

func TestACallToTheLabIsConnectedHeardAndEnded(t *testing.T) {
	serve(t, devConfig(t), func(info Info) {
		app := webhook.New(t)
		c := client.New(t, info.PublicURL, info.AccessKeys[0])
		created := c.CreateCall(app.URL("/cb"), []client.Object{client.Number("+15550104")},
			client.Object{"sourceCallerIdNumber": client.Object{"value": config.DevNumber}, "operationContext": "create"})
		if created.Status != 201 {
			t.Fatalf("%d %s", created.Status, created.Body)
		}
		id := created.Text("callConnectionId")
		app.AwaitEvent(id, "CallConnected")
		if n := metric(t, info, `strowger_trunk_calls{trunk="lab"}`); n != "1" {
			t.Errorf("%s calls on the lab's trunk", n)
		}
		got := c.Verb(id, ":recognize", client.Object{"recognizeInputType": "dtmf", "operationContext": "digits",
			"recognizeOptions": client.Object{"targetParticipant": client.Number("+15550104"), "dtmfOptions": client.Object{"maxTonesToCollect": 4}}})
		if got.Status != 202 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		done := app.AwaitResult("digits", "RecognizeCompleted")
		if done.Tones() == "" {
			t.Fatalf("no tones: %s", done)
		}
		if end := c.HangUp(id); end.Status != 204 {
			t.Fatalf("%d %s", end.Status, end.Body)
		}
		app.AwaitEvent(id, "CallDisconnected")
	})
}
