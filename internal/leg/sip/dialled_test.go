package sip_test

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/leg/sip"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

func TestARegisteredUserRingsAnswersTalksAndLeaves(t *testing.T) {
	for _, transport := range []string{"udp", "tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			r := start(t)
			phone := r.registered("alice", "wonder", transport)
			id := leg(2)
			r.Perform(call.Dial{Leg: id, To: alice, From: call.PhoneAddress("+12065550123"), FromName: "Rabbit",
				Headers:     map[string]string{"X-Late": "very", "Via": "nonsense", "X-Bad": "a\r\nb"},
				VoIPHeaders: map[string]string{"topic": "a bill, half=paid", "línea\r\n": "ü+%"}})
			c := phone.Called()
			if got := c.In.Headers.Get("X-Server-Call-Id"); got != someCall.ServerCallID() {
				t.Errorf("the phone learns call %q", got)
			}
			if c.In.Headers.Get("X-Late") != "very" || c.In.Headers.Get("X-Bad") != "" || len(c.In.Headers.Values("Via")) != 1 {
				t.Errorf("headers %v", c.In.Headers)
			}
			if got := c.In.Headers.Values("X-VoIP-Header"); !slices.Equal(got, []string{"l%C3%ADnea%0D%0A=%C3%BC%2B%25", "topic=a%20bill%2C%20half%3Dpaid"}) {
				t.Errorf("VoIP headers %q", got)
			}
			if c.In.From.DisplayName != "Rabbit" || c.In.From.URI != "sip:+12065550123@"+domain {
				t.Errorf("from %+v", c.In.From)
			}
			c.Ring(180)
			if rings := next[call.LegRinging](r); rings.Leg != id {
				t.Errorf("%s rings", rings.Leg)
			}
			c.Answer()
			answered := next[call.LegAnswered](r)
			if answered.Name != "Alice" {
				t.Errorf("%q answered", answered.Name)
			}
			d := answered.Dialog
			if d.CallID == "" || d.LocalTag == "" || d.RemoteTag == "" || d.RemoteTarget == "" || !d.Caller || d.Transport != transport ||
				d.RemoteAddr == "" || d.LocalCSeq == 0 {
				t.Errorf("dialog %+v", d)
			}
			if m := d.Media; m.Codec != "PCMU" || m.EventPayloadType != 101 || m.LocalAddr == "" || m.RemoteAddr == "" || m.SDPSession == 0 || m.SDPVersion != 1 || m.SSRC == 0 {
				t.Errorf("media %+v", m)
			}
			r.echo(id)
			c.Talk(440)
			c.AwaitTone(440)
			c.Press("7#")
			if a, b := next[call.ToneReceived](r), next[call.ToneReceived](r); a.Tone != '7' || b.Tone != '#' {
				t.Errorf("tones %v %v", a.Tone, b.Tone)
			}
			c.HangUpWith(16)
			if ended := next[call.LegEnded](r); ended.Leg != id || ended.Cause.Reason != call.EndedByParticipant || ended.Cause.Q850 != 16 {
				t.Errorf("ended %+v", ended)
			}
			if _, ok := r.Media(id); ok {
				t.Error("the sound of a leg that is over is still there")
			}
		})
	}
}

