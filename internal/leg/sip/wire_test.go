package sip_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/leg/sip"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

// wire is a far end that writes SIP by hand.
type wire struct {
	t    *testing.T
	conn *net.UDPConn
	to   *net.UDPAddr
}

func newWire(r *rig, host string) *wire {
	r.t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	return &wire{r.t, conn, net.UDPAddrFromAddrPort(r.Addr("udp"))}
}

// send writes a message; its body, if any, comes after the empty line.
func (w *wire) send(method, uri string, cseq int, toTag string, rest ...string) {
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
	if _, err := w.conn.WriteToUDP([]byte(msg), w.to); err != nil {
		w.t.Fatal(err)
	}
}

// with makes a body and what announces it.
func with(body string) []string {
	return []string{"Content-Type: application/sdp", fmt.Sprintf("Content-Length: %d", len(body)), "", body}
}

// await reads until a message that begins so, and passes over others.
func (w *wire) await(begins string) string {
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

// header is the value of a header in a message, however often it is there.
func header(msg, name string) (values []string) {
	for line := range strings.Lines(msg) {
		if n, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
			values = append(values, strings.TrimSpace(v))
		}
	}
	return values
}

func toTag(msg string) string {
	_, tag, _ := strings.Cut(header(msg, "To")[0], ";tag=")
	return ";tag=" + tag
}

const someSDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.9\r\ns=-\r\nc=IN IP4 127.0.0.9\r\nt=0 0\r\nm=audio 45000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"

func TestACallWithoutAnOfferGetsOursAndItsACKAnswers(t *testing.T) {
	r := start(t)
	w := newWire(r, network)
	uri := "sip:" + ours + "@" + r.Addr("udp").String()
	w.send("INVITE", uri, 1, "")
	o := next[call.LegArrived](r)
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	ok := w.await("SIP/2.0 200")
	if !strings.Contains(ok, "m=audio ") || !strings.Contains(ok, "RTP/AVP 0 8 101") {
		t.Errorf("no offer in\n%s", ok)
	}
	w.send("ACK", uri, 1, toTag(ok), with(someSDP)...)
	d := next[call.LegAnswered](r).Dialog
	if d.Media.Codec != "PCMA" || d.Media.RemoteAddr != "127.0.0.9:45000" || d.Media.EventPayloadType != 101 {
		t.Errorf("media %+v", d.Media)
	}
	w.send("BYE", uri, 2, toTag(ok), `Reason: Q.850;cause=31;text="normal"`)
	w.await("SIP/2.0 200")
	if e := next[call.LegEnded](r); e.Cause.Q850 != 31 {
		t.Errorf("%+v", e)
	}
}

func TestAnOfferThatItsACKDoesNotAnswerEndsTheCall(t *testing.T) {
	r := start(t)
	w := newWire(r, network)
	uri := "sip:" + ours + "@" + r.Addr("udp").String()
	w.send("INVITE", uri, 1, "")
	o := next[call.LegArrived](r)
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	ok := w.await("SIP/2.0 200")
	w.send("ACK", uri, 1, toTag(ok))
	if cause := r.failed(); cause.Reason != call.NotAcceptable {
		t.Errorf("%+v", cause)
	}
	w.await("BYE ")
}

func TestAUserLearnsTheCallFromEveryResponse(t *testing.T) {
	r := start(t, func(s *directory.Settings, _ *sip.Config) { s.Trunks = nil })
	w := newWire(r, "127.0.0.1")
	uri := "sip:bob@" + domain
	w.send("INVITE", uri, 1, "", with(someSDP)...)
	no := w.await("SIP/2.0 401")
	w.send("ACK", uri, 1, toTag(no))
	w.send("INVITE", uri, 2, "", append([]string{"Authorization: " + authorize(t, no, "INVITE", uri, "alice", "wonder")}, with(someSDP)...)...)
	o := next[call.LegArrived](r)
	r.Perform(call.Ring{Leg: o.Leg})
	if got := header(w.await("SIP/2.0 180"), "X-Server-Call-Id"); len(got) != 1 || got[0] != o.Call.ServerCallID() {
		t.Errorf("180 says %v", got)
	}
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	ok := w.await("SIP/2.0 200")
	if got := header(ok, "X-Server-Call-Id"); len(got) != 1 || got[0] != o.Call.ServerCallID() {
		t.Errorf("200 says %v", got)
	}
	w.send("ACK", uri, 2, toTag(ok))
	next[call.LegAnswered](r)
	r.Perform(call.HangUp{Leg: o.Leg, Reason: call.Completed})
	next[call.LegEnded](r)
	w.await("BYE ")
}

func TestAStrangerIsNotEvenHeardWhenThereIsNobodyWhoMightBeOne(t *testing.T) {
	r := start(t, func(s *directory.Settings, _ *sip.Config) { s.Users = nil })
	stranger := newWire(r, "127.0.0.66")
	stranger.send("INVITE", "sip:"+ours+"@"+domain, 1, "", with(someSDP)...)
	stranger.send("OPTIONS", "sip:"+domain, 2, "")
	// What comes after theirs is answered, and theirs is not.
	friend := newWire(r, network)
	friend.send("OPTIONS", "sip:"+domain, 1, "")
	friend.await("SIP/2.0 200")
	if s := r.Stats(); s.Unheard != 2 || s.Challenged != 0 {
		t.Errorf("%+v", s)
	}
	stranger.silent()
}

