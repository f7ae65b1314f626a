package sdp

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"strowger/internal/media/codec"
	"strowger/internal/media/rtp"
)

func lines(ls ...string) []byte { return []byte(strings.Join(ls, "\r\n") + "\r\n") }

func offerOf(media ...string) []byte {
	return lines(append([]string{"v=0", "o=- 1 1 IN IP4 192.0.2.7", "s=-", "c=IN IP4 192.0.2.7", "t=0 0"}, media...)...)
}

func us() *Negotiation {
	return &Negotiation{Codecs: codec.G711, Session: 77, Local: netip.MustParseAddrPort("198.51.100.1:20000")}
}

func TestAnOfferListsOurCodecsAndTelephoneEvents(t *testing.T) {
	want := string(lines("v=0", "o=strowger 77 1 IN IP4 198.51.100.1", "s=-", "c=IN IP4 198.51.100.1", "t=0 0",
		"m=audio 20000 RTP/AVP 0 8 101", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
		"a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv"))
	if got := string(us().Offer()); got != want {
		t.Errorf("offer:\n%s\nwant:\n%s", got, want)
	}
}

func TestAnAnswerFollowsTheOfferersOrder(t *testing.T) {
	answer, p, err := us().Answer(offerOf("m=audio 4000 RTP/AVP 9 8 0 96",
		"a=rtpmap:9 G722/8000", "a=rtpmap:96 telephone-event/8000", "a=rtcp:4001 IN IP4 192.0.2.9"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Codec != codec.PCMA || p.PayloadType != 8 || p.EventPayloadType != 96 || p.Direction != rtp.SendRecv {
		t.Errorf("agreed %+v", p)
	}
	if p.Remote != netip.MustParseAddrPort("192.0.2.7:4000") {
		t.Errorf("sends to %v", p.Remote)
	}
	if !strings.Contains(string(answer), "m=audio 20000 RTP/AVP 8 96\r\n") || !strings.Contains(string(answer), "a=fmtp:96 0-15\r\n") {
		t.Errorf("answer:\n%s", answer)
	}
}

func TestOtherStreamsAreRefusedInTheirPlace(t *testing.T) {
	answer, p, err := us().Answer(offerOf(
		"m=image 5000 udptl t38", "a=T38FaxVersion:0",
		"m=audio 4000 RTP/SAVP 0",
		"m=audio 0 RTP/AVP 0",
		"m=audio 4004 RTP/AVP 0", "c=IN IP4 192.0.2.44",
		"m=video 4006 RTP/AVP 97", "a=rtpmap:97 H264/90000",
	))
	if err != nil {
		t.Fatal(err)
	}
	if p.Remote != netip.MustParseAddrPort("192.0.2.44:4004") {
		t.Errorf("sends to %v: a stream's own c= line wins", p.Remote)
	}
	want := []string{"m=image 0 udptl t38", "m=audio 0 RTP/SAVP 0", "m=audio 0 RTP/AVP 0", "m=audio 20000 RTP/AVP 0", "m=video 0 RTP/AVP 97"}
	var got []string
	for line := range strings.Lines(string(answer)) {
		if strings.HasPrefix(line, "m=") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("streams %q, want %q", got, want)
	}
}

func TestHoldIsMirrored(t *testing.T) {
	cases := []struct {
		address, attribute string
		want               rtp.Direction
	}{
		{"192.0.2.7", "sendrecv", rtp.SendRecv},
		{"192.0.2.7", "sendonly", rtp.RecvOnly},
		{"192.0.2.7", "recvonly", rtp.SendOnly},
		{"192.0.2.7", "inactive", rtp.Inactive},
		{"0.0.0.0", "sendrecv", rtp.RecvOnly}, // RFC 2543's hold
		{"0.0.0.0", "recvonly", rtp.Inactive},
	}
	for _, c := range cases {
		answer, p, err := us().Answer(offerOf("m=audio 4000 RTP/AVP 0", "c=IN IP4 "+c.address, "a="+c.attribute))
		if err != nil {
			t.Fatal(err)
		}
		if p.Direction != c.want || !strings.Contains(string(answer), "a="+c.want.String()+"\r\n") {
			t.Errorf("%s from %s: %v, answered\n%s", c.attribute, c.address, p.Direction, answer)
		}
	}
}

func TestADirectionOfTheSessionCountsWhereTheStreamHasNone(t *testing.T) {
	offer := lines("v=0", "o=- 1 1 IN IP6 2001:db8::1", "s=-", "c=IN IP6 2001:db8::1", "t=0 0", "a=inactive",
		"m=audio 4000 RTP/AVP 0")
	_, p, err := us().Answer(offer)
	if err != nil {
		t.Fatal(err)
	}
	if p.Direction != rtp.Inactive || p.Remote != netip.MustParseAddrPort("[2001:db8::1]:4000") {
		t.Errorf("agreed %+v", p)
	}
}

func TestTheVersionRisesOnlyWithSomethingNew(t *testing.T) {
	n := us()
	versions := func(want uint64, body []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if n.Version != want || !strings.Contains(string(body), " 77 "+string(rune('0'+want))+" IN ") {
			t.Errorf("version %d, want %d, in\n%s", n.Version, want, body)
		}
	}
	versions(1, n.Offer(), nil)
	versions(1, n.Offer(), nil)
	body, _, err := n.Answer(offerOf("m=audio 4000 RTP/AVP 0"))
	versions(2, body, err)
	body, _, err = n.Answer(offerOf("m=audio 4000 RTP/AVP 0", "a=sendonly"))
	versions(3, body, err)
	body, _, err = n.Answer(offerOf("m=audio 4100 RTP/AVP 0", "a=sendonly"))
	versions(3, body, err)
}

func TestWhatIsAnsweredIsAgreed(t *testing.T) {
	caller, callee := us(), &Negotiation{Codecs: codec.G711, Session: 5, Local: netip.MustParseAddrPort("203.0.113.9:30000")}
	answer, theirs, err := callee.Answer(caller.Offer())
	if err != nil {
		t.Fatal(err)
	}
	ours, err := caller.Agree(answer)
	if err != nil {
		t.Fatal(err)
	}
	if ours.Codec != theirs.Codec || ours.EventPayloadType != theirs.EventPayloadType || ours.EventPayloadType != eventPayloadType {
		t.Errorf("caller %+v, callee %+v", ours, theirs)
	}
	if ours.Remote != callee.Local || theirs.Remote != caller.Local {
		t.Errorf("caller sends to %v, callee to %v", ours.Remote, theirs.Remote)
	}
}

func TestARefusedStreamIsNoAgreement(t *testing.T) {
	for _, answer := range [][]byte{offerOf("m=audio 0 RTP/AVP 0"), offerOf(), offerOf("m=audio 4000 RTP/SAVP 0")} {
		if _, err := us().Agree(answer); !errors.Is(err, ErrNotAcceptable) {
			t.Errorf("%v for\n%s", err, answer)
		}
	}
}

func TestPhonesThatWriteLooselyAreUnderstood(t *testing.T) {
	loose := "v=0\no=- 99999999999999999999999 1 IN IP4 h\ns=\nc=IN IP4 192.0.2.7\nt=0 0\nm=audio 4000 RTP/AVP 0\na=rtpmap:0 pcmu/8000/1\n\n"
	if _, p, err := us().Answer([]byte(loose)); err != nil || p.Codec != codec.PCMU {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	cases := []struct {
		why   string
		offer []byte
		want  error
	}{
		{"not SDP", []byte("hello"), ErrMalformed},
		{"empty", nil, ErrMalformed},
		{"too long", offerOf(strings.Repeat("a=x\r\n", mostBytes)), ErrMalformed},
		{"a port that is none", offerOf("m=audio 70000 RTP/AVP 0"), ErrMalformed},
		{"no codec of ours", offerOf("m=audio 4000 RTP/AVP 9 18"), ErrNotAcceptable},
		{"PCMU in stereo", offerOf("m=audio 4000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000/2"), ErrNotAcceptable},
		{"video only", offerOf("m=video 4000 RTP/AVP 97"), ErrNotAcceptable},
		{"SRTP only", offerOf("m=audio 4000 RTP/SAVP 0"), ErrNotAcceptable},
		{"a host name", offerOf("m=audio 4000 RTP/AVP 0", "c=IN IP4 phone.example.org"), ErrNotAcceptable},
	}
	for _, c := range cases {
		if _, _, err := us().Answer(c.offer); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.why, err, c.want)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(offerOf("m=audio 4000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000", "a=sendonly"))
	f.Add(offerOf("m=image 5000 udptl t38", "m=audio 4000 RTP/AVP 8"))
	f.Add([]byte("v=0\no=\nm=\n"))
	f.Fuzz(func(t *testing.T, offer []byte) {
		n := us()
		answer, p, err := n.Answer(offer)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrNotAcceptable) {
				t.Fatalf("%v has no SIP answer", err)
			}
			return
		}
		if p.Codec == nil || p.PayloadType > 127 || p.PayloadType == p.EventPayloadType && p.EventPayloadType != 0 {
			t.Fatalf("agreed %+v", p)
		}
		// The answer reads as a description with one usable stream: ours.
		streams, err := parse(answer)
		if err != nil {
			t.Fatalf("our answer: %v\n%s", err, answer)
		}
		usable := 0
		for _, s := range streams {
			if s.usable() {
				usable++
			}
		}
		if usable != 1 {
			t.Fatalf("%d usable streams in\n%s", usable, answer)
		}
	})
}
