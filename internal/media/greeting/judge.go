package greeting

// judge says who has answered as soon as that can be said.
func (d *Detector) judge() News {
	v, ok := d.tones()
	if !ok {
		v, ok = d.speech()
	}
	if !ok {
		return Nothing
	}
	d.verdict, d.judged = v, 1
	return Judged
}

// tones: no person makes them.
func (d *Detector) tones() (Verdict, bool) {
	switch {
	case d.faxed:
		return Verdict{Fax, 0.95}, true
	case d.calling():
		return Verdict{Fax, 0.8}, true
	case d.network:
		return Verdict{Machine, 0.95}, true
	case d.beeped() && d.said.begun():
		return Verdict{Machine, 0.95}, true
	case d.beeped():
		return Verdict{Machine, 0.7}, true
	}
	return Verdict{}, false
}

// calling reports whether a fax has called us while we called it: the first sound is
// its tone, of half a second.
func (d *Detector) calling() bool {
	return d.beeped() && !d.said.begun() && d.beep.near(callingHz, 45) && d.beep.frames >= callingLeast && d.beep.frames <= callingMost
}

// speech judges by what was said and for how long there has been silence since. What is
// not decided by the last frame was either still being said, or has just ended: the first
// is a machine, and the surer the longer it has gone on; of the second the longer half of
// the pauses are people's.
func (d *Detector) speech() (Verdict, bool) {
	last := d.frames >= verdictMost
	waited := float64(d.said.pause) / float64(patience(d.said.span))
	switch {
	case !d.said.begun():
		return Verdict{Unknown, 0}, last
	case waited >= 1:
		return Verdict{Human, 0.9}, true
	case waited >= 0.6:
		return Verdict{Human, 0.6}, last
	case waited >= 0.3:
		return Verdict{Machine, 0.5}, last
	}
	return Verdict{Machine, max(0.5, min(float64(d.said.span)/verdictMost, 0.9))}, last
}

// patience is the silence after which whoever has spoken for so long is waiting for an
// answer: 0.7 s and a quarter of what was said. Those who greet with a sentence pause for
// longer within it than those who say hello; and a machine that begins with "Hi!" goes on
// before the time is up.
func patience(span int) int { return 35 + span/4 }
