package players

import (
	"math/rand/v2"
	"testing"
)

// noise is a sound that resembles itself nowhere else: random steps, smoothed so
// that it lies where speech does.
func noise(seed uint64, samples int) []int16 {
	random := rand.New(rand.NewPCG(seed, 0))
	sound := make([]int16, samples)
	var slow, slower float64
	for i := range sound {
		slow += 0.5 * (random.NormFloat64() - slow)
		slower += 0.5 * (slow - slower)
		sound[i] = int16(max(-30000, min(30000, 8000*slower)))
	}
	return sound
}

// channel takes one of those that lie side by side.
func channel(samples []int16, number, of int) []int16 {
	var one []int16
	for i := number; i < len(samples); i += of {
		one = append(one, samples[i])
	}
	return one
}

// interleave lays channels side by side.
func interleave(channels ...[]int16) []int16 {
	var samples []int16
	for i := range channels[0] {
		for _, c := range channels {
			samples = append(samples, c[i])
		}
	}
	return samples
}

// lag is by how many samples a piece of sound comes later in got than at a place,
// and how well it fits there, from 0 to 1.
func lag(got, piece []int16, at, most int) (late int, fit float64) {
	var energy float64
	for _, s := range piece {
		energy += float64(s) * float64(s)
	}
	for shift := -most; shift <= most; shift++ {
		if at+shift < 0 || at+shift+len(piece) > len(got) {
			continue
		}
		var product, own float64
		for i, s := range piece {
			g := float64(got[at+shift+i])
			product += float64(s) * g
			own += g * g
		}
		if own > 0 && product > 0 && product*product/own/energy > fit {
			late, fit = shift, product*product/own/energy
		}
	}
	return late, fit
}

// expectAt fails unless a piece is in got, as it sounds through a codec, at its
// place to the sample.
func expectAt(t *testing.T, got, piece []int16, at int) {
	t.Helper()
	if late, fit := lag(got, piece, at, 3000); late != 0 || fit < 0.8 {
		t.Errorf("what belongs at %d of %d samples comes %d later and fits by %.3f", at, len(got), late, fit)
	}
}
