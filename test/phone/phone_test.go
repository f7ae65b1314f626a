package phone

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The phones are proven on each other before they prove a server.
func TestTwoPhonesHearEachOtherAndTheirTones(t *testing.T) {
	bob := Start(t, Config{Name: "bob", ToneHz: 1000, AutoAnswer: true})
	alice := Start(t, Config{Name: "alice", ToneHz: 440})

	alice.Dial("sip:bob@" + bob.Address())
	alice.AwaitTalking()
	bob.AwaitTalking()
	bob.AwaitHeard(440, time.Second)
	alice.AwaitHeard(1000, time.Second)
	alice.Press("12#")
	bob.AwaitTones("12#")
	alice.HangUp()
	bob.AwaitClosed(1)

	alice.DidNotHear(440)
	if got := bob.AwaitHeader("User-Agent"); got == "" {
		t.Error("the trace shows no headers")
	}
}

func TestAPhoneCanDeclineACall(t *testing.T) {
	bob := Start(t, Config{Name: "bob"})
	alice := Start(t, Config{Name: "alice", Transport: TCP})
	alice.Dial("sip:bob@" + bob.Address() + ";transport=tcp")
	bob.AwaitRing()
	bob.HangUp()
	if got := alice.AwaitClosed(1).Parameter; got != "486 Rejected" {
		t.Errorf("the caller was told %q", got)
	}
}

func TestTraceIsReadMessageByMessage(t *testing.T) {
	trace := "noise\n\x1b[36;1m#\nUDP 127.0.0.1:1 -> 127.0.0.1:2\nINVITE sip:b SIP/2.0\r\nX-Server-Call-Id: abc\r\n\r\nv=0\r\n\x1b[;m\nmore noise\n" +
		"\x1b[36;1m#\nUDP 127.0.0.1:2 -> 127.0.0.1:1\nSIP/2.0 486 Busy Here\r\nTo: x\r\n\r\n\x1b[;m\n"
	messages := parseTrace(trace)
	if len(messages) != 2 || !messages[0].IsRequest("INVITE") || messages[0].Header("x-server-call-id") != "abc" || messages[1].Status() != "486 Busy Here" {
		t.Errorf("read %+v", messages)
	}
}
