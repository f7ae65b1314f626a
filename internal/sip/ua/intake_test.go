package ua

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

func TestRequestsThatCannotBeServedAreRefusedAsTheRFCSays(t *testing.T) {
	replace := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	for name, c := range map[string]struct {
		method string
		change func(string) string
		code   int
		header string
	}{
		"an unknown method":             {"DANCE", replace("", ""), 405, "Allow"},
		"a method we do not serve":      {"SUBSCRIBE", replace("", ""), 405, "Allow"},
		"an unknown extension":          {"INVITE", replace("Max-Forwards", "Require: 100rel, magic\r\nMax-Forwards"), 420, "Unsupported"},
		"a foreign scheme":              {"OPTIONS", replace("sip:alice@10.0.0.1:5060", "http:example"), 416, ""},
		"another SIP":                   {"OPTIONS", replace("SIP/2.0\r\n", "SIP/7.0\r\n"), 505, ""},
		"a dialog that is not there":    {"INVITE", replace("To: <sip:alice@10.0.0.1>", "To: <sip:alice@10.0.0.1>;tag=gone"), 481, ""},
		"a BYE without dialog":          {"BYE", replace("", ""), 481, ""},
		"a CANCEL without INVITE":       {"CANCEL", replace("", ""), 481, ""},
		"an INVITE without Contact":     {"INVITE", replace("Contact: <sip:bob@10.0.0.2:5060>\r\n", ""), 400, ""},
		"a CSeq of another method":      {"INVITE", replace("CSeq: 7 INVITE", "CSeq: 7 OPTIONS"), 400, ""},
		"a fault before all is read":    {"INVITE", replace("CSeq: 7 INVITE", "Via: broken\r\nCSeq: 7 INVITE"), 400, ""},
		"a top Via that is broken":      {"INVITE", replace("Via: SIP/2.0/UDP ", "Via: SIP "), 0, ""},
		"answers in another language":   {"INVITE", replace("Max-Forwards", "Accept: text/nobodyKnowsThis\r\nMax-Forwards"), 406, ""},
		"a body of another kind":        {"INVITE", replace("Content-Length: 0\r\n\r\n", "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"), 415, "Accept"},
		"a body in another encoding":    {"INVITE", replace("Content-Length: 0\r\n\r\n", "Content-Type: application/sdp\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi"), 415, "Accept-Encoding"},
		"a body shorter than it claims": {"OPTIONS", replace("Content-Length: 0", "Content-Length: 9"), 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.far.sendRaw(c.change(w.far.outside(c.method).String()))
				if c.code == 0 {
					w.far.silence()
					return
				}
				res := w.far.response(c.code)
				if res.SipVersion != "SIP/2.0" {
					t.Errorf("answered in %s", res.SipVersion)
				}
				if c.header != "" && res.GetHeader(c.header) == nil {
					t.Errorf("no %s:\n%s", c.header, res)
				}
				if w.hand.invites > 0 {
					t.Error("the handler heard of it")
				}
			})
		})
	}
}

func TestTheSameRequestByAnotherPathIsALoop(t *testing.T) {
	inWorld(t, func(w *world) {
		_, _, invite := w.ring()
		again := strings.Replace(invite.String(), "branch=z9hG4bKfar", "branch=z9hG4bKother", 1)
		w.far.sendRaw(again)
		w.far.response(482)
		if w.hand.invites != 1 {
			t.Errorf("%d calls", w.hand.invites)
		}
	})
}

// RFC 3261 16.3: Max-Forwards is for who forwards, and we never do.
func TestWhoeverHasNoHopsLeftHasArrived(t *testing.T) {
	inWorld(t, func(w *world) {
		w.far.sendRaw(strings.Replace(w.far.outside("OPTIONS").String(), "Max-Forwards: 70", "Max-Forwards: 0", 1))
		w.far.response(200)
		w.far.sendRaw(strings.Replace(w.far.invite().String(), "Max-Forwards: 70", "Max-Forwards: 0", 1))
		w.far.response(100)
		if w.hand.invites != 1 {
			t.Errorf("%d calls", w.hand.invites)
		}
	})
}

