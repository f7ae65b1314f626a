package reception_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

// wrongly sends REGISTERs of alice's with a wrong password, all at once, and
// gives their answers as they come.
func (r *rig) wrongly(p *siptest.Phone, times int) <-chan ua.Response {
	answers := make(chan ua.Response, times)
	for i := range times {
		go func() { answers <- p.Register(r.Addr("udp"), domain, "alice", fmt.Sprint("wrong", i)) }()
	}
	return answers
}

func TestACorrectedPhoneRegistersWithItsFirstREGISTER(t *testing.T) {
	r := start(t)
	p := siptest.NewPhone(t, "udp", r.phones)
	answers := r.wrongly(p, 12)
	for range 5 { // the others may still wait for their answer
		if res := <-answers; res.Code != 401 {
			t.Errorf("a wrong password is answered %d", res.Code)
		}
	}
	if res := p.Register(r.Addr("udp"), domain, "alice", "wonder"); res.Code != 200 {
		t.Errorf("the right one is answered %d %s", res.Code, res.Phrase)
	}
	for range 7 {
		if res := <-answers; res.Code != 401 {
			t.Errorf("a wrong password is answered %d in the end", res.Code)
		}
	}
}

// Phones behind one NAT have one source. One that has a wrong password and will
// not give up makes nobody else wait.
func TestNeighboursOfAGuesserDoNotFeelIt(t *testing.T) {
	r := start(t)
	r.registered("bob", "builder", "udp")
	p := siptest.NewPhone(t, "udp", r.phones)
	answers := r.wrongly(p, 12)
	for range 12 {
		<-answers
	}
	began := time.Now()
	if e := r.fromUser(p, ours, "bob", "builder").Await(siptest.Failed); e.Code != 486 {
		t.Errorf("a neighbour's call is answered %d", e.Code)
	}
	r.next()
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestCredentialsOfANonceThatWeDidNotMakeAreNoGuess(t *testing.T) {
	r := start(t)
	uri := "sip:" + domain
	stranger := siptest.NewWire(t, "127.0.0.1", r.Addr("udp"))
	for i := range 20 {
		stranger.Send("REGISTER", uri, i+1, "", `Authorization: Digest username="alice", realm="`+domain+`", nonce="made-up", uri="`+uri+`", response="00"`)
		if no := stranger.Await("SIP/2.0 401"); !strings.Contains(no, "stale=true") {
			t.Errorf("it is answered\n%s", no)
		}
	}
	if s := r.Stats(); s.WrongPassword != 0 {
		t.Errorf("%+v", s)
	}
	r.registered("alice", "wonder", "udp")
}
