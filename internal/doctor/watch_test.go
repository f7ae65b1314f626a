package doctor

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/internal/config"
	"strowger/internal/directory"
	"strowger/internal/sip/notice"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
	"strowger/test/port"
)

// screen is what an operator sees.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// await waits until all of this has been printed.
func (s *screen) await(t *testing.T, parts ...string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for _, part := range parts {
		for !strings.Contains(s.String(), part) {
			if time.Now().After(deadline) {
				t.Fatalf("%q was not printed:\n%s", part, s)
			}
			<-time.After(5 * time.Millisecond)
		}
	}
}

// the carrier is at 127.0.0.9, and we are at sip.
func carriers(numbers ...string) directory.Config {
	return directory.Config{Trunks: []directory.Trunk{{
		Name: "carrier", Address: "127.0.0.9:5060", Transport: "udp", Numbers: numbers,
		Sources: []netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")},
	}}}
}

// watching runs until the test cancels it; its error comes then.
func watching(t *testing.T, w Watch) (out *screen, stop func() error) {
	t.Helper()
	out = &screen{}
	w.Out = out
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(cancel)
	return out, func() error { cancel(); return <-done }
}

func TestTheDoctorTellsWhatTheCarrierSends(t *testing.T) {
	cfg, at := settings(t), fmt.Sprint("127.0.0.1:", port.Free())
	cfg.SIP.Listen = []string{"udp://" + at}
	out, stop := watching(t, Watch{Config: cfg, Directory: carriers("+14255550100"), Trunk: "carrier"})
	out.await(t, "this listens on udp://"+at, "expected from 127.0.0.9/32, to +14255550100")

	phone := siptest.NewPhoneAt(t, "127.0.0.9", "udp", siptest.Ports(t, 46000, 46099))
	call := func(to string) siptest.Event {
		return phone.Call(ua.Outgoing{
			RequestURI: "sip:" + to + "@sbc.example", From: ua.Party{URI: "sip:+12065550123@carrier.test"}, To: ua.Party{URI: "sip:" + to + "@sbc.example"},
			Hop: ua.Hop{Transport: "udp", Address: at},
		}).Await(siptest.Failed)
	}
	if e := call("+4930123456"); e.Code != 404 {
		t.Errorf("an unknown number is answered %d", e.Code)
	}
	out.await(t, "the carrier at 127.0.0.9:", "sent INVITE, to sip:+4930123456@sbc.example", "refused with 404 → ", "add it to the numbers of trunk carrier")
	if e := call("+14255550100"); e.Code != 480 {
		t.Errorf("our number is answered %d", e.Code)
	}
	out.await(t, "all is well: a running server takes this call from 4:+12065550123 to 4:+14255550100")

	stranger := siptest.NewWire(t, "127.0.0.66", netip.MustParseAddrPort(at))
	stranger.Send("INVITE", "sip:+14255550100@sbc.example", 1, "")
	out.await(t, "somebody unknown at 127.0.0.66:", "add it to the sources of the trunk")
	if err := stop(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	out.await(t, "2 requests came from the carrier.")
}

func TestTheDoctorAsksTheServerThatRuns(t *testing.T) {
	list := notice.New(nil, nil)
	mux := http.NewServeMux()
	mux.HandleFunc("/health/live", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"status":"live"}`) })
	mux.Handle(notice.Path, list)
	running := httptest.NewServer(mux)
	defer running.Close()
	cfg := settings(t)
	cfg.HTTP.Listen = []string{running.URL}
	cfg.Operator.Listen = running.URL
	from := func(addr string, known bool, status int, reason string) notice.Notice {
		return notice.Notice{Source: netip.MustParseAddrPort(addr), Transport: "udp", Known: known, Method: "INVITE", To: "sip:+1@x", Status: status, Reason: reason}
	}
	list.Tell(from("127.0.0.9:5060", true, 415, "its body is text"))
	list.Tell(from("192.0.2.1:5060", true, 401, "a phone's matter"))

	out, stop := watching(t, Watch{Config: cfg, Directory: carriers(), Trunk: "carrier"})
	out.await(t, "The server is running", "refused with 415 → its body is text")
	list.Tell(from("127.0.0.9:5060", true, 100, ""))
	list.Tell(from("127.0.0.9:5061", true, 415, "its body is text"))
	out.await(t, "taken: the call rings here", "(2 times)")
	if err := stop(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if strings.Contains(out.String(), "a phone's matter") {
		t.Errorf("it tells of phones:\n%s", out)
	}
}

func TestWhoCannotWatchIsToldWhatToDo(t *testing.T) {
	running := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"status":"live"}`) }))
	defer running.Close()
	busy, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for want, change := range map[string]func(*Watch, *config.Config){
		"those of the settings are carrier": func(w *Watch, _ *config.Config) { w.Trunk = "other" },
		"is --config right?":                func(w *Watch, _ *config.Config) { w.Directory = directory.Config{} },
		"set operator.listen":               func(_ *Watch, c *config.Config) { c.HTTP.Listen = []string{running.URL} },
		"ss -lnptu":                         func(_ *Watch, c *config.Config) { c.SIP.Listen = []string{"udp://" + busy.LocalAddr().String()} },
		"was it started with these": func(_ *Watch, c *config.Config) {
			c.HTTP.Listen, c.Operator.Listen = []string{running.URL}, "http://127.0.0.1:1"
		},
	} {
		w := Watch{Config: settings(t), Directory: carriers(), Trunk: "carrier", Out: &screen{}}
		change(&w, &w.Config)
		if err := w.Run(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestSilenceEndsInAdvice(t *testing.T) {
	cfg := settings(t)
	cfg.SIP.Listen = []string{fmt.Sprint("udp://127.0.0.1:", port.Free())}
	out, stop := watching(t, Watch{Config: cfg, Directory: carriers(), Trunk: "carrier"})
	out.await(t, "Place one now")
	if err := stop(); err == nil || !strings.Contains(err.Error(), "tcpdump") {
		t.Errorf("it ended with %v", err)
	}
}
