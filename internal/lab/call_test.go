package lab

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/player"
	"strowger/internal/sip/siptest"
	"strowger/internal/sip/ua"
)

// told is what a caller reported, without when.
type told struct {
	t     *testing.T
	lines []string
	until string // what begins so is the caller's cue to hang up
	stop  context.CancelFunc
}

func (r *told) report(_ time.Duration, what string) {
	r.lines = append(r.lines, what)
	if r.until != "" && strings.HasPrefix(what, r.until) {
		r.stop()
	}
}

// inOrder fails unless lines that begin so were reported, in this order.
func (r *told) inOrder(begins ...string) {
	r.t.Helper()
	rest := r.lines
	for _, b := range begins {
		i := slices.IndexFunc(rest, func(line string) bool { return strings.HasPrefix(line, b) })
		if i < 0 {
			r.t.Fatalf("%q was not reported in its place:\n%s", b, strings.Join(r.lines, "\n"))
		}
		rest = rest[i+1:]
	}
}

// place calls a server, hangs up when until is reported, and returns what came
// of the call.
func place(t *testing.T, server, until string, cfg CallConfig) (CallResult, *told) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r := &told{t: t, until: until, stop: stop}
	cfg.Server, cfg.From, cfg.Report = server, "+15550100", r.report
	if cfg.For == 0 {
		cfg.For = time.Minute
	}
	result, err := Call(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return result, r
}

// labServer runs a lab and returns where it takes calls.
func labServer(t *testing.T) string {
	t.Helper()
	l, _ := run(t)
	return "udp://" + l.Addr().String()
}

func TestACallerHearsASentence(t *testing.T) {
	t.Parallel()
	_, r := place(t, labServer(t), "heard sound", CallConfig{To: "+15550106"})
	r.inOrder("ringing", "answered", "heard sound for ", "hung up")
}

func TestACallerHangsUpInTimeAndKeepsWhatWasHeard(t *testing.T) {
	t.Parallel()
	result, r := place(t, labServer(t), "", CallConfig{To: "+15550106", For: time.Second})
	r.inOrder("answered", "heard sound for ", "hung up after 1.0 s")
	if heard := result.Heard.Duration(); !result.Answered || heard < 800*time.Millisecond || heard > 5*time.Second {
		t.Errorf("answered %v, heard %v", result.Answered, heard)
	}
}

func TestACallerHearsItsOwnWordsFromTheEcho(t *testing.T) {
	t.Parallel()
	words := player.NewTone(media.Narrowband, 8000, 440).Audio(600 * time.Millisecond).Prompt(media.Narrowband)
	_, r := place(t, labServer(t), "heard sound", CallConfig{To: "+15550100", Wait: 1500 * time.Millisecond, Say: words})
	r.inOrder("answered", "heard silence for 1.", "heard sound for ", "hung up")
	r.inOrder("answered", "spoke for 0.6 s")
}

func TestACallerHearsKeys(t *testing.T) {
	t.Parallel()
	_, r := place(t, labServer(t), "heard key 3", CallConfig{To: "+15550104"})
	r.inOrder("answered", "heard key 1", "heard key 2", "heard key 3", "hung up")
}

func TestACallerSaysWhoHungUpAndWhyNobodyAnswered(t *testing.T) {
	t.Parallel()
	server := labServer(t)
	result, r := place(t, server, "", CallConfig{To: "+15550105"})
	r.inOrder("ringing", "answered", "nothing was heard", "they hung up")
	if !result.Answered {
		t.Error("the answer was not noticed")
	}
	for number, want := range map[string]string{
		"+15550101": "not answered: 486 Busy Here", "+15550199": "not answered: 404 no such number in the lab",
	} {
		result, r = place(t, server, "", CallConfig{To: number})
		r.inOrder(want)
		if result.Answered {
			t.Errorf("%s did not answer, and is said to have", number)
		}
	}
}

func TestACallerPressesKeysInOrderAndTellsTheCauseOfTheEnd(t *testing.T) {
	t.Parallel()
	phone := siptest.NewPhone(t, "tcp", siptest.Ports(t, 41400, 41599))
	var callee sync.WaitGroup
	callee.Go(func() {
		c := phone.Called()
		c.Ring(180)
		c.Answer()
		c.AwaitKeys("12#")
		c.Press("5")
		c.Talk(440)
		c.AwaitKeys("9")
		c.HangUpWith(16)
	})
	keys, err := ParseKeys("12,#,,9")
	if err != nil {
		t.Fatal(err)
	}
	_, r := place(t, "tcp://"+phone.Addr().String(), "", CallConfig{To: "+14255550100", Press: keys})
	callee.Wait()
	r.inOrder("ringing", "answered", "pressing 1", "pressing 2", "pressing #", "pressing 9", "heard sound for ", "they hung up (Reason: Q.850;cause=16")
	r.inOrder("answered", "heard key 5", "they hung up")
}

