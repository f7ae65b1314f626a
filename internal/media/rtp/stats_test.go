package rtp

import (
	"testing"
	"time"
)

func TestJitterIsTheMeanChangeOfTransit(t *testing.T) {
	for name, c := range map[string]struct {
		late func(n int) time.Duration
		want time.Duration
	}{
		"a steady stream":                {func(int) time.Duration { return 70 * time.Millisecond }, 0},
		"every other one 8 ms late":      {func(n int) time.Duration { return time.Duration(n%2) * 8 * time.Millisecond }, 8 * time.Millisecond},
		"a far clock that drifts slowly": {func(n int) time.Duration { return time.Duration(n) * time.Microsecond }, time.Microsecond},
	} {
		t.Run(name, func(t *testing.T) {
			var j jitter
			for n := range 500 {
				j.take(time.Duration(n)*frameTime+c.late(n), 1<<31+160*uint32(n), 8000)
			}
			if off := (j.duration() - c.want).Abs(); off > 100*time.Microsecond {
				t.Errorf("jitter is %v, want %v", j.duration(), c.want)
			}
		})
	}
}
