package call_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"strowger/internal/call"
	"strowger/internal/call/calltest"
)

// ledger holds the usage of a call against what its states say: who was in the
// conversation after which step.
type ledger struct {
	began map[string]time.Time // when a leg or a seat was first seen
	since map[string]time.Time // and when first in the conversation
	until map[string]time.Time // of a leg that was offered to another call: when
	used  map[string]call.Usage
}

func newLedger() ledger {
	return ledger{map[string]time.Time{}, map[string]time.Time{}, map[string]time.Time{}, map[string]call.Usage{}}
}

func (l ledger) see(id string, now time.Time, in bool) {
	if _, seen := l.began[id]; !seen {
		l.began[id] = now
	}
	if _, seen := l.since[id]; in && !seen {
		l.since[id] = now
	}
}

func (l ledger) note(t *rapid.T, now time.Time, s call.State, usage []call.Usage) {
	for _, p := range s.Participants {
		if p.Seat == "" && p.State != call.Moving {
			l.see(string(p.Leg), now, p.State == call.Joined)
		}
		switch _, offered := l.until[string(p.Leg)]; {
		case p.HandingTo == "":
			delete(l.until, string(p.Leg))
		case !offered:
			l.until[string(p.Leg)] = now
		}
		if p.Seat != "" {
			delete(l.began, string(p.Leg)) // an application sits there, and no leg
		}
	}
	for _, conn := range s.Connections {
		l.see(string(conn.ID), now, conn.State == call.Connected)
	}
	for _, u := range usage {
		l.enter(t, now, u)
	}
}

// enter holds one usage, which ends now, against what was seen.
func (l ledger) enter(t *rapid.T, now time.Time, u call.Usage) {
	if other, twice := l.used[u.ID]; twice {
		t.Fatalf("%s is used twice: %+v and %+v", u.ID, other, u)
	}
	l.used[u.ID] = u
	if u.Kind == call.UsedRecording {
		return
	}
	ended := now
	if offered, ok := l.until[u.ID]; ok {
		ended = offered
	}
	var lasted time.Duration
	if since, joined := l.since[u.ID]; joined {
		lasted = ended.Sub(since)
	}
	if u.Length != lasted || !u.Ended.Equal(ended) {
		t.Fatalf("%+v, want it to end at %s after %s", u, ended, lasted)
	}
}

// complete: what was ever there has left its usage.
func (l ledger) complete(t *rapid.T) {
	for id, began := range l.began {
		if u, ok := l.used[id]; !ok || !u.Began.Equal(began) {
			t.Fatalf("%s, there since %s, has left %+v", id, began, u)
		}
	}
}

// spent gives a call inputs, one a second, and returns what was used by when it had them all.
func spent(t *testing.T, inputs ...string) map[string]call.Usage {
	t.Helper()
	c, now, used := call.New(calltest.Call), calltest.Start, map[string]call.Usage{}
	for _, line := range inputs {
		in, err := calltest.Parse(calltest.Call, line)
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
		if in, ok := in.(call.NodeRestarted); ok {
			in.Alive, now = now, now.Add(time.Hour)
			used = add(t, used, c, now, in)
			continue
		}
		used = add(t, used, c, now, in)
	}
	return used
}

func add(t *testing.T, used map[string]call.Usage, c *call.Call, now time.Time, in call.Input) map[string]call.Usage {
	t.Helper()
	out, err := c.Step(now, in)
	if err != nil {
		t.Fatalf("%s: %v", calltest.Show(in), err)
	}
	for _, u := range out.Usage {
		used[u.ID] = u
	}
	return used
}

var (
	firstLeg  = string(call.NewLegID(calltest.Call, 1))
	secondLeg = string(call.NewLegID(calltest.Call, 2))
	recorded  = string(call.NewRecordingID(calltest.Call, 1))
)

const (
	create = "CreateCall Connection=c1 Source=8:acs:r_me Targets=4:+1,8:acs:r_a"
	phoned = "LegAnswered Leg=1 Trunk=carrier Dialog.Transport=udp Dialog.RemoteAddr=192.0.2.1:5060 Dialog.Caller=true Dialog.Media.Codec=PCMA"
)

func TestALegASeatAndARecordingLeaveWhatTheyUsed(t *testing.T) {
	used := spent(t, create, phoned, "StartRecording Connection=c1 Spec.Format=wav", "RecorderStarted Recording=1", "LegFailed Leg=2 Cause.Reason=busy Cause.SIPStatus=486",
		"LegEnded Leg=1 Cause.Reason=completed", "RecordingFinished Recording=1 File.Duration=1500ms File.Reason=completed")
	at := func(n time.Duration) time.Time { return calltest.Start.Add(n * time.Second) }
	ended := call.Cause{Reason: call.Completed, Phone: true}
	for id, want := range map[string]call.Usage{
		firstLeg: {Kind: call.UsedPSTN, Direction: call.Outbound, Address: "4:+1", Trunk: "carrier", Endpoint: "udp:192.0.2.1:5060", Codec: "PCMA",
			Began: at(1), Answered: at(2), Ended: at(6), Length: 4 * time.Second, Cause: ended},
		secondLeg: {Kind: call.UsedVoIP, Direction: call.Outbound, Address: "8:acs:r_a", Began: at(1), Ended: at(5), Cause: call.Cause{Reason: call.Busy, SIPStatus: 486}},
		string(calltest.Connection("c1")): {Kind: call.UsedApplication, Direction: call.Outbound, Address: "8:acs:r_me",
			Began: at(1), Answered: at(2), Ended: at(6), Length: 4 * time.Second, Cause: ended},
		recorded: {Kind: call.UsedRecording, Began: at(3), Ended: at(6), Length: 1500 * time.Millisecond, Cause: call.Cause{Reason: call.Completed}},
	} {
		want.ID = id
		if used[id] != want {
			t.Errorf("used\n%+v, want\n%+v", used[id], want)
		}
	}
	if len(used) != 4 {
		t.Errorf("%d have left what they used: %v", len(used), used)
	}
}

// The server was away for an hour: nobody talked in it.
func TestACallThatIsLeftBehindIsCountedToWhenItsProcessLived(t *testing.T) {
	used := spent(t, create, phoned, "NodeRestarted")
	for _, id := range []string{firstLeg, string(calltest.Connection("c1"))} {
		if u := used[id]; u.Length != time.Second || !u.Ended.Equal(calltest.Start.Add(3*time.Second)) || u.Cause.Reason != call.NodeLost {
			t.Errorf("used %+v", u)
		}
	}
}

// The time between the offer and the taking in is nobody's, so that none is counted twice.
func TestALegThatMovesIsCountedInOneCallAtATime(t *testing.T) {
	used := spent(t, create, phoned, "HandOver Connection=c1 Participant=4:+1 To=d1", "HandedOver Leg=1")
	if u := used[firstLeg]; !u.Moved || u.Length != time.Second {
		t.Errorf("where it was it used %+v", u)
	}
	used = spent(t, create, phoned, "MoveHere Connection=c1 Participants=4:+2 From=d1", "TakeIn Leg=3 Was=d1 Who.Address=4:+2 Who.Trunk=carrier",
		"LegEnded Leg=3 Cause.Reason=completed")
	if u := used[string(call.NewLegID(calltest.Call, 3))]; u.Moved || u.Length != time.Second || u.Trunk != "carrier" {
		t.Errorf("where it came it used %+v", u)
	}
}
