package vad

import (
	"math"

	"strowger/internal/media"
)

// Activity is what a frame tells of the voice that it belongs to.
type Activity struct {
	Sound   bool    // it is louder than what is always there
	Voice   bool    // somebody speaks
	LevelDB float64 // of the frame, relative to a full-scale sine
}

// The figures by which voice is told from all else. They were found with the corpus
// of this package's tests.
const (
	// A frame is voiced when it repeats itself at the pitch of a voice this well, out of
	// 1, and is no tone: no one or two sines, this many times stronger than the rest, each
	// above so many Hz.
	pitchMin    = 0.55
	toneRatio   = 1000
	toneLeastHz = 300
	// Somebody who speaks is not as loud in each frame as in the one before, as a hum is.
	steadyDB     = 0.7
	voicedMost   = 8 // frames that are remembered
	voicedBegin  = 5 // of them are voiced: somebody speaks
	voicedGo     = 2 // are voiced yet: goes on to
	steadyFrames = 4
	// Sound is so much above the background, and never below the least.
	soundAboveDB  = 8
	voicedAboveDB = 6
	leastDB       = -58
	// The background is as low as the quietest frame, and rises slowly from there.
	riseQuietDB  = 0.20 // a frame
	riseVoicedDB = 0.02
	silentDB     = -96
)

// Detector tells voice from all else in one stream of frames of 20 ms. It belongs to
// one goroutine and allocates nothing once it is made.
type Detector struct {
	rateHz int
	band   [narrowHz / 50]float64 // the frame at narrowHz
	slow   [2 * slowFrame]float32 // two frames at pitchHz
	floor  float64                // dB
	began  bool                   // there was a frame
	voiced uint32                 // a bit for each of the last frames, the latest lowest
	levels [steadyFrames]float64  // of the last frames, in dB
	speaks bool
}

// Tones are looked for at the rate of telephones, pitch from 70 to 400 Hz at half of it.
const (
	narrowHz  = media.Narrowband
	pitchHz   = narrowHz / 2
	slowFrame = pitchHz / 50
	lagLeast  = pitchHz / 400
	lagMost   = pitchHz / 70
)

// New makes a detector for frames of a rate in Hz: 8000 or 16000.
func New(rateHz int) *Detector {
	return &Detector{rateHz: rateHz, floor: silentDB}
}

// Write takes the next frame; nil is silence.
func (d *Detector) Write(frame []int16) Activity {
	if frame == nil {
		clear(d.slow[:slowFrame])
		copy(d.slow[:], d.slow[slowFrame:])
		clear(d.slow[slowFrame:])
		d.settle(silentDB, false)
		return Activity{LevelDB: silentDB, Voice: d.decide()}
	}
	level := levelDB(frame)
	narrow := d.narrow(frame)
	d.slower(narrow)
	sound := level > max(d.floor+soundAboveDB, leastDB)
	voiced := level > max(d.floor+voicedAboveDB, leastDB) && d.pitched() && !tone(narrow)
	d.settle(level, voiced)
	return Activity{Sound: sound, Voice: d.decide(), LevelDB: level}
}

// settle remembers a frame.
func (d *Detector) settle(level float64, voiced bool) {
	copy(d.levels[:], d.levels[1:])
	d.levels[len(d.levels)-1] = level
	d.voiced <<= 1
	rise := riseQuietDB
	if voiced && !d.steady() {
		d.voiced |= 1
		rise = riseVoicedDB
	}
	if !d.began {
		d.began, d.floor = true, min(level, leastDB)
	}
	d.floor = min(level, d.floor+rise)
}

func (d *Detector) decide() bool {
	n := 0
	for bits := d.voiced & (1<<voicedMost - 1); bits != 0; bits &= bits - 1 {
		n++
	}
	d.speaks = n >= voicedBegin || d.speaks && n >= voicedGo
	return d.speaks
}

func (d *Detector) steady() bool {
	least, most := d.levels[0], d.levels[0]
	for _, l := range d.levels[1:] {
		least, most = min(least, l), max(most, l)
	}
	return most-least < steadyDB
}

