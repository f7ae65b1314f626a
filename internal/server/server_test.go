package server

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strconv"
	"testing"

	"go.uber.org/goleak"

	"strowger/internal/config"
	"strowger/test/client"
	"strowger/test/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// devConfig is what `strowger dev` starts with, on ports of its own.
func devConfig(t testing.TB) config.Config {
	lab := freeUDP(t)
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

func freeUDP(t testing.TB) int {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}

// serve runs a server until f returns.
func serve(t *testing.T, cfg config.Config, f func(Info)) {
	ready, stopped := make(chan Info, 1), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	go func() {
		stopped <- Run(ctx, Options{Config: cfg, Version: "test", Log: log, Ready: func(i Info) { ready <- i }})
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