func TestHangUpEndsALegInEveryState(t *testing.T) {
	t.Run("while it rings", func(t *testing.T) {
		r := start(t)
		phone := r.registered("alice", "wonder", "udp")
		id := r.dial(alice)
		c := phone.Called()
		c.Ring(180)
		next[call.LegRinging](r)
		r.Perform(call.HangUp{Leg: id, Reason: call.NoAnswer})
		if cause := r.failed(); cause.Reason != call.NoAnswer {
			t.Errorf("%+v", cause)
		}
		if e := c.Await(siptest.Failed); e.Cause.Origin != ua.Cancelled {
			t.Errorf("the phone hears %+v", e.Cause)
		}
	})
	t.Run("before anybody rings", func(t *testing.T) {
		r := start(t)
		phone := r.registered("alice", "wonder", "udp")
		id := r.dial(alice)
		r.Perform(call.HangUp{Leg: id, Reason: call.Canceled})
		r.failed()
		phone.Called().Await(siptest.Failed)
	})
	t.Run("when it is answered", func(t *testing.T) {
		r := start(t)
		phone := r.registered("alice", "wonder", "udp")
		id := r.dial(alice)
		c := phone.Called()
		c.Answer()
		d := next[call.LegAnswered](r).Dialog
		r.Perform(call.HangUp{Leg: id, Dialog: &d, Reason: call.EndedByApplication})
		if ended := next[call.LegEnded](r); ended.Cause.Reason != call.EndedByApplication {
			t.Errorf("%+v", ended)
		}
		c.Await(siptest.Ended)
		r.Perform(call.HangUp{Leg: id, Dialog: &d}) // crossed the end: nothing is left to do
	})
}

func TestEveryPhoneOfAUserRingsAndTheFirstToAnswerHasTheCall(t *testing.T) {
	r := start(t)
	desk, mobile := r.registered("alice", "wonder", "udp"), r.registered("alice", "wonder", "tcp")
	id := r.dial(alice)
	atDesk, onMobile := desk.Called(), mobile.Called()
	atDesk.Ring(180)
	onMobile.Ring(180)
	next[call.LegRinging](r) // once, whoever rings
	onMobile.Answer()
	next[call.LegAnswered](r)
	if e := atDesk.Await(siptest.Failed); e.Cause.Origin != ua.Cancelled {
		t.Errorf("the desk hears %+v", e.Cause)
	}
	r.echo(id)
	onMobile.Talk(600)
	onMobile.AwaitTone(600)
	onMobile.HangUp()
	next[call.LegEnded](r)
}

func TestTheBestOfSeveralRefusalsIsTold(t *testing.T) {
	cases := []struct {
		first, second int
		want          call.Reason
		status        int
	}{
		{480, 486, call.Busy, 486},
		{486, 480, call.Busy, 486},
		{500, 404, call.UnknownAddress, 404},
		{408, 480, call.Unavailable, 480},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.first, c.second), func(t *testing.T) {
			r := start(t)
			a, b := r.registered("alice", "wonder", "udp"), r.registered("alice", "wonder", "udp")
			r.dial(alice)
			a.Called().Reject(c.first)
			b.Called().Reject(c.second)
			if cause := r.failed(); cause.Reason != c.want || cause.SIPStatus != c.status || cause.SIPPhrase == "" {
				t.Errorf("%+v, want %s", cause, c.want)
			}
		})
	}
}

func TestADeclineSpeaksForAllPhones(t *testing.T) {
	r := start(t)
	a, b := r.registered("alice", "wonder", "udp"), r.registered("alice", "wonder", "udp")
	r.dial(alice)
	other := b.Called()
	a.Called().Reject(603)
	if cause := r.failed(); cause.Reason != call.Declined || cause.SIPStatus != 603 {
		t.Errorf("%+v", cause)
	}
	other.Await(siptest.Failed)
}

func TestANumberIsCalledThroughItsTrunk(t *testing.T) {
	r := start(t)
	id := r.dial("4:+15550177")
	c := r.network.Called()
	if want := "sip:+15550177@" + r.network.Addr().String(); c.In.RequestURI != want {
		t.Errorf("called %s, want %s", c.In.RequestURI, want)
	}
	if c.In.From.URI != "sip:"+ours+"@"+domain || c.In.Headers.Get("X-Server-Call-Id") != "" {
		t.Errorf("from %+v with %v", c.In.From, c.In.Headers)
	}
	c.RingWithSound()
	next[call.LegRinging](r)
	c.Answer()
	next[call.LegAnswered](r)
	r.echo(id)
	c.Talk(900)
	c.AwaitTone(900)
	r.Perform(call.HangUp{Leg: id, Reason: call.EndedByApplication})
	next[call.LegEnded](r)
	c.Await(siptest.Ended)
}

