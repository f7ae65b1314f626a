package sdp

import (
	"slices"
	"strings"
	"testing"

	"strowger/internal/media/codec"
	"strowger/internal/media/rtp"
)

func TestTheOrderOfLinesAndLinesThatAreMissingOrUnknownDoNotMatter(t *testing.T) {
	const audio, c = "m=audio 4000 RTP/AVP 0 101", "c=IN IP4 192.0.2.7"
	const pcmu, events = "a=rtpmap:0 PCMU/8000", "a=rtpmap:101 telephone-event/8000"
	for name, description := range map[string][]string{
		"as RFC 8866 has it":        {"v=0", "o=- 1 1 IN IP4 192.0.2.7", "s=-", c, "t=0 0", audio, pcmu, events},
		"t= before c=":              {"v=0", "o=- 1 1 IN IP4 192.0.2.7", "s=-", "t=0 0", c, audio, pcmu, events},
		"c= at the very end":        {"v=0", "o=- 1 1 IN IP4 192.0.2.7", "s=-", "t=0 0", audio, pcmu, events, c},
		"a= before t=":              {"v=0", "o=- 1 1 IN IP4 192.0.2.7", "s=-", c, "a=X-nat:0", "t=0 0", audio, pcmu, events},
		"o= after the stream":       {"v=0", c, audio, pcmu, events, "o=- 1 1 IN IP4 192.0.2.7"},
		"neither s= nor t= nor o=":  {"v=0", c, audio, pcmu, events},
		"unknown lines":             {"v=0", "y=0100000001", "f=v/2/4", c, "t=0 0", "b=FOO:1", audio, "b=TIAS:64000", "b=", "a=", "a=:", pcmu, "no line at all", events},
		"a session id that is none": {"v=0", "o=- abc -7 IN ", c, audio, pcmu, events},
		"white space":               {"v=0 ", c + " ", audio + " ", "  ", pcmu + "\t", "a= rtpmap: 101 telephone-event/8000 "},
		"an address with a scope":   {"v=0", c + "/127", "m=audio 4000/2 RTP/AVP 0 101", pcmu, events},
		"lower case":                {"v=0", c, "m=Audio 4000 rtp/avp 0 101", pcmu, events},
	} {
		t.Run(name, func(t *testing.T) {
			for _, end := range []string{"\r\n", "\n", "\r\n\r\n"} {
				_, p, err := us().Answer([]byte(strings.Join(description, end) + end))
				if err != nil {
					t.Fatalf("lines that end with %q: %v", end, err)
				}
				if p.Remote.String() != "192.0.2.7:4000" || p.Codec != codec.PCMU || p.EventPayloadType != 101 {
					t.Errorf("lines that end with %q: agreed %+v", end, p)
				}
			}
		})
	}
}

func TestFeedbackIsNotNeededAndTheProfileIsAnswered(t *testing.T) {
	n := us()
	answer, p, err := n.Answer(offerOf("m=audio 4000 RTP/AVPF 0 101", "a=rtpmap:101 telephone-event/8000", "a=rtcp-fb:* ccm fir"))
	if err != nil || p.Codec != codec.PCMU {
		t.Fatalf("%+v, %v", p, err)
	}
	if !strings.Contains(string(answer), "m=audio 20000 RTP/AVPF 0 101\r\n") {
		t.Errorf("answered\n%s", answer)
	}
	if again := string(n.Offer()); !strings.Contains(again, "m=audio 20000 RTP/AVPF 0 8 101\r\n") {
		t.Errorf("and offered\n%s", again)
	}
}

