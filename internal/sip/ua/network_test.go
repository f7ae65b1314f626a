package ua

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"strowger/test/port"
)

// These tests use real sockets on loopback.

func listening(t *testing.T, cfg Config, h Handler) *UA {
	t.Helper()
	u, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx, h) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return u
}

// answering takes every call at once and says when it is over.
type answering struct {
	*ears
	arrived chan *Incoming
	request chan *Request
}

func newAnswering() *answering {
	return &answering{ears: newEars(), arrived: make(chan *Incoming, 4096), request: make(chan *Request, 16)}
}

func (a *answering) Invite(in *Incoming) {
	s := in.Take(a)
	s.Ring(180, nil, nil)
	s.Answer([]byte("v=0 answer"), nil)
	a.arrived <- in
}

func (a *answering) Request(r *Request) {
	a.request <- r
	r.Respond(200, "", nil, nil)
}

func certificate(t *testing.T) (*tls.Config, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: roots}
}

func party(name string) Party { return Party{URI: "sip:" + name + "@127.0.0.1"} }

func TestACallOverEachTransport(t *testing.T) {
	server, client := certificate(t)
	for _, transport := range []string{"udp", "tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			callee := newAnswering()
			there := listening(t, Config{Listen: []string{transport + "://127.0.0.1:0"}, TLS: server}, callee)
			listen := []string{}
			if transport == "udp" {
				listen = append(listen, "udp://127.0.0.1:0")
			}
			here := listening(t, Config{Listen: listen, TLS: client}, &scriptedHandler{})
			caller := newEars()
			addr := there.Addr(transport).String()
			s := here.Invite(Outgoing{
				RequestURI: "sip:bob@" + addr + ";transport=" + transport, From: party("alice"), To: party("bob"), SDP: []byte("v=0 offer"),
			}, caller)
			caller.want(t, "progress 180 ", "answered v=0 answer")
			in := <-callee.arrived
			if in.Transport != transport || !in.Source.IsValid() {
				t.Errorf("it came from %s by %s", in.Source, in.Transport)
			}
			callee.want(t, "answered ")
			s.Hangup(Reason{})
			caller.want(t, "ended by local 0")
			callee.want(t, "ended by remote 0")
		})
	}
}

func TestACallOverIPv6(t *testing.T) {
	if l, err := net.ListenPacket("udp6", "[::1]:0"); err != nil {
		t.Skipf("no IPv6 here: %v", err)
	} else {
		l.Close()
	}
	callee := newAnswering()
	there := listening(t, Config{Listen: []string{"udp://[::1]:0", "tcp://[::1]:0"}}, callee)
	here := listening(t, Config{Listen: []string{"udp://[::1]:0"}}, &scriptedHandler{})
	for _, transport := range []string{"udp", "tcp"} {
		caller := newEars()
		s := here.Invite(Outgoing{RequestURI: "sip:bob@" + there.Addr(transport).String() + ";transport=" + transport, From: party("alice"), To: party("bob")}, caller)
		caller.want(t, "progress 180 ", "answered v=0 answer")
		callee.want(t, "answered ")
		s.Hangup(Reason{})
		callee.want(t, "ended by remote 0")
	}
}

func TestThePhoneBehindAConnectionIsCalledOverIt(t *testing.T) {
	registrar := newAnswering()
	server := listening(t, Config{Listen: []string{"tcp://127.0.0.1:0"}}, registrar)
	phone := newAnswering()
	// The phone listens nowhere: only its own connection leads to it.
	behindNAT := listening(t, Config{}, phone)
	registered := make(chan Response, 1)
	addr := server.Addr("tcp").String()
	behindNAT.Do(OutgoingRequest{
		Method: "REGISTER", RequestURI: "sip:" + addr + ";transport=tcp", From: party("phone"), To: party("phone"), ContactUser: "phone",
	}, func(r Response) { registered <- r })
	if r := <-registered; r.Code != 200 {
		t.Fatalf("got %+v", r)
	}
	reg := <-registrar.request
	caller := newEars()
	s := server.Invite(Outgoing{
		RequestURI: "sip:phone@192.0.2.1:9", From: party("alice"), To: party("phone"),
		Hop: Hop{Transport: reg.Transport, Address: reg.Source.String()},
	}, caller)
	caller.want(t, "progress 180 ", "answered v=0 answer")
	phone.want(t, "answered ")
	s.Hangup(Reason{})
	phone.want(t, "ended by remote 0")
}