// TestWhoTheNetworkSeesCalling looks at From, P-Asserted-Identity and Privacy
// (RFC 3325): what sourceCallerIdNumber becomes on a trunk.
func TestWhoTheNetworkSeesCalling(t *testing.T) {
	const given, first = "sip:+12065550123@" + domain, "sip:" + ours + "@" + domain
	for from, want := range map[call.Address]struct{ from, asserted string }{
		"4:+12065550123": {given, given},
		alice:            {first, first}, // who has no number of her own
		"":               {first, first},
		call.Anonymous:   {"sip:anonymous@anonymous.invalid", first},
	} {
		r := start(t)
		r.Perform(call.Dial{Leg: leg(2), To: "4:+15550177", From: from, VoIPHeaders: map[string]string{"not": "for telephones"}})
		c := r.network.Called()
		if c.In.From.URI != want.from || (c.In.Headers.Get("Privacy") == "id") != (from == call.Anonymous) {
			t.Errorf("%q is seen as %+v", from, c.In.From)
		}
		if got := c.In.Headers.Get("P-Asserted-Identity"); got != "<"+want.asserted+">" {
			t.Errorf("%q is asserted as %s", from, got)
		}
		if got := c.In.Headers.Get("X-VoIP-Header"); got != "" {
			t.Errorf("a telephone is sent the VoIP header %s", got)
		}
		c.Reject(486)
		r.failed()
	}
}

func TestTheNetworksRefusalsBecomeReasons(t *testing.T) {
	for status, want := range map[int]call.Reason{
		486: call.Busy, 600: call.BusyEverywhere, 603: call.Declined, 480: call.Unavailable,
		404: call.UnknownAddress, 484: call.UnknownAddress, 403: call.NotAllowed, 410: call.Gone,
		487: call.Canceled, 488: call.NotAcceptable, 606: call.NotAcceptable, 500: call.FarEndFailed, 503: call.FarEndFailed,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			r := start(t)
			r.dial("4:+15550177")
			r.network.Called().Reject(status)
			if cause := r.failed(); cause.Reason != want || cause.SIPStatus != status {
				t.Errorf("%+v, want %s", cause, want)
			}
		})
	}
}

func TestAnAnswerWithoutACommonCodecEndsTheLeg(t *testing.T) {
	r := start(t)
	r.dial("4:+15550177")
	c := r.network.Called()
	c.AnswerWith([]byte("v=0\r\no=- 1 1 IN IP4 127.0.0.9\r\ns=-\r\nc=IN IP4 127.0.0.9\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n"))
	if cause := r.failed(); cause.Reason != call.NotAcceptable {
		t.Errorf("%+v", cause)
	}
	c.Await(siptest.Answered)
	c.Await(siptest.Ended)
}

func TestATrunkThatCannotBeReachedIsUnreachable(t *testing.T) {
	r := start(t, func(s *directory.Config, _ *sip.Config) {
		s.Trunks[0].Address, s.Trunks[0].Transport = nobodyListens(t), "tcp"
	})
	r.dial("4:+15550177")
	if cause := r.failed(); cause.Reason != call.Unreachable || cause.SIPStatus != 0 {
		t.Errorf("%+v", cause)
	}
}

