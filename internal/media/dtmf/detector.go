package dtmf

import "math"

// The tones of ITU-T Q.23: a digit is one row and one column.
var (
	rows    = [4]float64{697, 770, 852, 941}
	columns = [4]float64{1209, 1336, 1477, 1633}
	keys    = [4]string{"123A", "456B", "789C", "*0#D"}
)

// Tones are the two frequencies of a digit, in Hz.
func (d Digit) Tones() (row, column float64) {
	for r, line := range keys {
		for c := range len(line) {
			if line[c] == byte(d) {
				return rows[r], columns[c]
			}
		}
	}
	return 0, 0
}

// Detector hears digits in sound, by Goertzel filters over blocks of 20 ms. It
// proves tones in tests and in the lab, where lines are clean; it makes no
// promise about speech that resembles a digit.
type Detector struct {
	rateHz float64
	block  []int16
	filled int
	last   Digit // heard in the last block
	steady int   // blocks in a row
}

// NewDetector makes a detector for sound at a rate.
func NewDetector(sampleRateHz int) *Detector {
	return &Detector{rateHz: float64(sampleRateHz), block: make([]int16, sampleRateHz/50)}
}

// Write hears samples and returns the digits that became certain, which is
// after two blocks alike. A digit held is heard once.
func (d *Detector) Write(samples []int16) (heard []Digit) {
	for len(samples) > 0 {
		n := copy(d.block[d.filled:], samples)
		samples = samples[n:]
		d.filled += n
		if d.filled < len(d.block) {
			break
		}
		d.filled = 0
		if digit, certain := d.step(); certain {
			heard = append(heard, digit)
		}
	}
	return heard
}

func (d *Detector) step() (Digit, bool) {
	now := d.classify()
	if now != d.last {
		d.last, d.steady = now, 0
	}
	d.steady++
	return now, now != 0 && d.steady == 2
}

// classify is the digit in one block, or 0.
func (d *Detector) classify() Digit {
	var total float64
	for _, s := range d.block {
		total += float64(s) * float64(s)
	}
	r, rowPower := d.strongest(rows)
	c, columnPower := d.strongest(columns)
	quiet := total/float64(len(d.block)) < 100*100
	// Two tones hold nearly all the energy, neither 10 times the other.
	pure := rowPower+columnPower > 0.8*total
	twisted := rowPower > 10*columnPower || columnPower > 10*rowPower
	if quiet || !pure || twisted {
		return 0
	}
	return Digit(keys[r][c])
}

func (d *Detector) strongest(tones [4]float64) (index int, power float64) {
	for i, hz := range tones {
		if p := Power(d.block, hz, d.rateHz); p > power {
			index, power = i, p
		}
	}
	return index, power
}

// Power is how much of the samples' energy (the sum of their squares) lies at
// one frequency, by Goertzel's algorithm.
func Power(samples []int16, hz, rateHz float64) float64 {
	k := 2 * math.Cos(2*math.Pi*hz/rateHz)
	var s1, s2 float64
	for _, x := range samples {
		s1, s2 = float64(x)+k*s1-s2, s1
	}
	return (s1*s1 + s2*s2 - k*s1*s2) * 2 / float64(len(samples))
}