func TestAPayloadTypeThatMeansSeveralThingsMeansWhatWeCanDo(t *testing.T) {
	for name, lines := range map[string][]string{
		"another codec first": {"a=rtpmap:101 opus/48000/2", "a=rtpmap:101 telephone-event/8000"},
		"another codec last":  {"a=rtpmap:101 telephone-event/8000", "a=rtpmap:101 opus/48000/2"},
		"the same twice":      {"a=rtpmap:101 telephone-event/8000", "a=rtpmap:101 telephone-event/8000"},
		"events of two rates": {"a=rtpmap:101 telephone-event/48000", "a=rtpmap:101 telephone-event/8000"},
	} {
		t.Run(name, func(t *testing.T) {
			n := us()
			answer, p, err := n.Answer(offerOf(append([]string{"m=audio 4000 RTP/AVP 0 101 101"}, lines...)...))
			if err != nil || p.EventPayloadType != 101 || p.EventClockRateHz != 8000 || len(p.EventsUnderstood) != 0 {
				t.Fatalf("agreed %+v, %v", p, err)
			}
			if !strings.Contains(string(answer), "m=audio 20000 RTP/AVP 0 101\r\n") {
				t.Errorf("answered\n%s", answer)
			}
			if again := string(n.Offer()); !strings.Contains(again, "a=rtpmap:101 telephone-event/8000\r\n") {
				t.Errorf("the number has lost its meaning:\n%s", again)
			}
		})
	}
}

func TestKeysMayComeUnderEveryNumberThatWasAnnounced(t *testing.T) {
	n := us()
	n.Offer()
	p, err := n.Agree(offerOf("m=audio 4000 RTP/AVP 0 96 97",
		"a=rtpmap:96 telephone-event/8000", "a=rtpmap:97 telephone-event/48000"))
	if err != nil {
		t.Fatal(err)
	}
	want := []rtp.EventFormat{{PayloadType: 97, ClockRateHz: 48000}, {PayloadType: 101, ClockRateHz: 8000}}
	if p.EventPayloadType != 96 || !slices.Equal(p.EventsUnderstood, want) {
		t.Errorf("sends %d, understands %v", p.EventPayloadType, p.EventsUnderstood)
	}

	// A re-INVITE that numbers them anew does not take back what was agreed on.
	_, p, err = n.Answer(offerOf("m=audio 4000 RTP/AVP 0 98", "a=rtpmap:98 telephone-event/8000"))
	if err != nil || p.EventPayloadType != 98 || !slices.Contains(p.EventsUnderstood, rtp.EventFormat{PayloadType: 101, ClockRateHz: 8000}) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestWhereRTCPGoesIsRead(t *testing.T) {
	for line, want := range map[string]struct {
		at    string
		muxed bool
	}{
		"a=rtcp:4001":                   {at: "192.0.2.7:4001"},
		"a=rtcp:53020 IN IP4 192.0.2.8": {at: "192.0.2.8:53020"},
		"a=rtcp:4001 IN IP4 0.0.0.0":    {at: "192.0.2.7:4001"},
		"a=rtcp:0":                      {},
		"a=rtcp:x IN IP4 192.0.2.8":     {},
		"a=rtcp-mux":                    {muxed: true},
		"a=ptime:20":                    {},
	} {
		n := us()
		answer, p, err := n.Answer(offerOf("m=audio 4000 RTP/AVP 0", line))
		if err != nil {
			t.Fatal(err)
		}
		at := ""
		if p.Control.IsValid() {
			at = p.Control.String()
		}
		if at != want.at || p.Muxed != want.muxed || strings.Contains(string(answer), "rtcp-mux") != want.muxed {
			t.Errorf("%s: %q, muxed %v; answered\n%s", line, at, p.Muxed, answer)
		}
	}
}

// Who answers that RTCP shares the port was not offered that.
func TestRTCPSharesThePortOnlyWhenItWasOffered(t *testing.T) {
	n := us()
	n.Offer()
	p, err := n.Agree(offerOf("m=audio 4000 RTP/AVP 0", "a=rtcp-mux"))
	if err != nil || p.Muxed {
		t.Errorf("muxed %v, %v", p.Muxed, err)
	}
}