// Peers are seen that answer a challenge, or ask again, with the CSeq that they
// had: RFC 3261 8.2.2.2 speaks of ongoing transactions.
func TestARequestAfterAFinalResponseIsANewOne(t *testing.T) {
	inWorld(t, func(w *world) {
		another := func(msg, branch string) string {
			return strings.Replace(msg, "branch=z9hG4bK", "branch=z9hG4bK"+branch, 1)
		}
		options := w.far.outside("OPTIONS").String()
		w.far.sendRaw(options)
		w.far.response(200)
		w.far.sendRaw(another(options, "again"))
		w.far.response(200)

		s, o, invite := w.ring()
		s.Reject(401, "", nil)
		no := w.far.response(401)
		o.want(t, "failed by local 401")
		w.far.sendRaw(strings.NewReplacer("INVITE sip", "ACK sip", "7 INVITE", "7 ACK", invite.To().Value(), no.To().Value()).Replace(invite.String()))
		w.far.sendRaw(another(invite.String(), "again"))
		synctest.Wait()
		if w.hand.invites != 2 {
			t.Errorf("%d calls", w.hand.invites)
		}
		w.hand.last(newEars()).Reject(486, "", nil)
		w.pass(time.Minute)
	})
}

// A copy of an INVITE that took another path is no second call, also when the
// first copy is answered already.
func TestALateCopyOfAnAnsweredInviteIsALoop(t *testing.T) {
	inWorld(t, func(w *world) {
		_, _, invite := w.taken()
		w.far.sendRaw(strings.Replace(invite.String(), "branch=z9hG4bKfar", "branch=z9hG4bKother", 1))
		w.far.response(482)
	})
}

func TestOptionsAndRegisterGoToTheHandler(t *testing.T) {
	inWorld(t, func(w *world) {
		w.far.send(w.far.outside("OPTIONS"))
		if res := w.far.response(200); res.GetHeader("Allow") == nil {
			t.Errorf("no Allow:\n%s", res)
		}
		w.far.send(w.far.outside("REGISTER", withHeader("Contact", "<sip:second@10.0.0.2>;expires=60")))
		synctest.Wait()
		r := w.hand.request
		if r.Method != "REGISTER" || r.CSeq != 7 || len(r.Headers.Values("contact")) != 2 {
			t.Errorf("request is %+v", r)
		}
		r.Respond(401, "", Headers{{"WWW-Authenticate", `Digest realm="x", nonce="y"`}}, nil)
		r.Respond(200, "", nil, nil) // only the first counts
		if res := w.far.response(401); res.GetHeader("WWW-Authenticate") == nil {
			t.Errorf("no challenge:\n%s", res)
		}
		w.far.silence()
	})
}