func TestALargeInviteGoesByTCPWhereThePeerTakesIt(t *testing.T) {
	callee := newAnswering()
	at := freeAddress()
	listening(t, Config{Listen: []string{"udp://" + at, "tcp://" + at}}, callee)
	here := listening(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, &scriptedHandler{})
	for size, transport := range map[int]string{100: "udp", 2000: "tcp"} {
		caller := newEars()
		s := here.Invite(Outgoing{RequestURI: "sip:bob@" + at, From: party("alice"), To: party("bob"), SDP: bytes.Repeat([]byte("a"), size)}, caller)
		if in := <-callee.arrived; in.Transport != transport || len(in.Body) != size {
			t.Errorf("%d bytes came by %s, want %s", len(in.Body), in.Transport, transport)
		}
		caller.want(t, "progress 180 ", "answered v=0 answer")
		callee.want(t, "answered ")
		s.Hangup(Reason{})
		callee.want(t, "ended by remote 0")
	}
}

func TestALargeInviteGoesByUDPWhereThereIsNoTCP(t *testing.T) {
	callee := newAnswering()
	there := listening(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, callee)
	here := listening(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, &scriptedHandler{})
	caller := newEars()
	here.Invite(Outgoing{RequestURI: "sip:bob@" + there.Addr("udp").String(), From: party("alice"), To: party("bob"), SDP: bytes.Repeat([]byte("a"), 9000)}, caller)
	if in := <-callee.arrived; in.Transport != "udp" || len(in.Body) != 9000 {
		t.Errorf("%d bytes came by %s", len(in.Body), in.Transport)
	}
	caller.want(t, "progress 180 ", "answered v=0 answer")
	callee.want(t, "answered ")
}

// freeAddress is one of which both UDP and TCP are free.
func freeAddress() string { return fmt.Sprint("127.0.0.1:", port.Free()) }

func TestALargeCallIsTakenBackWhereverItWent(t *testing.T) {
	for name, transports := range map[string][]string{"by UDP": {"udp"}, "by TCP": {"udp", "tcp"}} {
		hand, at := &scriptedHandler{}, freeAddress()
		cfg := Config{}
		for _, transport := range transports {
			cfg.Listen = append(cfg.Listen, transport+"://"+at)
		}
		there := listening(t, cfg, hand)
		us := Config{Listen: []string{"udp://" + freeAddress()}, Secret: []byte("of the installation")}
		out := Outgoing{RequestURI: "sip:bob@" + there.Addr("udp").String(), From: party("alice"), To: party("bob"), SDP: bytes.Repeat([]byte("a"), 1400), CallID: "1"}
		t.Run(name, func(t *testing.T) { // the process that dies when this is over
			rings := newEars()
			listening(t, us, &scriptedHandler{}).Invite(out, rings)
			for hand.invited() == nil {
				<-time.After(time.Millisecond)
			}
			hand.invited().Ring(180, nil, nil)
			rings.want(t, "progress 180 ")
		})
		called := hand.to()
		listening(t, us, &scriptedHandler{}).TakeBack(out, Reason{})
		called.want(t, "failed by cancel 487")
	}
}

func TestARefusedConnectionFailsTheCallAtOnce(t *testing.T) {
	here := listening(t, Config{}, &scriptedHandler{})
	caller := newEars()
	here.Invite(Outgoing{RequestURI: "sip:bob@" + freeAddress() + ";transport=tcp", From: party("alice"), To: party("bob")}, caller)
	caller.want(t, "failed by transport 503")
	if !strings.Contains(caller.cause.Reason, "refused") {
		t.Errorf("cause is %+v", caller.cause)
	}
}