// silent proves that nothing has come.
func (w *wire) silent() {
	w.t.Helper()
	_ = w.conn.SetReadDeadline(time.Now().Add(time.Millisecond))
	buf := make([]byte, 8192)
	if n, err := w.conn.Read(buf); err == nil {
		w.t.Errorf("a stranger hears %q", buf[:n])
	}
}

func TestAScannerHearsNothingButAChallenge(t *testing.T) {
	r := start(t)
	stranger := newWire(r, "127.0.0.66")
	for i, uri := range []string{"sip:" + ours + "@" + domain, "sip:nobody@" + domain, "sip:alice@" + domain} {
		for j, method := range []string{"INVITE", "OPTIONS", "REGISTER"} {
			stranger.send(method, uri, 10*i+j+1, "")
			no := stranger.await("SIP/2.0 401")
			if method == "INVITE" {
				stranger.send("ACK", uri, 10*i+j+1, toTag(no))
			}
			if n := len(header(no, "WWW-Authenticate")); n != 2 {
				t.Errorf("%d challenges in\n%s", n, no)
			}
		}
	}
	if s := r.Stats(); s.Offered != 0 || s.Challenged != 9 {
		t.Errorf("%+v", s)
	}
}

func TestAFloodOfStrangersIsCutOff(t *testing.T) {
	r := start(t)
	stranger := newWire(r, "127.0.0.66")
	const many = 400
	for i := range many {
		stranger.send("OPTIONS", "sip:"+domain, i+1, "")
	}
	friend := newWire(r, network)
	friend.send("OPTIONS", "sip:"+domain, 1, "")
	friend.await("SIP/2.0 200")
	if s := r.Stats(); s.Unheard < many/4 {
		t.Errorf("%d of %d were not listened to", s.Unheard, many)
	}
}

func TestOptionsAreAnsweredToThoseWhomWeKnow(t *testing.T) {
	r := start(t)
	p := r.registered("alice", "wonder", "udp")
	ask := func(p *siptest.Phone) int {
		return p.Ask(ua.OutgoingRequest{Method: "OPTIONS", RequestURI: "sip:" + domain, From: ua.Party{URI: "sip:x@x.test"}, To: ua.Party{URI: "sip:" + domain}, Hop: r.hop("udp")}).Code
	}
	if code := ask(p); code != 200 {
		t.Errorf("a user's phone hears %d", code)
	}
	if code := ask(r.network); code != 200 {
		t.Errorf("a trunk hears %d", code)
	}
	if code := ask(siptest.NewPhoneAt(t, "127.0.0.66", "udp", r.phones)); code != 401 {
		t.Errorf("a stranger hears %d", code)
	}
}

func TestWeRegisterAtATrunkThatWantsIt(t *testing.T) {
	carrier := start(t) // another exchange, where we have alice's account
	start(t, func(s *directory.Settings, c *sip.Config) {
		s.Users = nil
		s.Trunks = []directory.Trunk{{
			Name: "carrier", Address: carrier.Addr("udp").String(), Transport: "udp", Register: true,
			Username: "alice", Password: "wonder", Sources: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		}}
		c.Domain = "other.test"
	})
	deadline := time.Now().Add(patience)
	for len(carrier.directory.Bindings(aliceID)) == 0 {
		if time.Now().After(deadline) {
			t.Fatal("it did not register")
		}
		<-time.After(5 * time.Millisecond)
	}
	if b := carrier.directory.Bindings(aliceID)[0]; !strings.HasPrefix(b.Contact, "sip:alice@127.0.0.1:") {
		t.Errorf("bound %+v", b)
	}
}

func TestAReinviteWithoutAnOfferMovesTheSoundByItsACK(t *testing.T) {
	r := start(t)
	w := newWire(r, network)
	uri := "sip:" + ours + "@" + r.Addr("udp").String()
	w.send("INVITE", uri, 1, "", with(someSDP)...)
	o := next[call.LegArrived](r)
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	ok := w.await("SIP/2.0 200")
	w.send("ACK", uri, 1, toTag(ok))
	next[call.LegAnswered](r)

	ear := newWire(r, network)
	w.send("INVITE", uri, 2, toTag(ok))
	again := w.await("SIP/2.0 200")
	for !strings.Contains(again, "CSeq: 2 ") {
		again = w.await("SIP/2.0 200")
	}
	port := ear.conn.LocalAddr().(*net.UDPAddr).Port
	w.send("ACK", uri, 2, toTag(ok), with(strings.Replace(someSDP, "45000", fmt.Sprint(port), 1))...)
	r.echo(o.Leg)
	ear.await("\x80") // RTP version 2
	r.Perform(call.HangUp{Leg: o.Leg, Reason: call.Completed})
	next[call.LegEnded](r)
	w.await("BYE ")
}
