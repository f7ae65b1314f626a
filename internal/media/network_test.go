package media_test

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/dtmf"
	"strowger/internal/media/mixer"
	"strowger/internal/media/player"
	"strowger/internal/media/rtp"
)

// legs are two sessions on real sockets that send to each other. Ports below
// 32768 are nobody's by chance.
func legs(t *testing.T) (a, b *rtp.Session) {
	t.Helper()
	ports, err := rtp.NewPorts(30700, 30799)
	if err != nil {
		t.Fatal(err)
	}
	open := func() *rtp.Session {
		io, err := ports.Listen(netip.MustParseAddr("127.0.0.1"))
		if err != nil {
			t.Fatal(err)
		}
		s := rtp.NewSession(rtp.Config{Transport: io})
		run(t, s.Run)
		return s
	}
	a, b = open(), open()
	for s, other := range map[*rtp.Session]*rtp.Session{a: b, b: a} {
		if err := s.Update(rtp.Params{Remote: other.LocalAddr(), Format: rtp.Format{Codec: codec.PCMU}, EventPayloadType: 101}); err != nil {
			t.Fatal(err)
		}
	}
	return a, b
}

// run owns a goroutine for the length of a test.
func run(t *testing.T, f func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestRealSocketsDoNotAllocatePerPacket(t *testing.T) {
	a, b := legs(t)
	frame := make([]int16, 160)
	var sent uint64
	step := func() {
		a.WriteFrame(frame)
		sent++
		for b.Stats().Received < sent {
			runtime.Gosched()
		}
		b.ReadFrame(frame)
	}
	for range 5 {
		step()
	}
	if n := testing.AllocsPerRun(50, step); n != 0 {
		t.Errorf("%v allocations per packet", n)
	}
}

// ear is a silent member of a room that listens for digits.
type ear struct {
	detector *dtmf.Detector
	heard    chan dtmf.Digit
}

func (e *ear) SampleRateHz() int { return media.Narrowband }

func (e *ear) ReadFrame([]int16) bool { return false }

func (e *ear) WriteFrame(src []int16) {
	for _, d := range e.detector.Write(src) {
		e.heard <- d
	}
}

// A prompt played in one room goes out as RTP, comes in by another session and
// is heard in its room, all on a running clock.
func TestAPromptIsHeardInTheRoomAtTheOtherEndOfTheNetwork(t *testing.T) {
	a, b := legs(t)
	clock := media.NewClock(2)
	here, there := mixer.NewRoom(), mixer.NewRoom()
	listener := &ear{dtmf.NewDetector(media.Narrowband), make(chan dtmf.Digit, 16)}
	here.Add(a, a)
	there.Add(b, b)
	there.Add(listener, listener)
	for _, r := range []*mixer.Room{here, there} {
		run(t, r.Run)
		clock.Attach(r)
		t.Cleanup(func() { clock.Detach(r) })
	}
	run(t, clock.Run)

	row, column := dtmf.Digit('8').Tones()
	file := player.WAV(player.NewTone(22050, 6000, row, column).Audio(200 * time.Millisecond))
	audio, err := player.ParseWAV(file)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan mixer.End, 1)
	here.Play(mixer.Play{
		Player: audio.Prompt(here.RateHz()).Tape(),
		OnEnd:  func(e mixer.End) { ended <- e },
	})
	if e := <-ended; e != mixer.Finished {
		t.Errorf("the prompt %v", e)
	}
	if d := <-listener.heard; d != '8' {
		t.Errorf("heard %v", d)
	}
}