func TestAnUntrustedCertificateFailsTheCall(t *testing.T) {
	server, _ := certificate(t)
	there := listening(t, Config{Listen: []string{"tls://127.0.0.1:0"}, TLS: server}, &scriptedHandler{})
	here := listening(t, Config{}, &scriptedHandler{})
	caller := newEars()
	here.Invite(Outgoing{RequestURI: "sips:bob@" + there.Addr("tls").String(), From: party("alice"), To: party("bob")}, caller)
	caller.want(t, "failed by transport 503")
}

func TestAStrangerGetsNoAnswer(t *testing.T) {
	admitted := make(chan string, 16)
	u := listening(t, Config{
		Listen: []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"},
		Admit: func(src netip.AddrPort, transport string, _ []byte) Standing {
			admitted <- transport
			return Refused
		},
	}, ignorant{})
	udp, err := net.Dial("udp", u.Addr("udp").String())
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	for range 2 { // the first is counted before the second is asked about
		fmt.Fprint(udp, options("udp", udp.LocalAddr()))
		if got := <-admitted; got != "udp" {
			t.Errorf("asked about %s", got)
		}
	}
	tcp, err := net.Dial("tcp", u.Addr("tcp").String())
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	if n, err := tcp.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Error("a stranger's connection was served")
	}
	<-admitted
	if got := u.Counters(); got.Refused < 2 || got.Malformed != 0 {
		t.Errorf("counted %+v", got)
	}
}

func options(transport string, from net.Addr) string {
	return fmt.Sprintf("OPTIONS sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bK%s;rport\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\n"+
		"Call-ID: %s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n", strings.ToUpper(transport), from, newTag(), newCallID())
}

