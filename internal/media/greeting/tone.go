package greeting

import (
	"math"

	"strowger/internal/media/dtmf"
)

// The band in which single tones are looked for, in Hz: the beeps of machines, the tones of a
// fax and those before an announcement. Lower are voices.
const (
	lowestHz  = 400
	highestHz = 2200
	gridHz    = 50 // one filter of a frame's length covers this much
)

const (
	pureShare  = 0.85    // of a frame's energy in a single tone: noise 10 dB below it is tolerated
	quietPower = 80 * 80 // the mean square below which nothing is a tone: -52 dBFS
	driftHz    = 25      // between frames of one tone, at most
)

// single is the frequency of a frame that is a single tone.
func single(frame []int16) (hz float64, ok bool) {
	var energy float64
	for _, s := range frame {
		energy += float64(s) * float64(s)
	}
	if energy < quietPower*float64(len(frame)) {
		return 0, false
	}
	hz = refine(frame, loudest(frame))
	in := hz >= lowestHz && hz <= highestHz
	return hz, in && dtmf.Power(frame, hz, rateHz) >= pureShare*energy
}

// grid has 2·cos of each frequency that a frame is searched for, four at a time: one
// filter alone would have the processor wait for each sample's result.
var grid = func() (g [10][4]float64) {
	for i := range g {
		for j := range g[i] {
			g[i][j] = 2 * math.Cos(2*math.Pi*gridAt(i, j)/rateHz)
		}
	}
	return g
}()

func gridAt(i, j int) float64 { return lowestHz - gridHz + gridHz*float64(4*i+j) }

// loudest is the frequency of the grid that holds most of a frame's energy, by Goertzel's
// algorithm.
func loudest(frame []int16) (hz float64) {
	most := 0.0
	for i, k := range grid {
		var a, b [4]float64
		for _, s := range frame {
			x := float64(s)
			a[0], b[0] = x+k[0]*a[0]-b[0], a[0]
			a[1], b[1] = x+k[1]*a[1]-b[1], a[1]
			a[2], b[2] = x+k[2]*a[2]-b[2], a[2]
			a[3], b[3] = x+k[3]*a[3]-b[3], a[3]
		}
		for j := range k {
			if power := a[j]*a[j] + b[j]*b[j] - k[j]*a[j]*b[j]; power > most {
				most, hz = power, gridAt(i, j)
			}
		}
	}
	return hz
}

// refine finds the peak near a point of the grid: a parabola through the amplitudes at
// and beside it.
func refine(frame []int16, hz float64) float64 {
	const step = gridHz / 2
	amplitude := func(hz float64) float64 { return math.Sqrt(dtmf.Power(frame, hz, rateHz)) }
	below, at, above := amplitude(hz-step), amplitude(hz), amplitude(hz+step)
	if bend := below - 2*at + above; bend < 0 {
		return hz + step*max(-1, min(1, (below-above)/(2*bend)))
	}
	return hz
}

// tone is a single tone that goes on, or has gone on.
type tone struct {
	hz     float64
	frames int
}

// pitch follows single tones.
type pitch struct {
	now   tone // that goes on; of no frames: none
	ended tone // that ended with this frame, else of no frames
}

// write takes the next frame; nil is silence.
func (p *pitch) write(frame []int16) {
	p.ended = tone{}
	hz, ok := 0.0, false
	if frame != nil {
		hz, ok = single(frame)
	}
	if p.now.frames > 0 && (!ok || math.Abs(hz-p.now.hz) > driftHz) {
		p.ended, p.now = p.now, tone{}
	}
	if ok {
		p.now.hz += (hz - p.now.hz) / float64(p.now.frames+1)
		p.now.frames++
	}
}

// near reports whether the tone has a frequency, within a tolerance.
func (t tone) near(hz, within float64) bool { return math.Abs(t.hz-hz) <= within }

// The tones of telephones.
const (
	calledHz  = 2100 // ITU-T T.30 4.2.1 and V.25: the called station's, for 2.6 to 4 s
	callingHz = 1100 // ITU-T T.30 4.2.2: the calling station's, for half a second
)

// announcement follows the three rising tones that come before an announcement of the
// network (ITU-T E.180: 950, 1400 and 1800 Hz, each of 330 ± 70 ms, one after the other).
type announcement struct {
	heard int // of the three
	pause int // frames since the last of them
}

var announced = [...]float64{950, 1400, 1800}

// write takes what pitch made of a frame, and reports whether the third has been heard.
func (a *announcement) write(p *pitch) bool {
	a.pause++
	if t := p.ended; t.frames >= announcedLeast && t.frames <= announcedMost {
		switch {
		case a.pause-t.frames <= announcedGap && a.heard < len(announced) && t.near(announced[a.heard], 60):
			a.heard++
		case t.near(announced[0], 60):
			a.heard = 1
		default:
			a.heard = 0
		}
		a.pause = 0
	}
	return a.heard == len(announced)
}

// goesOn reports whether the tone that has just ended was the second or the third of them.
func (a *announcement) goesOn() bool { return a.heard > 1 && a.pause == 0 }

// In frames.
const (
	announcedLeast = 10 // of one of the tones: the frames at its ends are not pure
	announcedMost  = 20
	announcedGap   = 5 // between two of them
)