// nobodyListens is a TCP address that refuses connections.
func nobodyListens(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestATrunkTakesNoMoreCallsThanItMay(t *testing.T) {
	r := start(t, func(s *directory.Config, _ *sip.Config) { s.Trunks[0].Limits = directory.Limits{Calls: 1} })
	r.Perform(call.Dial{Leg: leg(2), To: "4:+15550177"})
	first := r.network.Called()
	r.Perform(call.Dial{Leg: leg(3), To: "4:+15550178"})
	if f := next[call.LegFailed](r); f.Leg != leg(3) || f.Cause.Reason != call.Overloaded {
		t.Errorf("%+v", f)
	}
	first.Reject(486)
	r.failed()
	r.Perform(call.Dial{Leg: leg(4), To: "4:+15550178"})
	r.network.Called().Reject(486)
	r.failed()
}

func TestATrunkThatAsksForCredentialsGetsThem(t *testing.T) {
	far := start(t) // the carrier is another server, where we are alice
	r := start(t, func(s *directory.Config, c *sip.Config) {
		s.Trunks[0] = directory.Trunk{
			Name: "carrier", Address: far.Addr("udp").String(), Transport: "udp",
			Username: "alice", Password: "wonder", Prefixes: []string{"+"},
		}
		c.Domain = "other.test"
	})
	r.dial("4:" + ours)
	arrived := next[call.LegArrived](far)
	if arrived.From != alice || arrived.To != "4:"+ours {
		t.Errorf("%+v", arrived)
	}
	far.Perform(call.RejectLeg{Leg: arrived.Leg, Cause: call.Cause{Reason: call.Busy}})
	far.failed()
	if cause := r.failed(); cause.Reason != call.Busy {
		t.Errorf("%+v", cause)
	}
}

func TestAPhoneWhoseConnectionBrokeIsForgottenUntilItRegistersAgain(t *testing.T) {
	r := start(t)
	_, err := r.directory.Register(aliceID, directory.Registration{
		CallID: "boot", CSeq: 1, Flow: directory.Flow{Transport: "tcp", Remote: netip.MustParseAddrPort(nobodyListens(t))},
		Contacts: []directory.Contact{{URI: "sip:alice@127.0.0.1", Expires: time.Hour}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.dial(alice)
	if cause := r.failed(); cause.Reason != call.Unreachable {
		t.Errorf("%+v", cause)
	}
	if b := r.directory.Bindings(aliceID); len(b) != 0 {
		t.Errorf("still bound: %+v", b)
	}
}

func TestATrunkMayHaveAName(t *testing.T) {
	far := siptest.NewPhone(t, "udp", siptest.Ports(t, 43000, 43999))
	r := start(t, func(s *directory.Config, _ *sip.Config) {
		s.Users = nil // so that its answers pass for its name only
		s.Trunks[0].Address = fmt.Sprintf("localhost:%d", far.Addr().Port())
	})
	r.dial("4:+15550177")
	far.Called().Reject(486)
	if cause := r.failed(); cause.Reason != call.Busy {
		t.Errorf("%+v", cause)
	}
}

func TestWhoCannotBeDialledIsSaidAtOnce(t *testing.T) {
	r := start(t, func(s *directory.Config, _ *sip.Config) { s.Trunks[0].Prefixes = []string{"+1"} })
	for to, want := range map[call.Address]call.Reason{
		"4:+4930123456":               call.NoTrunk,
		"8:acs:other_" + bobID:        call.UnknownAddress,
		"28:orgid:" + bobID:           call.UnknownAddress,
		call.PhoneAddress("nonsense"): call.NoTrunk,
	} {
		r.dial(to)
		if cause := r.failed(); cause.Reason != want {
			t.Errorf("%s: %+v, want %s", to, cause, want)
		}
	}
}

func TestWhomApplicationsAnswerForIsLeftToThem(t *testing.T) {
	r := start(t)
	for _, to := range []call.Address{call.PhoneAddress(ours), call.Address("8:acs:" + resource + "_" + nobodyID), alice} {
		id := r.dial(to)
		if sig := next[call.LegUnclaimed](r); sig.Leg != id {
			t.Errorf("%s is unclaimed", sig.Leg)
		}
		r.Perform(call.HangUp{Leg: id, Reason: call.Canceled}) // there is nothing to end
	}
}

func TestWithoutAFreePortNothingIsDialled(t *testing.T) {
	ports := siptest.Ports(t, 42996, 42997)
	r := start(t, func(_ *directory.Config, c *sip.Config) { c.Ports = ports })
	taken, err := ports.Listen(netip.MustParseAddr("127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	r.dial("4:+15550177")
	if cause := r.failed(); cause.Reason != call.Overloaded {
		t.Errorf("%+v", cause)
	}
	taken.Close()
	r.dial("4:+15550177")
	r.network.Called().Reject(486)
	r.failed()
	if n := ports.InUse(); n != 0 {
		t.Errorf("%d ports were not given back", n)
	}
}
