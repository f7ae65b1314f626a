package listener

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a server behind a listener. "/slow" answers when it is let to,
// "/sign" is a request that proves who asks.
type site struct {
	t       *testing.T
	address string
	guard   *Guard
	begun   chan bool
	finish  chan bool
}

func open(t *testing.T, limits Limits, c Config) *site {
	t.Helper()
	c.Address, c.Guard, c.Log = "127.0.0.1:0", NewGuard(limits), slog.New(slog.DiscardHandler)
	l, err := Listen(c)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, address: l.Addr().String(), guard: c.Guard, begun: make(chan bool), finish: make(chan bool)}
	server := &http.Server{Handler: c.Guard.Handler(http.HandlerFunc(s.answer)), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	served := make(chan error, 1)
	go func() { served <- l.Serve(server) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("served: %v", err)
		}
	})
	return s
}

func (s *site) answer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/slow":
		s.begun <- true
		<-s.finish
	case "/sign":
		Proven(r.Context())
	}
	fmt.Fprint(w, r.Proto, " ", r.TLS != nil)
}

// client is a connection, kept.
type client struct {
	s    *site
	conn net.Conn
	in   *bufio.Reader
}

func (s *site) connect(from string) *client {
	s.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := d.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	return &client{s: s, conn: conn, in: bufio.NewReader(conn)}
}

func (c *client) send(path string) error {
	_, err := fmt.Fprintf(c.conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	return err
}

func (c *client) receive() (string, error) {
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func (c *client) ask(path string) error {
	if err := c.send(path); err != nil {
		return err
	}
	_, err := c.receive()
	return err
}

// requireAnswer asks for something.
func (c *client) requireAnswer(path string) {
	c.s.t.Helper()
	if err := c.ask(path); err != nil {
		c.s.t.Errorf("%s from %s: %v", path, c.conn.LocalAddr(), err)
	}
}

// requireClosed waits until the server has closed the connection.
func (c *client) requireClosed() {
	c.s.t.Helper()
	if _, err := c.in.ReadByte(); err == nil || errors.Is(err, net.ErrClosed) {
		c.s.t.Errorf("the connection of %s is open: %v", c.conn.LocalAddr(), err)
	}
}

const us, other = "127.0.0.1", "127.0.0.2"

func TestIdleConnectionsGiveWayToThoseThatAsk(t *testing.T) {
	s := open(t, Limits{InAll: 20, PerSource: 20}, Config{Plain: true})
	var idle []*client
	for range 20 {
		idle = append(idle, s.connect(other))
		idle[len(idle)-1].requireAnswer("/") // kept open, as keep-alive has it
	}
	for range 5 {
		s.connect(us).requireAnswer("/")
	}
	for _, c := range idle[:5] {
		c.requireClosed()
	}
	for _, c := range idle[5:] {
		c.requireAnswer("/")
	}
	if got := s.guard.Counts(); got.Open != 20 || got.Evicted != 5 || got.Refused != 0 {
		t.Errorf("counted %+v", got)
	}
}

func TestASourceHasNoMoreThanItsShare(t *testing.T) {
	s := open(t, Limits{InAll: 20, PerSource: 4}, Config{Plain: true})
	mine := s.connect(us)
	mine.requireAnswer("/")
	for range 200 {
		s.connect(other)
	}
	s.connect(other).requireAnswer("/")
	mine.requireAnswer("/")
	if got := s.guard.Counts(); got.Open > 5 {
		t.Errorf("counted %+v", got)
	}
}

// TestStrangersDoNotPushOutThoseWhoAreKnown, wherever they come from, and not
// those who have been waiting for long.
func TestStrangersDoNotPushOutThoseWhoAreKnown(t *testing.T) {
	s := open(t, Limits{InAll: 20, PerSource: 20}, Config{Plain: true})
	known := s.connect(us)
	known.requireAnswer("/sign")
	for i := range 100 {
		s.connect(fmt.Sprintf("127.0.1.%d", 1+i%50)).requireAnswer("/")
	}
	known.requireAnswer("/")
}

func TestWhatIsBeingAnsweredIsNeverClosed(t *testing.T) {
	s := open(t, Limits{InAll: 2, PerSource: 2}, Config{Plain: true})
	asked := []*client{s.connect(us), s.connect(us)}
	for _, c := range asked {
		if err := c.send("/slow"); err != nil {
			t.Fatal(err)
		}
		<-s.begun
	}
	s.connect(other).requireClosed()
	s.connect(us).requireClosed()
	for range asked {
		s.finish <- true
	}
	for _, c := range asked {
		if _, err := c.receive(); err != nil {
			t.Errorf("an answer was cut off: %v", err)
		}
	}
	if got := s.guard.Counts(); got.Refused != 2 {
		t.Errorf("counted %+v", got)
	}
}

func TestAClosedConnectionGivesItsPlaceBack(t *testing.T) {
	s := open(t, Limits{InAll: 2, PerSource: 2}, Config{Plain: true})
	for range 20 {
		c := s.connect(us)
		c.requireAnswer("/")
		c.conn.Close()
	}
	s.connect(us).requireAnswer("/")
	got := s.guard.Counts()
	s.guard.mu.Lock()
	defer s.guard.mu.Unlock()
	if got.Open < 1 || got.Open > 2 || len(s.guard.sources) != 1 {
		t.Errorf("counted %+v, of %d sources", got, len(s.guard.sources))
	}
}

func TestOnePortSpeaksTLSAndPlainHTTP(t *testing.T) {
	certificate := &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
	for name, c := range map[string]struct {
		config     Config
		plain, tls bool
	}{
		"both":  {Config{TLS: certificate, Plain: true}, true, true},
		"tls":   {Config{TLS: certificate}, false, true},
		"plain": {Config{Plain: true}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, Limits{InAll: 20, PerSource: 20}, c.config)
			for scheme, want := range map[string]string{"http": "HTTP/1.1 false", "https": "HTTP/2.0 true"} {
				taken := c.plain && scheme == "http" || c.tls && scheme == "https"
				transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
				defer transport.CloseIdleConnections()
				response, err := (&http.Client{Transport: transport}).Get(scheme + "://" + s.address + "/sign")
				if err != nil {
					if taken {
						t.Errorf("%s: %v", scheme, err)
					}
					continue
				}
				body, err := io.ReadAll(response.Body)
				response.Body.Close()
				if got := string(body); taken && (got != want || err != nil) || !taken && response.StatusCode == http.StatusOK {
					t.Errorf("%s: got %d %q (%v), want %q taken %v", scheme, response.StatusCode, got, err, want, taken)
				}
			}
		})
	}
}

// TestAStopDoesNotWaitForWhoSaysNothing: the clean-up of open waits for every
// goroutine of the listener.
func TestAStopDoesNotWaitForWhoSaysNothing(t *testing.T) {
	s := open(t, Limits{InAll: 20, PerSource: 20}, Config{TLS: &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}, Plain: true})
	for range 10 {
		s.connect(us)
	}
	s.connect(other).requireAnswer("/")
}

func TestAddressesOfOneSubscriberAreOneSource(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":           "192.0.2.7/32",
		"::ffff:192.0.2.7":    "192.0.2.7/32",
		"2001:db8:1:2:3::4":   "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::": "2001:db8:1:2::/64",
	} {
		if got := sourceOf(&net.TCPAddr{IP: net.ParseIP(address), Port: 1}).String(); got != want {
			t.Errorf("%s is of %s, want %s", address, got, want)
		}
	}
}
