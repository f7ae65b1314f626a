package player

import (
	"slices"
	"sync"
	"time"

	"strowger/internal/media"
)

// The ringback tone is North America's: 440 and 480 Hz together, two seconds of every
// six (ITU-T E.180, supplement 2), at about the loudness of speech.
const (
	ringbackBurst  = 2 * time.Second
	ringbackPeriod = 6 * time.Second
	ringbackVolume = 2600 // of each of the two, of 32,767
)

// Ringback is what a caller hears while somebody is rung: six seconds, to be played
// again and again.
var Ringback = sync.OnceValue(func() *Audio {
	tone := NewTone(media.Narrowband, ringbackVolume, 440, 480).Audio(ringbackBurst)
	silence := make([]int16, int((ringbackPeriod-ringbackBurst)*media.Narrowband/time.Second))
	tone.Samples = slices.Concat(tone.Samples, silence)
	return tone
})
