package greeting

import "math"

// level tells sound from the background by its loudness. The background may be music: what
// is above it in loudness is somebody else.
type level struct {
	floorDB float64 // of the background
	begun   bool
}

const (
	quietestDB = -60 // full scale is 0; nothing below is taken for background
	loudestDB  = -30 // nothing above is either: who answers may speak at once
	aboveDB    = 8   // by which sound is louder than the background
	climbDB    = 0.1 // by which the background may get louder in a frame
)

// sounds reports whether a frame is louder than the background; nil is silence.
func (l *level) sounds(frame []int16) bool {
	db := float64(quietestDB)
	if frame != nil {
		db = max(db, decibels(frame))
	}
	if !l.begun {
		l.begun, l.floorDB = true, min(db, loudestDB)
	}
	l.floorDB = min(db, l.floorDB+climbDB)
	return db > l.floorDB+aboveDB
}

// decibels is the power of a frame below full scale.
func decibels(frame []int16) float64 {
	var energy float64
	for _, s := range frame {
		energy += float64(s) * float64(s)
	}
	return 10 * math.Log10(energy/float64(len(frame))/(1<<30)+1e-12)
}
