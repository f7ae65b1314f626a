package server

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"strowger/internal/config"
	"strowger/test/client"
)

// BenchmarkCallThroughTheAPI places calls to the lab one after another, with
// everything real: signatures, the journal flushed to the disk, SIP and RTP
// over loopback, signed webhooks. It reports medians and 99th percentiles in
// milliseconds; request-floor is the round trip of a request that needs no
// call, in the same run.
func BenchmarkCallThroughTheAPI(b *testing.B) {
	info := launch(b, devConfig(b))
	app := newCallbacks()
	defer app.Close()
	c := client.New(b, info.PublicURL, info.AccessKeys[0])
	spent := map[string][]time.Duration{}
	note := func(name string, began time.Time) { spent[name] = append(spent[name], time.Since(began)) }
	for b.Loop() {
		began := time.Now()
		c.Get("11111111-1111-4111-8111-111111111111")
		note("request-floor", began)
		began = time.Now()
		created := c.CreateCall(app.URL, []client.Object{client.Number("+15550100")},
			client.Object{"sourceCallerIdNumber": client.Object{"value": config.DevNumber}})
		note("create", began)
		id := created.Text("callConnectionId")
		app.await(id, "Microsoft.Communication.CallConnected")
		note("connected", began)
		began = time.Now()
		c.HangUp(id)
		app.await(id, "Microsoft.Communication.CallDisconnected")
		note("disconnected", began)
	}
	for name, all := range spent {
		reportTimes(b, name, all)
	}
}

// launch runs a server until the benchmark ends.
func launch(b *testing.B, cfg config.Config) Info {
	ctx, cancel := context.WithCancel(context.Background())
	ready, stopped := make(chan Info, 1), make(chan error, 1)
	go func() {
		stopped <- Run(ctx, Config{Config: cfg, Version: "bench", Log: slog.New(slog.DiscardHandler), Ready: func(i Info) { ready <- i }})
	}()
	b.Cleanup(func() {
		cancel()
		if err := <-stopped; err != nil {
			b.Error(err)
		}
	})
	return <-ready
}

// reportTimes reports the median and the 99th percentile.
func reportTimes(b *testing.B, name string, all []time.Duration) {
	slices.Sort(all)
	b.ReportMetric(milliseconds(all[len(all)/2]), name+"-p50-ms")
	b.ReportMetric(milliseconds(all[len(all)*99/100]), name+"-p99-ms")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// callbacks is the smallest application: it takes events and lets one wait for them.
type callbacks struct {
	*httptest.Server

	mu   sync.Mutex
	seen map[string]chan struct{} // by connection and type, closed when it came
}

func newCallbacks() *callbacks {
	c := &callbacks{seen: map[string]chan struct{}{}}
	c.Server = httptest.NewServer(http.HandlerFunc(c.take))
	return c
}

func (c *callbacks) take(_ http.ResponseWriter, r *http.Request) {
	var events []struct {
		Type string
		Data struct {
			CallConnectionID string `json:"callConnectionId"`
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &events) != nil || len(events) != 1 {
		return
	}
	switch seen := c.at(events[0].Data.CallConnectionID, events[0].Type); events[0].Type {
	case "Microsoft.Communication.CallConnected", "Microsoft.Communication.CallDisconnected":
		close(seen) // sent once: the bench never makes a try fail
	}
}

func (c *callbacks) await(connection, event string) { <-c.at(connection, event) }

func (c *callbacks) at(connection, event string) chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := connection + event
	if c.seen[k] == nil {
		c.seen[k] = make(chan struct{})
	}
	return c.seen[k]
}
