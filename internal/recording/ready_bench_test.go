package recording

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/mixer"
	"strowger/internal/recording/store"
)

// speaker says something at all times, never the same twice.
type speaker uint32

func (s *speaker) SampleRateHz() int { return media.Wideband }

func (s *speaker) ReadFrame(dst []int16) bool {
	for i := range dst {
		*s = *s*1664525 + 1013904223
		dst[i] = int16(*s>>20) - 2048
	}
	return true
}

// finished is a call that waits for its recording.
type finished chan call.RecordedFile

func (finished) Signal(call.ID, call.Signal) {}

func (f finished) Deliver(_ context.Context, _ call.ID, sig call.Signal) error {
	f <- sig.(call.RecordingFinished).File
	return nil
}

// BenchmarkReady is the time from the end of an hour-long call until its recording is
// in the store and the call knows, in seconds. The hour is as long as the machine
// needs for it. In the unmixed one somebody comes after half an hour.
func BenchmarkReady(b *testing.B) {
	for name, spec := range map[string]call.RecordingSpec{
		"wav": {Format: call.WAV}, "unmixed": {Format: call.WAV, Unmixed: true}, "mp3": {Format: call.MP3}, "mp4": {Format: call.MP4},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(readyAfter(b, spec, time.Hour).Seconds(), "ready-s")
			}
		})
	}
}

func readyAfter(b *testing.B, spec call.RecordingSpec, length time.Duration) time.Duration {
	dir, done := b.TempDir(), make(finished, 1)
	files, err := store.Open(b.Context(), "", filepath.Join(dir, "files"))
	if err != nil {
		b.Fatal(err)
	}
	defer files.Close()
	a, err := New(Config{Dir: filepath.Join(dir, "spool"), Store: files, Signals: done, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	room := mixer.NewRoom()
	id := call.NewID([16]byte{1})
	r := a.newRecorder(id, call.StartRecorder{Recording: call.NewRecordingID(id, 1), Spec: spec}, room.Tap(mixer.TapConfig{Ticks: 10, Voices: spec.Unmixed}))
	join := func(n int) {
		s := speaker(n)
		m, whose := room.Add(&s, nil), call.Address(fmt.Sprint(n))
		r.at(room.Ticks(), func() error { r.joined(m, whose); return nil })
	}
	for n := range call.RecordingChannels - 1 {
		join(n)
	}
	if err := r.spool.open(); err != nil {
		b.Fatal(err)
	}
	go a.finish(b.Context(), r.spool, r.log)
	for tick := range int(length / media.FrameDuration) {
		if tick == int(length/media.FrameDuration/2) {
			join(call.RecordingChannels - 1)
		}
		room.Tick()
		h, err := r.tap.Read(b.Context())
		if err != nil && err != io.EOF {
			b.Fatal(err)
		}
		if err := r.hear(h); err != nil {
			b.Fatal(err)
		}
	}
	// Whoever compresses is as far as it would be after an hour: it waits for news.
	for range 2 {
		r.spool.news <- struct{}{}
	}
	began := time.Now()
	r.stop(call.EndedByApplication)
	r.run(b.Context())
	if file := <-done; file.Duration != length {
		b.Fatalf("the recording has %v", file.Duration)
	}
	return time.Since(began)
}
