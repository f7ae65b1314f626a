package sdp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"strowger/internal/media/codec"
	"strowger/internal/media/codec/codectest"
	"strowger/internal/media/rtp"
)

func wideband() *Negotiation {
	n := us()
	n.Codecs = codec.NewSet(codec.PCMU, codec.PCMA, codectest.L16)
	return n
}

// formatLines are the lines of a description that are about formats.
func formatLines(description []byte) (all []string) {
	for line := range strings.Lines(string(description)) {
		for _, start := range []string{"m=", "a=rtpmap", "a=fmtp"} {
			if strings.HasPrefix(line, start) {
				all = append(all, strings.TrimSpace(line))
			}
		}
	}
	return all
}

func expectFormats(t *testing.T, description []byte, want ...string) {
	t.Helper()
	if got := formatLines(description); !slices.Equal(got, want) {
		t.Errorf("described:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAnOfferIsInTheOrderOfPriorityWithNumbersForWhatHasNone(t *testing.T) {
	expectFormats(t, wideband().Offer(),
		"m=audio 20000 RTP/AVP 96 0 8 97 101",
		"a=rtpmap:96 L16/16000", "a=fmtp:96 usedtx=1", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
		// One event format for each clock.
		"a=rtpmap:97 telephone-event/16000", "a=fmtp:97 0-15", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15")
}

func TestAnAnswerUsesTheOfferersNumbersAndSaysWhatWeTake(t *testing.T) {
	answer, p, err := wideband().Answer(offerOf("m=audio 4000 RTP/AVP 111 96 8 97 101",
		"a=rtpmap:111 opus/48000/2", "a=fmtp:111 useinbandfec=1",
		"a=rtpmap:96 l16/16000", "a=fmtp:96 usedtx=0;x=y",
		"a=rtpmap:97 telephone-event/8000", "a=rtpmap:101 telephone-event/16000"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Format != (rtp.Format{Codec: codectest.L16, PayloadType: 96, FMTP: "usedtx=0;x=y"}) {
		t.Errorf("agreed on %+v", p.Format)
	}
	if p.EventPayloadType != 101 || p.EventClockRateHz != 16000 {
		t.Errorf("keys are %d at %d Hz: they count by the sound's clock", p.EventPayloadType, p.EventClockRateHz)
	}
	expectFormats(t, answer, "m=audio 20000 RTP/AVP 96 101",
		"a=rtpmap:96 L16/16000", "a=fmtp:96 usedtx=1", "a=rtpmap:101 telephone-event/16000", "a=fmtp:101 0-15")
}

func TestEventsOfAnotherClockAreBetterThanNone(t *testing.T) {
	_, p, err := wideband().Answer(offerOf("m=audio 4000 RTP/AVP 96 101",
		"a=rtpmap:96 L16/16000", "a=rtpmap:101 telephone-event/8000"))
	if err != nil || p.EventPayloadType != 101 || p.EventClockRateHz != 8000 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestANumberKeepsItsMeaningForTheSession(t *testing.T) {
	n := wideband()
	if _, _, err := n.Answer(offerOf("m=audio 4000 RTP/AVP 97 96 101 0 120",
		"a=rtpmap:97 L16/16000", "a=rtpmap:96 telephone-event/16000", "a=rtpmap:101 G726-32/8000", "a=rtpmap:0 PCMU/8000")); err != nil {
		t.Fatal(err)
	}
	expectFormats(t, n.Offer(),
		"m=audio 20000 RTP/AVP 97 0 8 96 98",
		"a=rtpmap:97 L16/16000", "a=fmtp:97 usedtx=1", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
		"a=rtpmap:96 telephone-event/16000", "a=fmtp:96 0-15", "a=rtpmap:98 telephone-event/8000", "a=fmtp:98 0-15")
}

func TestAStaticNumberThatTheFarEndUsesOtherwiseIsNotOurs(t *testing.T) {
	n := us()
	if _, p, err := n.Answer(offerOf("m=audio 4000 RTP/AVP 0 8", "a=rtpmap:0 G729/8000")); err != nil || p.Codec != codec.PCMA {
		t.Fatalf("%+v, %v", p, err)
	}
	if got := formatLines(n.Offer())[0]; got != "m=audio 20000 RTP/AVP 8 101" {
		t.Error(got)
	}
}

func TestMoreCodecsThanNumbersAreNotOffered(t *testing.T) {
	n := us()
	var many []*codec.Codec
	for i := range 40 {
		many = append(many, &codec.Codec{Name: fmt.Sprint("X", i), PayloadType: 96, ClockRateHz: 8000})
	}
	n.Codecs = codec.NewSet(many...)
	if got := len(strings.Fields(formatLines(n.Offer())[0])); got != 3+32 {
		t.Errorf("%d words in the m= line, want one for each dynamic number after the first three", got)
	}
}

func TestAllThatMayComeIsUnderstood(t *testing.T) {
	caller, callee := wideband(), &Negotiation{Session: 5, Codecs: codec.G711, Local: netip.MustParseAddrPort("203.0.113.9:30000")}
	understood := func(p rtp.Params) string {
		var all []string
		for _, f := range append([]rtp.Format{p.Format}, p.Understood...) {
			if s := fmt.Sprintf("%d=%v", f.PayloadType, f.Codec); !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
		return strings.Join(all, " ")
	}
	answer, theirs, err := callee.Answer(caller.Offer())
	if err != nil {
		t.Fatal(err)
	}
	// Who was answered with one law of G.711 and sends the other is understood.
	if got := understood(theirs); got != "0=PCMU/8000 8=PCMA/8000" {
		t.Errorf("who answered understands %s", got)
	}
	// Whoever offers must be ready for all that was offered (RFC 3264 5.1).
	ours, err := caller.Agree(answer)
	if err != nil {
		t.Fatal(err)
	}
	if got := understood(ours); got != "0=PCMU/8000 96=L16/16000 8=PCMA/8000" {
		t.Errorf("who offered understands %s", got)
	}
	// An answer may use numbers of its own; what comes has the offer's.
	ours, err = caller.Agree(offerOf("m=audio 4000 RTP/AVP 120", "a=rtpmap:120 L16/16000"))
	if err != nil || ours.PayloadType != 120 {
		t.Fatalf("%+v, %v", ours, err)
	}
	if got := understood(ours); got != "120=L16/16000 96=L16/16000 0=PCMU/8000 8=PCMA/8000" {
		t.Errorf("who offered understands %s", got)
	}
}