func TestAConnectionThatBreaksItsFramingLosesOnlyItself(t *testing.T) {
	u := listening(t, Config{Listen: []string{"tcp://127.0.0.1:0"}}, newAnswering())
	dial := func() (net.Conn, *bufio.Reader) {
		c, err := net.Dial("tcp", u.Addr("tcp").String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c, bufio.NewReader(c)
	}
	ask := func(c net.Conn, r *bufio.Reader) string {
		fmt.Fprint(c, options("tcp", c.LocalAddr()))
		line, _ := r.ReadString('\n')
		for l := line; l != "\r\n" && l != ""; l, _ = r.ReadString('\n') {
		}
		return strings.TrimSpace(line)
	}
	good, goodReader := dial()
	bad, badReader := dial()
	if got := ask(bad, badReader); got != "SIP/2.0 200 OK" {
		t.Fatalf("got %q", got)
	}
	fmt.Fprint(bad, strings.Replace(options("tcp", bad.LocalAddr()), "Content-Length: 0", "Content-Length: many", 1))
	rest, _ := io.ReadAll(badReader)
	if !strings.HasPrefix(string(rest), "SIP/2.0 400 ") {
		t.Errorf("got %q", rest)
	}
	if got := ask(good, goodReader); got != "SIP/2.0 200 OK" {
		t.Errorf("the other connection got %q", got)
	}
}

func TestAPingGetsItsPong(t *testing.T) {
	u := listening(t, Config{Listen: []string{"tcp://127.0.0.1:0"}}, &scriptedHandler{})
	c, err := net.Dial("tcp", u.Addr("tcp").String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "\r\n\r\n")
	pong := make([]byte, 2)
	if _, err := io.ReadFull(c, pong); err != nil || string(pong) != "\r\n" {
		t.Errorf("got %q, %v", pong, err)
	}
}

func TestAConnectionThatStopsReadingHoldsUpNobody(t *testing.T) {
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	callee := newAnswering()
	there := listening(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, callee)
	here := listening(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, &scriptedHandler{})
	flooded := newEars()
	for range 600 { // far more than the kernel and the queue of one connection take
		here.Invite(Outgoing{RequestURI: "sip:x@" + deaf.Addr().String() + ";transport=tcp", From: party("alice"), To: party("x"), SDP: make([]byte, 20000)}, flooded)
	}
	caller := newEars()
	here.Invite(Outgoing{RequestURI: "sip:bob@" + there.Addr("udp").String(), From: party("alice"), To: party("bob")}, caller)
	caller.want(t, "progress 180 ", "answered v=0 answer")
	callee.want(t, "answered ")
	flooded.want(t, "failed by transport 503") // those that the queue has no room for
}

func TestACallerWhoseConnectionIsLostIsNotRung(t *testing.T) {
	hand := &scriptedHandler{}
	u := listening(t, Config{Listen: []string{"tcp://127.0.0.1:0"}}, hand)
	c, err := net.Dial("tcp", u.Addr("tcp").String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(c, strings.NewReplacer("OPTIONS", "INVITE", "Content-Length", "Contact: <sip:a@127.0.0.1>\r\nContent-Length").Replace(options("tcp", c.LocalAddr())))
	trying := make([]byte, 11)
	if _, err := io.ReadFull(c, trying); err != nil || string(trying) != "SIP/2.0 100" {
		t.Fatalf("got %q, %v", trying, err)
	}
	c.Close()
	o := newEars()
	s := hand.last(o)
	for u.transport.Connected("tcp", c.LocalAddr().String()) {
		runtime.Gosched() // until the user agent has seen the end of the connection
	}
	s.Ring(180, nil, nil)
	o.want(t, "failed by transport 503")
}

func TestAPortThatIsTakenIsSeenByListen(t *testing.T) {
	there := listening(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, &scriptedHandler{})
	u, err := New(Config{Listen: []string{"udp://" + there.Addr("udp").String()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Listen(); err == nil {
		t.Error("two user agents on one port")
	}
	for _, bad := range []string{"http://127.0.0.1:1", "udp//x", "tls://127.0.0.1:0"} {
		if u, err := New(Config{Listen: []string{bad}}); err == nil && u.Listen() == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestSIPpCallsAndIsCalled(t *testing.T) {
	sipp, err := exec.LookPath("sipp")
	if err != nil {
		t.Fatal("sipp is not installed (Debian package sip-tester): make install")
	}
	const calls = 60
	callee := newAnswering()
	there := listening(t, Config{Listen: []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"}}, callee)
	for transport, flag := range map[string]string{"udp": "u1", "tcp": "t1"} {
		out, err := exec.Command(sipp, "-sn", "uac", there.Addr(transport).String(), "-i", "127.0.0.1", "-t", flag, "-m", fmt.Sprint(calls),
			"-r", "200", "-d", "10", "-nostdin", "-timeout", "60").CombinedOutput()
		if err != nil {
			t.Fatalf("sipp over %s: %v\n%s", transport, err, out)
		}
		for range calls {
			<-callee.arrived
		}
		count := map[string]int{}
		for range 2 * calls {
			count[<-callee.heard]++
		}
		if count["answered "] != calls || count["ended by remote 0"] != calls {
			t.Errorf("over %s: heard %v", transport, count)
		}
	}

	at := freeAddress()
	_, p, _ := net.SplitHostPort(at)
	ctx, cancel := context.WithCancel(context.Background())
	uas := exec.CommandContext(ctx, sipp, "-sn", "uas", "-i", "127.0.0.1", "-p", p, "-m", fmt.Sprint(calls), "-nostdin", "-timeout", "60")
	var out bytes.Buffer
	uas.Stdout, uas.Stderr = &out, &out
	if err := uas.Start(); err != nil {
		t.Fatal(err)
	}
	defer cancel()
	here := listening(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, &scriptedHandler{})
	var all []*ears
	for range calls {
		o := newEars()
		all = append(all, o)
		s := here.Invite(Outgoing{RequestURI: "sip:service@" + at, From: party("alice"), To: party("service")}, o)
		o.want(t, "progress 180 ")
		select {
		case got := <-o.heard:
			if !strings.HasPrefix(got, "answered ") {
				t.Fatalf("heard %q", got)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("no answer\n%s", out.String())
		}
		s.Hangup(Reason{})
	}
	for _, o := range all {
		o.want(t, "ended by local 0")
	}
	if err := uas.Wait(); err != nil {
		t.Errorf("sipp: %v\n%s", err, out.String())
	}
}
