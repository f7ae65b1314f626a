package sip_test

import (
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/directory"
	"strowger/internal/leg/sip"
	"strowger/internal/media"
	"strowger/internal/sip/siptest"
)

// answered is a call from the network that is in conversation.
func (r *rig) answered() (*siptest.Call, call.LegID) {
	r.t.Helper()
	c := r.fromNetwork(ours)
	o := next[call.LegArrived](r)
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	c.AwaitAnswer()
	next[call.LegAnswered](r)
	return c, o.Leg
}

// impatient ends legs after a few silent frames.
const fewFrames = 10

func impatient(_ *directory.Config, c *sip.Config) {
	c.MediaTimeout = fewFrames * media.FrameDuration
}

func TestALegFromWhichNothingComesIsEnded(t *testing.T) {
	r := start(t, impatient)
	c, id := r.answered()
	r.echo(id)
	c.FallSilent()
	if e := next[call.LegEnded](r); e.Leg != id || e.Cause.Reason != call.MediaLost {
		t.Errorf("%+v", e)
	}
	if e := c.Await(siptest.Ended); e.Cause.Q850 != 102 {
		t.Errorf("the far end hears %+v", e.Cause)
	}
}

func TestWhoIsOnHoldMayBeSilent(t *testing.T) {
	for _, hold := range []string{"a=sendonly", "a=inactive", "c=IN IP4 0.0.0.0"} {
		t.Run(hold, func(t *testing.T) {
			r := start(t, impatient)
			c, id := r.answered()
			talking := string(c.Offer())
			held := strings.Replace(talking, "a=sendrecv", hold, 1)
			if strings.HasPrefix(hold, "c=") {
				held = strings.Replace(talking, "c=IN IP4 127.0.0.9", hold, 1)
			}
			c.Reinvite([]byte(held))
			want := "a=recvonly"
			if hold == "a=inactive" {
				want = "a=inactive"
			}
			if e := c.Await(siptest.Reinvited); e.Code != 200 || !strings.Contains(string(e.SDP), want) {
				t.Errorf("hold is answered %d\n%s", e.Code, e.SDP)
			}
			c.FallSilent()
			sound := r.echo(id)
			for range 3 * fewFrames {
				<-sound.ticks
			}
			c.Reinvite([]byte(talking))
			if e := c.Await(siptest.Reinvited); e.Code != 200 || !strings.Contains(string(e.SDP), "a=sendrecv") {
				t.Errorf("resumption is answered %d\n%s", e.Code, e.SDP)
			}
			// Had it ended on hold, this would not be its first signal.
			if e := next[call.LegEnded](r); e.Cause.Reason != call.MediaLost {
				t.Errorf("%+v", e)
			}
			c.Await(siptest.Ended)
		})
	}
}

func TestAReinviteThatCannotBeTakenChangesNothing(t *testing.T) {
	r := start(t)
	c, id := r.answered()
	c.Reinvite([]byte(strings.Replace(string(c.Offer()), "RTP/AVP 0 8 101", "RTP/AVP 18", 1)))
	if e := c.Await(siptest.Reinvited); e.Code != 488 {
		t.Errorf("answered %d", e.Code)
	}
	r.echo(id)
	c.Talk(500)
	c.AwaitTone(500)
	c.HangUp()
	next[call.LegEnded](r)
}

func TestMediaMayMoveToAnotherCodecAndAddress(t *testing.T) {
	r := start(t)
	c, id := r.answered()
	moved := c.Moved()
	c.Reinvite([]byte(strings.Replace(string(moved), "RTP/AVP 0 8 101", "RTP/AVP 8 101", 1)))
	e := c.Await(siptest.Reinvited)
	if e.Code != 200 || !strings.Contains(string(e.SDP), "RTP/AVP 8 101") {
		t.Fatalf("answered %d\n%s", e.Code, e.SDP)
	}
	c.Follow(e.SDP)
	r.echo(id)
	c.Talk(500)
	c.AwaitTone(500)
	c.HangUp()
	next[call.LegEnded](r)
}

func TestKeysBeforeTheAnswerAreForNobody(t *testing.T) {
	r := start(t)
	r.dial("4:+15550177")
	c := r.network.Called()
	c.RingWithSound()
	next[call.LegRinging](r)
	c.Press("9")
	c.Answer()
	next[call.LegAnswered](r) // and no key before it
	c.Press("1")
	if tone := next[call.ToneReceived](r); tone.Tone != '1' {
		t.Errorf("%v", tone.Tone)
	}
	c.HangUp()
	next[call.LegEnded](r)
}

func TestALegWhoseSignalsFindNoRoomStillEndsOnce(t *testing.T) {
	full := make(signals) // takes one only when somebody reads
	r := start(t, func(_ *directory.Config, c *sip.Config) { c.Signals = full })
	r.signals = full
	c := r.fromNetwork(ours)
	o := next[call.LegArrived](r)
	r.Perform(call.AnswerLeg{Leg: o.Leg})
	c.AwaitAnswer()
	next[call.LegAnswered](r)
	r.echo(o.Leg)
	const keys = 70 // more than a leg keeps
	for range keys / 10 {
		c.Press("1234567890")
	}
	c.HangUp()
	c.Await(siptest.Ended)
	tones := 0
	for deadline := time.After(patience); ; {
		var sig call.Signal
		select {
		case sig = <-full:
		case <-deadline:
			t.Fatal("the leg did not end")
		}
		if _, ended := sig.(call.LegEnded); ended {
			break
		}
		tones++
	}
	if dropped := int(r.Stats().Dropped); tones+dropped != keys || dropped == 0 {
		t.Errorf("%d keys came and %d were dropped, of %d", tones, dropped, keys)
	}
}

func TestKeysAreSentAndReportedWhenTheLastIsOut(t *testing.T) {
	r := start(t)
	c, id := r.answered()
	r.echo(id)
	r.Perform(call.PressTones{Leg: id, Operation: 7, Tones: []call.Tone("12#")})
	c.AwaitKeys("12#")
	if e := next[call.TonesSent](r); e.Operation != 7 {
		t.Errorf("%+v", e)
	}
	c.HangUp()
	next[call.LegEnded](r)
}

func TestKeysThatTheFarEndDoesNotTakeAreRefused(t *testing.T) {
	r := start(t)
	c, id := r.answered()
	withEvents := string(c.Offer())
	c.Reinvite([]byte(strings.Replace(withEvents, "RTP/AVP 0 8 101", "RTP/AVP 0 8", 1)))
	if e := c.Await(siptest.Reinvited); e.Code != 200 {
		t.Fatalf("answered %d", e.Code)
	}
	r.Perform(call.PressTones{Leg: id, Operation: 7, Tones: []call.Tone("1")})
	if e := next[call.TonesFailed](r); e.Operation != 7 || e.Reason != call.TonesNotTaken {
		t.Errorf("%+v", e)
	}
	c.HangUp()
	next[call.LegEnded](r)
}
