package server

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/config"
	"strowger/internal/listener"
	"strowger/test/client"
	"strowger/test/webhook"
)

// pipes is a listener in a bubble.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error   { close(p.closed); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// TestHalfARequestIsNotWaitedForLong, and neither is a client that says nothing
// or reads nothing.
func TestHalfARequestIsNotWaitedForLong(t *testing.T) {
	large := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct {
		sent  string
		after time.Duration // closed by then
		reads bool
	}{
		"nothing":         {"", 10 * time.Second, true},
		"half a head":     {"GET / HTTP/1.1\r\nHost: x\r\nX-", 10 * time.Second, true},
		"half a body":     {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345", 30 * time.Second, true},
		"reading nothing": {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &parts{log: slog.New(slog.DiscardHandler), listeners: []*boundListener{{guard: listener.NewGuard(listener.Limits{InAll: 1, PerSource: 1})}}}
				p.open(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if _, err := io.Copy(io.Discard, r.Body); err != nil {
						panic(http.ErrAbortHandler)
					}
					_, _ = io.WriteString(w, large)
				}), nil)
				l := pipes{make(chan net.Conn), make(chan struct{})}
				go p.listeners[0].server.Serve(l)
				defer p.listeners[0].server.Close()
				ours, theirs := net.Pipe()
				defer ours.Close()
				l.conns <- theirs
				if _, err := io.WriteString(ours, c.sent); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				closed := c.after
				if !c.reads {
					closed += time.Second // after the deadline, not in its instant
					time.Sleep(closed)    // in the bubble's time
				}
				answer, err := io.ReadAll(ours)
				if took := time.Since(began); err != nil || took > closed || len(answer) >= len(large) {
					t.Errorf("after %v it has read %d bytes (%v); it should have been closed after %v", took, len(answer), err, c.after)
				}
			})
		})
	}
}

// TestAFloodOfIdleConnectionsKeepsNobodyOut, neither applications nor calls.
func TestAFloodOfIdleConnectionsKeepsNobodyOut(t *testing.T) {
	cfg := devConfig(t)
	cfg.HTTP.MaxConnections, cfg.HTTP.MaxConnectionsPerSource = 64, 32
	serve(t, cfg, func(info Info) {
		for i := range 400 {
			from := &net.TCPAddr{IP: net.IPv4(127, 0, 2, byte(1+i%100))}
			conn, err := (&net.Dialer{LocalAddr: from}).Dial("tcp", strings.TrimPrefix(info.PublicURL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			// Half of them have begun a request that they will not end. Some are
			// closed by now, which a write may show.
			if i%2 == 0 {
				_, _ = fmt.Fprint(conn, "GET / HTTP/1.1\r\n")
			}
		}
		if now := figure(t, info, "strowger_http_connections"); now > 64 {
			t.Errorf("%v connections are open, 64 at most are set", now)
		}
		app := webhook.New(t)
		c := client.New(t, info.PublicURL, info.AccessKeys[0])
		created := c.CreateCall(app.URL("/cb"), []client.Object{client.Number("+15550100")},
			client.Object{"sourceCallerIdNumber": client.Object{"value": config.DevNumber}})
		if created.Status != http.StatusCreated {
			t.Fatalf("%d %s", created.Status, created.Body)
		}
		app.AwaitEvent(created.Text("callConnectionId"), "CallConnected")
		if end := c.HangUp(created.Text("callConnectionId")); end.Status != http.StatusNoContent {
			t.Errorf("%d %s", end.Status, end.Body)
		}
	})
}

// figure is one of the operator's metrics.
func figure(t *testing.T, info Info, name string) float64 {
	t.Helper()
	response, err := http.Get(info.Operator + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if text, found := strings.CutPrefix(lines.Text(), name+" "); found {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	t.Fatalf("there is no figure %s", name)
	return 0
}

func TestTheConnectionStringNamesAnAddressThatSpeaksTLS(t *testing.T) {
	for _, c := range []struct {
		listen []string
		public string
		want   func(Info) string
	}{
		{[]string{"http://127.0.0.1:0"}, "", func(i Info) string { return strings.Replace(i.HTTP[0], "http:", "https:", 1) }},
		{[]string{"http://127.0.0.1:0", "https://127.0.0.1:0"}, "", func(i Info) string { return i.HTTP[1] }},
		{[]string{"http://127.0.0.1:0"}, "http://calls.example.org/", func(Info) string { return "http://calls.example.org" }},
	} {
		cfg := devConfig(t)
		cfg.HTTP.Listen, cfg.HTTP.PublicURL = c.listen, c.public
		serve(t, cfg, func(info Info) {
			if want := "endpoint=" + c.want(info) + "/;accesskey=" + info.AccessKeys[0]; info.ConnectionString() != want {
				t.Errorf("%v, %s: %s, want %s", c.listen, c.public, info.ConnectionString(), want)
			}
		})
	}
}
