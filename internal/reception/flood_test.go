package reception_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"strowger/internal/sip/siptest"
)

// credentials of alice's for a nonce, with a wrong password.
func guess(nonce string, n int) string {
	return fmt.Sprintf(`Authorization: Digest username="alice", realm="%s", nonce="%s", uri="sip:%s", response="%032x"`, domain, nonce, domain, n)
}

func nonceOf(response string) string {
	_, nonce, _ := strings.Cut(response, `nonce="`)
	nonce, _, _ = strings.Cut(nonce, `"`)
	return nonce
}

// flood sends something from an address until the test ends, so many times a
// second. A real one would only write that address on its packets.
func flood(t *testing.T, at string, to netip.AddrPort, rate int, message func(w *siptest.Wire, n int)) {
	t.Helper()
	w := siptest.NewWire(t, at, to)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-stop:
				return
			case <-tick.C:
				message(w, n)
			}
		}
	}()
	t.Cleanup(func() { close(stop); <-done })
}

// Each of these floods comes from the very address of the phone.
func TestARightPasswordIsLetInAmongFloods(t *testing.T) {
	uri := "sip:" + domain
	floods := map[string]func(*testing.T, *rig){
		"questions": func(t *testing.T, r *rig) {
			flood(t, "127.0.0.1", r.Addr("udp"), 15, func(w *siptest.Wire, n int) { w.Send("REGISTER", uri, n, "") })
		},
		"calls": func(t *testing.T, r *rig) {
			flood(t, "127.0.0.1", r.Addr("udp"), 15, func(w *siptest.Wire, n int) { w.Send("INVITE", "sip:bob@"+domain, n, "") })
		},
		"nonces of nobody's making": func(t *testing.T, r *rig) {
			flood(t, "127.0.0.1", r.Addr("udp"), 15, func(w *siptest.Wire, n int) { w.Send("REGISTER", uri, n, "", guess("made-up", n)) })
		},
		"guesses with nonces that were sent elsewhere": func(t *testing.T, r *rig) {
			elsewhere := siptest.NewWire(t, "127.0.0.66", r.Addr("udp"))
			var nonces []string
			for n := range 40 {
				elsewhere.Send("REGISTER", uri, n+1, "")
				nonces = append(nonces, nonceOf(elsewhere.Await("SIP/2.0 401")))
			}
			flood(t, "127.0.0.1", r.Addr("udp"), 15, func(w *siptest.Wire, n int) {
				w.Send("REGISTER", uri, n, "", guess(nonces[n%len(nonces)], n))
			})
		},
	}
	for name, begin := range floods {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			begin(t, r)
			began := time.Now()
			for i := range 10 {
				p := siptest.NewPhone(t, "udp", r.phones)
				if res := p.Register(r.Addr("udp"), domain, "alice", "wonder"); res.Code != 200 {
					t.Errorf("log-in %d: %d %s", i, res.Code, res.Phrase)
				}
				r.ForgetFriend("127.0.0.1") // each as if it were the first
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("they took %v", took)
			}
		})
	}
}

func TestAPhoneWithANonceIsHeardWhateverBearsItsAddress(t *testing.T) {
	r := start(t)
	uri := "sip:" + domain
	phone := siptest.NewWire(t, "127.0.0.67", r.Addr("udp"))
	phone.Send("REGISTER", uri, 1, "")
	challenge := phone.Await("SIP/2.0 401")
	forger := siptest.NewWire(t, "127.0.0.67", r.Addr("udp"))
	for n := range 500 {
		forger.Send("REGISTER", uri, n+1, "", guess("made-up", n))
	}
	phone.Send("REGISTER", uri, 2, "", "Authorization: "+siptest.Authorize(t, challenge, "REGISTER", uri, "alice", "wonder"), "Expires: 600")
	if no := phone.Await("SIP/2.0"); !strings.HasPrefix(no, "SIP/2.0 403") { // it is alice, and has another To
		t.Errorf("it is answered\n%s", no)
	}
	if n := r.ua.Counters().Refused; n == 0 {
		t.Error("the flood was no flood")
	}
}

func TestAChallengeIsLittleLargerThanWhatItAnswers(t *testing.T) {
	r := start(t)
	stranger := siptest.NewWire(t, "127.0.0.66", r.Addr("udp"))
	for n, request := range []string{
		"INVITE sip:x SIP/2.0\r\nv:SIP/2.0/UDP a;branch=z9hG4bK%d\r\nf:sip:a@b;tag=1\r\nt:sip:x\r\ni:%[1]d\r\nCSeq:1 INVITE\r\n\r\n",
		"REGISTER sip:x SIP/2.0\r\nv:SIP/2.0/UDP a;rport;branch=z9hG4bK%d\r\nf:sip:a@b;tag=1\r\nt:sip:x\r\ni:%[1]d\r\nCSeq:1 REGISTER\r\nUser-Agent:x\r\n\r\n",
	} {
		request = fmt.Sprintf(strings.Replace(request, " a;", " "+stranger.Addr().String()+";", 1), n)
		stranger.SendRaw(request)
		answer := stranger.Await("SIP/2.0 401")
		if over := len(answer) - len(request); over > 512 {
			t.Errorf("%d bytes are answered with %d", len(request), len(answer))
		}
	}
	stranger.Silent()
}

func TestACorrectedPhoneIsChallengedAtOnce(t *testing.T) {
	r := start(t)
	answers := r.wrongly(siptest.NewPhone(t, "udp", r.phones), 12)
	for range 12 {
		<-answers
	}
	began := time.Now()
	r.registered("alice", "wonder", "udp") // a new phone at the same address: it has no nonce
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestAPhoneRegistersOverTCPAmongStrangersConnections(t *testing.T) {
	r := start(t)
	first := r.registered("bob", "builder", "tcp")
	for i := range 2600 { // from 85 networks, more than there is room for
		from := &net.TCPAddr{IP: net.IPv4(127, 7, byte(i%85), 1)}
		c, err := (&net.Dialer{LocalAddr: from}).Dial("tcp", r.Addr("tcp").String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
	}
	r.ForgetFriend("127.0.0.1")
	r.registered("alice", "wonder", "tcp")
	if res := first.Register(r.Addr("tcp"), domain, "bob", "builder"); res.Code != 200 {
		t.Errorf("who was there before is answered %d", res.Code)
	}
	if n := r.ua.Counters().Refused; n == 0 {
		t.Error("nobody had to give way")
	}
}