// narrow is the frame at narrowHz.
func (d *Detector) narrow(frame []int16) []float64 {
	out := d.band[:]
	if d.rateHz == narrowHz {
		for i, s := range frame {
			out[i] = float64(s)
		}
		return out
	}
	for i := range out {
		out[i] = (float64(frame[2*i]) + float64(frame[2*i+1])) / 2
	}
	return out
}

// slower shifts the frame into slow.
func (d *Detector) slower(frame []float64) {
	copy(d.slow[:], d.slow[slowFrame:])
	out := d.slow[slowFrame:]
	for i := range out {
		out[i] = float32(frame[2*i] + frame[2*i+1])
	}
}

// pitched reports whether the last two frames repeat themselves as a voice does.
func (d *Detector) pitched() bool {
	x := d.slow[:len(d.slow)-lagMost]
	var own float32
	for _, s := range x {
		own += s * s
	}
	// The energy of the part that is compared moves with the lag: a sample enters, one
	// leaves.
	var other float32
	for _, s := range d.slow[lagLeast : lagLeast+len(x)] {
		other += s * s
	}
	for lag := lagLeast; ; lag++ {
		y := d.slow[lag : lag+len(x)]
		var both float32
		for i, s := range x {
			both += s * y[i]
		}
		if both > 0 && both*both > pitchMin*pitchMin*own*other {
			return true
		}
		if lag == lagMost {
			return false
		}
		other += d.slow[lag+len(x)]*d.slow[lag+len(x)] - d.slow[lag]*d.slow[lag]
	}
}

// tone reports whether a frame is a tone, or two as a key has them. Two sines of the
// angular frequencies v and w obey, sample by sample,
//
//	x[n] + x[n-4] = c (x[n-1] + x[n-3]) - e x[n-2], c = 2(cos v + cos w), e = 2 + 4 cos v cos w,
//
// and one sine likewise with two terms less. What is left of a voice by the best c and
// e is far more than what is left of sines. Below toneLeast that cannot be told, as
// all low sounds are smooth.
func tone(frame []float64) bool { return sine(frame) || sines(frame) }

func sine(frame []float64) bool {
	var own, cross, both float64
	for n := 2; n < len(frame); n++ {
		outer, inner := frame[n]+frame[n-2], frame[n-1]
		own, cross, both = own+inner*inner, cross+outer*inner, both+outer*outer
	}
	if own == 0 {
		return true
	}
	c := cross / own
	left := both - c*cross
	return math.Abs(c) < 2 && hz(c/2) > toneLeastHz && pure(own, 2+c*c, left)
}

func sines(frame []float64) bool {
	// Normal equations of the two unknowns.
	var aa, ab, bb, ay, by, yy float64
	for n := 4; n < len(frame); n++ {
		y, a, b := frame[n]+frame[n-4], frame[n-1]+frame[n-3], frame[n-2]
		aa, ab, bb, ay, by, yy = aa+a*a, ab+a*b, bb+b*b, ay+a*y, by+b*y, yy+y*y
	}
	det := aa*bb - ab*ab
	if det <= 0 {
		return false
	}
	c, e := (ay*bb-by*ab)/det, (by*aa-ay*ab)/det // e with its sign turned
	sum, product := c/2, (-e-2)/4
	root := sum*sum/4 - product
	if root < 0 {
		return false
	}
	v, w := sum/2+math.Sqrt(root), sum/2-math.Sqrt(root)
	return v < 1 && w > -1 && hz(v) > toneLeastHz && pure(bb, 2+2*c*c+e*e, yy-c*ay-e*by)
}

// hz is the frequency of a sine by the cosine of its angle between two samples.
func hz(cos float64) float64 { return math.Acos(cos) * narrowHz / (2 * math.Pi) }

// pure reports whether what is left of a frame is no more than a little noise, which
// goes through the equation with a gain.
func pure(energy, gain, left float64) bool {
	return energy*gain > left*toneRatio
}

// levelDB is how loud a frame is, relative to a full-scale sine.
func levelDB(frame []int16) float64 {
	var sum float64
	for _, s := range frame {
		sum += float64(s) * float64(s)
	}
	const fullScale = 32767 * 32767 / 2
	return max(10*math.Log10(sum/float64(len(frame))/fullScale+1e-12), silentDB)
}
