package reception_test

import (
	"fmt"
	"strings"
	"testing"

	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

// registrant sends the REGISTERs of one boot of alice's phone.
type registrant struct {
	*rig
	phone  *siptest.Phone
	callID string
	cseq   uint32
}

func (r *registrant) register(aor string, headers ...string) ua.Response {
	r.t.Helper()
	var hs ua.Headers
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		hs = append(hs, ua.Header{Name: name, Value: value})
	}
	r.cseq++
	res := r.phone.Ask(ua.OutgoingRequest{
		Method: "REGISTER", RequestURI: "sip:" + domain, From: ua.Party{URI: aor}, To: ua.Party{URI: aor}, Headers: hs,
		CallID: r.callID, CSeq: r.cseq, Hop: r.hop("udp"), Credentials: ua.Credentials{Username: "alice", Password: "wonder"},
	})
	r.cseq = max(r.cseq, res.CSeq)
	return res
}

func contacts(res ua.Response) string { return strings.Join(res.Headers.Values("Contact"), ", ") }

func TestTheRegistrarKeepsItsRules(t *testing.T) {
	r := start(t)
	me := &registrant{rig: r, phone: siptest.NewPhone(t, "udp", r.phones), callID: "boot-1"}
	const aor = "sip:alice@" + domain

	res := me.register(aor, "Contact: <sip:alice@192.0.2.1>;expires=300, \"Alice, at home\" <sip:alice@192.0.2.2;transport=tcp>;q=0.5", "Expires: 120")
	if res.Code != 200 || contacts(res) != "<sip:alice@192.0.2.1>;expires=300, <sip:alice@192.0.2.2;transport=tcp>;expires=120" {
		t.Errorf("%d %s", res.Code, contacts(res))
	}
	if b := r.directory.Bindings(aliceID); len(b) != 2 || b[1].Q != 500 || b[0].Flow.Transport != "udp" || b[0].Flow.Remote != me.phone.Addr() {
		t.Errorf("bound %+v", b)
	}
	if res := me.register(aor); res.Code != 200 || strings.Count(contacts(res), "sip:alice@") != 2 {
		t.Errorf("a question: %d %s", res.Code, contacts(res))
	}
	if res := me.register(aor, "Contact: <sip:alice@192.0.2.3>;expires=5"); res.Code != 423 || res.Headers.Get("Min-Expires") != "60" {
		t.Errorf("too brief: %d %v", res.Code, res.Headers)
	}
	if res := me.register(aor, "Contact: *", "Expires: 10"); res.Code != 400 {
		t.Errorf("* with an expiry: %d", res.Code)
	}
	if res := me.register(aor, "Contact: <mailto:alice@example.org>"); res.Code != 400 {
		t.Errorf("no SIP address: %d", res.Code)
	}
	if res := me.register("sip:bob@"+domain, "Contact: <sip:alice@192.0.2.1>"); res.Code != 403 {
		t.Errorf("for another user: %d", res.Code)
	}
	if res := me.register("sip:"+aliceID+"@127.0.0.1", "Contact: <sip:alice@192.0.2.1>;expires=0"); res.Code != 200 || strings.Contains(contacts(res), "192.0.2.1") {
		t.Errorf("one taken away: %d %s", res.Code, contacts(res))
	}
	late := &registrant{rig: r, phone: me.phone, callID: me.callID, cseq: 0}
	if res := late.register(aor, "Contact: <sip:alice@192.0.2.2;transport=tcp>"); res.Code != 500 {
		t.Errorf("out of order: %d", res.Code)
	}
	var many []string
	for i := range 11 {
		many = append(many, fmt.Sprintf("<sip:alice@192.0.2.%d>", 10+i))
	}
	if res := me.register(aor, "Contact: "+strings.Join(many, ",")); res.Code != 403 {
		t.Errorf("too many: %d", res.Code)
	}
	if res := me.register(aor, "Contact: *", "Expires: 0"); res.Code != 200 || contacts(res) != "" {
		t.Errorf("all taken away: %d %s", res.Code, contacts(res))
	}
	if n := r.Stats().Registered; n != 0 {
		t.Errorf("%d users are registered", n)
	}
}

func TestAWrongPasswordRegistersNothing(t *testing.T) {
	r := start(t)
	p := siptest.NewPhone(t, "udp", r.phones)
	for user, password := range map[string]string{"alice": "wrong", "carol": "wonder"} {
		if res := p.Register(r.Addr("udp"), domain, user, password); res.Code != 401 {
			t.Errorf("%s: %d", user, res.Code)
		}
	}
	if n := r.Stats().Registered; n != 0 {
		t.Errorf("%d users are registered", n)
	}
}

func TestATrunksSourceHasNothingToRegister(t *testing.T) {
	r := start(t)
	if res := r.network.Register(r.Addr("udp"), domain, "carrier", ""); res.Code != 401 {
		t.Errorf("%d", res.Code)
	}
}
