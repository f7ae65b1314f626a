package siptest

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"
)

// Wire is a far end that writes SIP by hand.
type Wire struct {
	t    testing.TB
	conn *net.UDPConn
	to   *net.UDPAddr
}

// NewWire is a far end at host, which sends to a SIP address over UDP.
func NewWire(t testing.TB, host string, to netip.AddrPort) *Wire {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &Wire{t, conn, net.UDPAddrFromAddrPort(to)}
}

// Addr is where the far end is.
func (w *Wire) Addr() netip.AddrPort { return w.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// Send writes a message; its body, if any, comes after the empty line.
func (w *Wire) Send(method, uri string, cseq int, toTag string, rest ...string) {
	w.t.Helper()
	msg := strings.Join(append([]string{
		method + " " + uri + " SIP/2.0",
		fmt.Sprintf("Via: SIP/2.0/UDP %s;branch=z9hG4bK%s%d;rport", w.conn.LocalAddr(), method, cseq),
		"Max-Forwards: 70", "From: <sip:+12065550123@carrier.test>;tag=wire", "To: <" + uri + ">" + toTag,
		"Call-ID: wire-" + w.conn.LocalAddr().String(), fmt.Sprintf("CSeq: %d %s", cseq, method),
		fmt.Sprintf("Contact: <sip:wire@%s>", w.conn.LocalAddr()),
	}, rest...), "\r\n")
	if !strings.Contains(msg, "\r\n\r\n") {
		msg += "\r\nContent-Length: 0\r\n\r\n"
	}
	w.SendRaw(msg)
}

// SendRaw writes what it is given.
func (w *Wire) SendRaw(msg string) {
	w.t.Helper()
	if _, err := w.conn.WriteToUDP([]byte(msg), w.to); err != nil {
		w.t.Error(err)
	}
}

// With makes a body and what announces it.
func With(body string) []string {
	return []string{"Content-Type: application/sdp", fmt.Sprintf("Content-Length: %d", len(body)), "", body}
}

// Await reads until a message that begins so, and passes over others.
func (w *Wire) Await(begins string) string {
	w.t.Helper()
	buf := make([]byte, 8192)
	_ = w.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		n, err := w.conn.Read(buf)
		if err != nil {
			w.t.Fatalf("waiting for %q: %v", begins, err)
		}
		if strings.HasPrefix(string(buf[:n]), begins) {
			return string(buf[:n])
		}
	}
}

// Header is the value of a header in a message, however often it is there.
func Header(msg, name string) (values []string) {
	for line := range strings.Lines(msg) {
		if n, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
			values = append(values, strings.TrimSpace(v))
		}
	}
	return values
}

// ToTag is the tag that the far end put into To.
func ToTag(msg string) string {
	_, tag, _ := strings.Cut(Header(msg, "To")[0], ";tag=")
	return ";tag=" + tag
}

// SomeSDP is an offer, or an answer.
const SomeSDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.9\r\ns=-\r\nc=IN IP4 127.0.0.9\r\nt=0 0\r\nm=audio 45000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"

// Silent proves that nothing has come.
func (w *Wire) Silent() {
	w.t.Helper()
	_ = w.conn.SetReadDeadline(time.Now().Add(time.Millisecond))
	buf := make([]byte, 8192)
	if n, err := w.conn.Read(buf); err == nil {
		w.t.Errorf("it hears %q", buf[:n])
	}
}

// Authorize answers the last challenge of a 401 with the value of an
// Authorization header.
func Authorize(t testing.TB, response, method, uri, user, password string) string {
	t.Helper()
	challenges := Header(response, "WWW-Authenticate")
	c, err := digest.ParseChallenge(challenges[len(challenges)-1])
	if err != nil {
		t.Fatal(err)
	}
	cred, err := digest.Digest(c, digest.Options{Method: method, URI: uri, Username: user, Password: password, Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	return cred.String()
}
