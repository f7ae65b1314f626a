package recording_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/recording"
)

// stalls is a machine that stands still now and then, in the middle of a tick.
type stalls struct {
	ticks, every int
	longest      time.Duration
}

func (s *stalls) Tick() {
	if s.ticks++; s.ticks%s.every == 0 {
		<-time.After(s.longest * time.Duration(1+s.ticks/s.every%7) / 7)
	}
}

func TestARecordingLastsAsLongAsItsCallWhateverTheClockSkips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, recording.Limits{})
		clock := media.NewClock(1)
		ctx, cancel := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() { defer close(stopped); _ = clock.Run(ctx) }()
		clock.Attach(&stalls{every: 611, longest: 1300 * time.Millisecond})
		w.join(alice, 1000, 8000)
		clock.Attach(w.room)
		<-time.After(time.Second)
		w.start(call.RecordingSpec{Format: call.WAV})
		began := time.Now()
		<-time.After(time.Hour)
		w.archive.Stop(testCall, call.StopRecorder{Recording: first, Reason: call.EndedByApplication})
		took := time.Since(began)
		file := w.finished()
		if drift := file.Duration - took; drift < -media.FrameDuration || drift > media.FrameDuration {
			t.Errorf("a recording of %v lasts %v", took, file.Duration)
		}
		clock.Detach(w.room)
		cancel()
		<-stopped
		w.stop()
	})
}