func TestARequestOfOursIsAnsweredAfterItsChallenge(t *testing.T) {
	inWorld(t, func(w *world) {
		got := make(chan Response, 1)
		w.ua.Do(OutgoingRequest{
			Method: "REGISTER", RequestURI: "sip:10.0.0.2:5060", From: Party{URI: "sip:alice@x"}, To: Party{URI: "sip:alice@x"},
			ContactUser: "alice", CSeq: 41, CallID: "registration", Credentials: Credentials{"alice", "secret"},
			Headers: Headers{{"Expires", "300"}},
		}, func(r Response) { got <- r })
		w.far.respond(w.far.request("REGISTER"), 401, withHeader("WWW-Authenticate", `Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth,auth-int"`))
		second := w.far.request("REGISTER")
		if second.CSeq().SeqNo != 42 || second.CallID().Value() != "registration" || second.Contact().Address.User != "alice" {
			t.Errorf("strange REGISTER:\n%s", second)
		}
		w.far.respond(second, 200, withHeader("Expires", "120"))
		if r := <-got; r.Code != 200 || r.Headers.Get("Expires") != "120" || r.CSeq != 42 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestARequestThatNobodyAnswersTimesOut(t *testing.T) {
	inWorld(t, func(w *world) {
		got := make(chan Response, 1)
		w.ua.Do(OutgoingRequest{Method: "OPTIONS", RequestURI: "sip:10.0.0.2:5060", From: Party{URI: "sip:a@x"}, To: Party{URI: "sip:b@x"}}, func(r Response) { got <- r })
		if r := <-got; r.Origin != Timeout || r.Code != 408 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestNoUDPSocketFailsTheCallAsTransport(t *testing.T) {
	inWorld(t, func(w *world) {
		o := newEars()
		out := w.outgoing()
		out.RequestURI = "sip:bob@[2001:db8::1]:5060"
		w.ua.Invite(out, o)
		o.want(t, "failed by transport 503")
		w.empty()
	})
}

func TestAnOverfullShardSaysBusy(t *testing.T) {
	inWorld(t, func(w *world) {
		release := make(chan struct{})
		for _, sh := range w.ua.shards {
			sh.Post(func() { <-release })
		}
		synctest.Wait()
		options := w.far.outside("OPTIONS").String()
		for i := range 1025 {
			w.far.sendRaw(strings.Replace(options, "branch=z9hG4bK", fmt.Sprintf("branch=z9hG4bK%d-", i), 1))
		}
		busy := w.far.response(503)
		if busy.GetHeader("Retry-After") == nil {
			t.Errorf("no Retry-After:\n%s", busy)
		}
		w.far.silence()
		if n := w.ua.Counters().Busy; n != 1 {
			t.Errorf("counted %d", n)
		}
		close(release)
		synctest.Wait()
		if got := w.far.drain("SIP/2.0 200") + w.far.drain("SIP/2.0 482"); got == 0 {
			t.Error("the rest was not answered")
		}
	})
}

// A session under attack by nonsense and by messages that almost belong to it goes on.
func FuzzIntakeLeavesALiveCallAlone(f *testing.F) {
	for _, s := range []string{
		"INVITE sip:alice@10.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKx\r\nFrom: <sip:b@c>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContact: <sip:b@c>\r\nContent-Length: 0\r\n\r\n",
		"BYE sip:alice@10.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKy\r\nFrom: <sip:b@c>;tag=far\r\nTo: <sip:a@b>;tag=guess\r\nCall-ID: x\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK\r\nFrom: <sip:b@c>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n",
		"ACK * SIP/2.0\r\n\r\n", "REGISTER sip:x SIP/2.0\r\nVia: a\r\nCSeq:\r\n\r\n", "CANCEL sip:x SIP/2.0\r\nVia: SIP/2.0/UDP [::1\r\n\r\n",
		"OPTIONS sip:x SIP/2.0\r\nv: SIP/2.0/UDP h;rport;branch=\r\nf: \"\\\"\" <sip:x>\r\nt: <tel:+1>\r\ni: 1\r\nCSeq: 4294967295 OPTIONS\r\nl: 99999999999\r\n\r\n",
		"\r\n\r\n", "\x00", "SIP/2.0 ", strings.Repeat("Via: SIP/2.0/UDP a,", 500),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		inWorld(t, func(w *world) {
			s, o, invite := w.answered()
			w.far.sendRaw(string(data))
			synctest.Wait()
			w.far.drain("")
			w.far.send(w.far.asCallee(invite, "OPTIONS", 1))
			if res := w.far.response(200); res.CSeq().MethodName != sip.OPTIONS {
				t.Errorf("strange answer:\n%s", res)
			}
			o.nothing(t)
			s.Hangup(Reason{})
			o.want(t, "ended by local 0")
		})
	})
}
