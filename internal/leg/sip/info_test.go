package sip_test

import (
	"testing"

	"strowger/internal/call"
)

func TestKeysByINFOAreKeys(t *testing.T) {
	r := start(t)
	c, id := r.answered()
	r.echo(id)
	for _, k := range []struct {
		kind, body string
		want       call.Tone
	}{
		{"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5'},
		{"application/dtmf-relay", "Signal= *\r\nDuration= 160\r\n", '*'},
		{"application/dtmf-relay", "duration=160\nsignal = d\n", 'D'},
		{"application/dtmf-relay", "Signal=11\r\n", '#'},
		{"Application/DTMF-Relay; charset=utf-8", "Signal=0\r\n", '0'},
		{"application/dtmf", "7", '7'},
		{"application/dtmf", " 7\r\n", '7'},
		{"application/dtmf", "10", '*'},
		{"application/dtmf", "Signal=1", '1'},
	} {
		if code := c.Inform(k.kind, k.body); code != 200 {
			t.Fatalf("%s %q is answered %d", k.kind, k.body, code)
		}
		if tone := next[call.ToneReceived](r); tone.Leg != id || tone.Tone != k.want {
			t.Errorf("%s %q is %v", k.kind, k.body, tone.Tone)
		}
	}
	c.HangUp()
	next[call.LegEnded](r)
}

func TestAnINFOThatIsNotUnderstoodIsRefused(t *testing.T) {
	r := start(t)
	c, id := r.answered()
	r.echo(id)
	for _, k := range []struct {
		kind, body string
		want       int
	}{
		{"application/media_control+xml", "<media_control/>", 415},
		{"text/plain", "5", 415},
		{"", "5", 415},
		{"application/dtmf-relay", "Signal=\r\n", 400},
		{"application/dtmf-relay", "Duration=160\r\n", 400},
		{"application/dtmf-relay", "Signal=hf\r\n", 400},
		{"application/dtmf-relay", "Signal=16\r\n", 400},
		{"application/dtmf", "123", 400},
		{"application/dtmf", "", 400},
		{"", "", 200}, // asks only whether we are there
	} {
		if code := c.Inform(k.kind, k.body); code != k.want {
			t.Errorf("%s %q is answered %d, want %d", k.kind, k.body, code, k.want)
		}
	}
	c.HangUp()
	next[call.LegEnded](r) // and no key before it
}

func TestAKeyThatComesByBothWaysIsOne(t *testing.T) {
	r := start(t)
	c, id := r.answered()
	r.echo(id)
	for _, key := range []string{"5", "5", "8"} {
		c.Press(key)
		if tone := next[call.ToneReceived](r); tone.Tone != call.Tone(key[0]) {
			t.Errorf("heard %v, want %s", tone.Tone, key)
		}
		if code := c.Inform("application/dtmf", key); code != 200 {
			t.Errorf("answered %d", code)
		}
	}
	c.HangUp()
	next[call.LegEnded](r) // and no key before it
}