func TestACallerIsStoppedByItsContext(t *testing.T) {
	t.Parallel()
	server := labServer(t)
	for number, want := range map[string][]string{
		"+15550100": {"answered", "hung up"}, "+15550102": {"ringing", "not answered: hung up"},
	} {
		_, r := place(t, server, want[0], CallConfig{To: number})
		r.inOrder(want...)
	}
}

func TestWhereNobodyTakesCallsTheCallerIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0") // and nobody reads it
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, r := place(t, "udp://"+conn.LocalAddr().String(), "", CallConfig{To: "+14255550100"})
	r.inOrder("not answered: nothing takes calls at udp://")
	for _, server := range []string{"127.0.0.1:5060", "http://127.0.0.1:1", "udp://"} {
		if _, err := Call(t.Context(), CallConfig{Server: server}); err == nil {
			t.Errorf("%q was taken for the address of a server", server)
		}
	}
}

func TestEndingsNameWhatTheFarEndSaid(t *testing.T) {
	t.Parallel()
	for want, cause := range map[string]ua.Cause{
		"not answered: 302 Moved, sent on to sip:a@b or sip:c@d": {Code: 302, Phrase: "Moved", Contacts: []string{"sip:a@b", "sip:c@d"}},
		"not answered: 486 Busy (Reason: Q.850;cause=17)":        {Code: 486, Phrase: "Busy", Reason: "Q.850;cause=17"},
	} {
		if got := ending(cause, false, "udp://x"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, origin := range []ua.Origin{ua.Timeout, ua.Transport} {
		if got := ending(ua.Cause{Origin: origin}, true, "udp://x"); !strings.HasPrefix(got, "broken off") {
			t.Errorf("an answered call: %q", got)
		}
	}
}

func TestKeysAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	keys, err := ParseKeys("1,2,,#a")
	want := []stroke{{key: '1'}, {time.Second, '2'}, {2 * time.Second, '#'}, {key: 'A'}}
	if err != nil || !slices.Equal(keys.strokes, want) {
		t.Errorf("%v, %v; want %v", keys.strokes, err, want)
	}
	for _, wrong := range []string{"1;2", "ü", "x", "1 2"} {
		if _, err := ParseKeys(wrong); err == nil {
			t.Errorf("%q was read as keys", wrong)
		}
	}
}

func TestAnEarTellsSoundFromSilence(t *testing.T) {
	t.Parallel()
	loud := make([]int16, 160)
	loud[7] = -4000
	quiet := make([]int16, 160)
	quiet[7] = 40
	var ear ear
	var heard []string
	hear := func(frame []int16, d time.Duration) {
		for range media.Frames(d) {
			if s, ok := ear.hear(frame); ok {
				heard = append(heard, s.String())
			}
		}
	}
	hear(quiet, 1200*time.Millisecond)
	hear(loud, time.Second)
	hear(quiet, 300*time.Millisecond) // between two words
	hear(loud, 700*time.Millisecond)
	hear(quiet, 2*time.Second)
	hear(loud, 100*time.Millisecond)
	want := []string{"heard silence for 1.2 s", "heard sound for 2.0 s", "heard silence for 2.0 s"}
	if !slices.Equal(heard, want) || ear.stretch().String() != "heard sound for 0.1 s" {
		t.Errorf("%q and then %v, want %q", heard, ear.stretch(), want)
	}
}

func TestWithoutAVoiceItIsSaidWhatToInstall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := Speak(t.Context(), "hello"); !errors.Is(err, ErrNoVoice) || !strings.Contains(err.Error(), "install espeak-ng") {
		t.Errorf("%v", err)
	}
}

func TestTextIsSpoken(t *testing.T) {
	t.Parallel()
	said, err := Speak(t.Context(), "I would like to speak to somebody.")
	if errors.Is(err, ErrNoVoice) {
		t.Fatalf("%v; `make install` does", err)
	}
	if err != nil || said.Duration() < time.Second {
		t.Errorf("%v, %v", said, err)
	}
}
