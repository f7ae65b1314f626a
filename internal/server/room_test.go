package server

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/config"
	"strowger/internal/journal"
	"strowger/internal/sip/siptest"
	"strowger/test/client"
	"strowger/test/disk"
	"strowger/test/webhook"
)

// ready is what the orchestrator is told.
func ready(t *testing.T, info Info) (status int, body string) {
	t.Helper()
	response, err := http.Get(info.PublicURL + "/health/ready")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// await waits for a fact.
func await(t *testing.T, what string, fact func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(20 * time.Second); !fact(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestAFullDiskIsToldToEveryoneAndEndsByItself(t *testing.T) {
	small := disk.Small(t, "32m")
	cfg := fromATrunk(devConfig(t))
	cfg.DataDir = filepath.Join(small, "data")
	app := webhook.New(t)
	serve(t, cfg, func(info Info) {
		c := client.New(t, info.PublicURL, info.AccessKeys[0])
		create := func() client.Response {
			return c.CreateCall(app.URL("/cb"), []client.Object{client.Number("+15550100")}, nil)
		}
		var live []string
		for range 3 {
			created := create()
			if created.Status != 201 {
				t.Fatalf("%d %s", created.Status, created.Body)
			}
			live = append(live, created.Text("callConnectionId"))
			app.AwaitEvent(live[len(live)-1], "CallConnected")
		}
		await(t, "the reserve", func() bool {
			kept, err := os.Stat(filepath.Join(cfg.DataDir, "nats", "reserve"))
			return err == nil && kept.Size() > 0
		})

		free := disk.Fill(t, small)
		if got := create(); got.Status != 503 || got.Header.Get("Retry-After") == "" || !strings.Contains(string(got.Body), "no room") {
			t.Errorf("a createCall with a full disk: %d %s", got.Status, got.Body)
		}
		if status, body := ready(t, info); status != 503 || !strings.Contains(body, "disk is full") {
			t.Errorf("readiness: %d %s", status, body)
		}
		if metric(t, info, "strowger_journal_has_room") != "0" || metric(t, info, "strowger_calls_turned_away_total") == "0" {
			t.Error("the metrics do not say it")
		}
		phone := siptest.NewWire(t, carrierHost, sipAddress(t, info))
		phone.Send("INVITE", "sip:"+trunkNumber+"@strowger.local", 1, "", siptest.With(callersOffer)...)
		if no := phone.Await("SIP/2.0 503"); len(siptest.Header(no, "Retry-After")) == 0 || !strings.Contains(no, "disk is full") {
			t.Errorf("a caller got %s", no)
		}
		for _, id := range live[:2] {
			if got := c.HangUp(id); got.Status != 204 {
				t.Errorf("hanging up: %d %s", got.Status, got.Body)
			}
			app.AwaitEvent(id, "CallDisconnected")
		}

		free()
		await(t, "readiness", func() bool { status, _ := ready(t, info); return status == 200 })
		if got := create(); got.Status != 201 {
			t.Errorf("a createCall afterwards: %d %s", got.Status, got.Body)
		}
		if got := c.Get(live[2]); got.Status != 200 || got.Text("callConnectionState") != "connected" {
			t.Errorf("the call that was there all the time: %d %s", got.Status, got.Body)
		}
	})
}

// sipAddress is where the server takes SIP over UDP.
func sipAddress(t *testing.T, info Info) netip.AddrPort {
	t.Helper()
	for _, at := range info.SIP {
		if hostPort, ok := strings.CutPrefix(at, "udp://"); ok {
			_, port, _ := strings.Cut(hostPort, "]:")
			if port == "" {
				port = hostPort[strings.LastIndexByte(hostPort, ':')+1:]
			}
			return netip.MustParseAddrPort("127.0.0.1:" + port)
		}
	}
	t.Fatalf("no UDP among %v", info.SIP)
	return netip.AddrPort{}
}

// fullOfCalls leaves a journal behind that is full of live calls.
func fullOfCalls(t *testing.T, cfg config.Config) (calls int) {
	t.Helper()
	c := journal.Config{Dir: filepath.Join(cfg.DataDir, "nats"), MaxBytes: cfg.NATS.MaxBytes, SyncInterval: time.Minute}
	j, err := journal.Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for n := 1; ; n++ {
		var seed [16]byte
		binary.BigEndian.PutUint32(seed[:], uint32(n))
		s := call.State{ID: call.NewID(seed), Step: 1, Phase: call.Established, StartedBy: call.Address(strings.Repeat("x", 40<<10))}
		err := j.Begin(s.ID.Key()).Append(context.Background(), s, nil)
		if errors.Is(err, journal.ErrFull) {
			return n - 1
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAJournalFullOfLiveCallsKeepsNobodyFromStarting(t *testing.T) {
	cfg := devConfig(t)
	cfg.NATS.MaxBytes = 8 << 20
	if calls := fullOfCalls(t, cfg); calls < 100 {
		t.Fatalf("%d calls fill it", calls)
	}
	app := webhook.New(t)
	serve(t, cfg, func(info Info) {
		await(t, "readiness", func() bool { status, _ := ready(t, info); return status == 200 })
		c := client.New(t, info.PublicURL, info.AccessKeys[0])
		// The calls that end fill what was freed, for a moment each: 503 says to come again.
		await(t, "a createCall is taken", func() bool {
			got := c.CreateCall(app.URL("/cb"), []client.Object{client.Number("+15550100")}, nil)
			if got.Status != 201 && got.Status != 503 {
				t.Fatalf("a createCall: %d %s", got.Status, got.Body)
			}
			return got.Status == 201
		})
	})
}
