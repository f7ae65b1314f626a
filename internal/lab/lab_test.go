package lab

import (
	"context"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"strowger/internal/media/greeting"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a lab until the test ends.
func run(t *testing.T) (*Lab, *rtp.Ports) {
	t.Helper()
	ports := siptest.Ports(t, 41000, 41199)
	l, err := New(Config{Listen: "udp://127.0.0.1:0", Ports: ports})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = l.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
		if n := ports.InUse(); n != 0 {
			t.Errorf("%d ports were not given back", n)
		}
	})
	return l, ports
}

// start runs a lab until the test ends, and returns its ports and how a phone
// calls its numbers.
func start(t *testing.T) (ports *rtp.Ports, call func(number string) *siptest.Call) {
	t.Helper()
	l, ports := run(t)
	phone := siptest.NewPhone(t, "udp", siptest.Ports(t, 41200, 41399))
	return ports, func(number string) *siptest.Call {
		return phone.Call(ua.Outgoing{
			RequestURI: "sip:" + number + "@" + l.Addr().String(),
			From:       ua.Party{URI: "sip:+14255550100@127.0.0.1"}, To: ua.Party{URI: "sip:" + number + "@127.0.0.1"},
		})
	}
}

func TestWhatIsSaidToTheEchoComesBack(t *testing.T) {
	t.Parallel()
	_, call := start(t)
	c := call("+15550100")
	c.AwaitAnswer()
	c.Talk(440)
	c.AwaitTone(440)
	c.Talk(1000)
	c.AwaitTone(1000)
	c.HangUp()
	c.Await(siptest.Ended)
}

func TestBusyIsBusyAndDeclinedIsDeclined(t *testing.T) {
	t.Parallel()
	_, call := start(t)
	for number, status := range map[string]int{"+15550101": 486, "+15550103": 603, "15550103": 603, "+15550199": 404} {
		if e := call(number).Await(siptest.Failed); e.Code != status {
			t.Errorf("%s: %d, want %d", number, e.Code, status)
		}
	}
}

func TestANumberThatNeverAnswersRingsUntilTheCallerGivesUp(t *testing.T) {
	t.Parallel()
	_, call := start(t)
	c := call("+15550102")
	if e := c.Await(siptest.Progress); e.Code != 180 {
		t.Errorf("%d, want 180", e.Code)
	}
	c.HangUp()
	c.Await(siptest.Failed)
}

func TestKeysArePressedInOrder(t *testing.T) {
	t.Parallel()
	_, call := start(t)
	c := call("+15550104")
	c.AwaitAnswer()
	c.AwaitKeys("1234#")
	c.HangUp()
	c.Await(siptest.Ended)
}

func TestANumberThatHangsUpDoesSoByItself(t *testing.T) {
	t.Parallel()
	_, call := start(t)
	c := call("+15550105")
	c.AwaitAnswer()
	if e := c.Await(siptest.Ended); e.Cause.Origin != ua.Remote {
		t.Errorf("ended by %v", e.Cause.Origin)
	}
}

func TestASentenceIsSpoken(t *testing.T) {
	t.Parallel()
	_, call := start(t)
	c := call("+15550106")
	c.AwaitAnswer()
	c.AwaitSound()
	c.HangUp()
	c.Await(siptest.Ended)
}

func TestAMachineGreetsAndBeeps(t *testing.T) {
	t.Parallel()
	_, call := start(t)
	c := call("+15550107")
	c.AwaitAnswer()
	c.AwaitSound()
	c.AwaitTone(beepHz)
	c.HangUp()
	c.Await(siptest.Ended)
}

// Who tries the detection of machines against the lab finds one.
func TestTheMachineIsTakenForOne(t *testing.T) {
	tape, d, frame := greetingTape(), greeting.NewDetector(), make([]int16, 160)
	for tape.Waiting() > 0 {
		tape.ReadFrame(frame)
		d.Write(frame)
	}
	for range 50 {
		d.Write(nil)
	}
	if d.Verdict().Answerer != greeting.Machine || d.Ending() != greeting.Beep {
		t.Errorf("it is taken for %v, and ends with %q", d.Verdict(), d.Ending())
	}
}

func TestDigitsAfterANumberLeadToItToo(t *testing.T) {
	for dialled, want := range map[string]string{
		"+1555010400": "+15550104", "155501019": "+15550101", "+155501060000000": "+15550106",
		"+1555010600000000": "", "+15550104;x": "", "+1555010": "", "+15550109": "", "": "",
	} {
		if found, _ := find(dialled); found.E164 != want {
			t.Errorf("%q leads to %q, want %q", dialled, found.E164, want)
		}
	}
}

func TestEveryNumberIsFoundWithAndWithoutItsPlus(t *testing.T) {
	t.Parallel()
	for _, n := range Numbers() {
		for _, dialled := range []string{n.E164, n.E164[1:]} {
			if found, ok := find(dialled); !ok || found.E164 != n.E164 || found.Does == "" {
				t.Errorf("%s: found %q", dialled, found.E164)
			}
		}
	}
}
