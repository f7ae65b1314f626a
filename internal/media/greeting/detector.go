package greeting

import (
	"strowger/internal/media"
	"strowger/internal/media/vad"
)

// rateHz is the rate of the frames that are listened to.
const rateHz = media.Narrowband

// Answerer is who has answered.
type Answerer string

const (
	Human   Answerer = "human"
	Machine Answerer = "machine" // or an announcement of the network: nobody listens
	Fax     Answerer = "fax"
	Unknown Answerer = "unknown" // nothing was said, or nothing like speech
)

// Verdict is who has answered, as far as can be heard.
type Verdict struct {
	Answerer   Answerer
	Confidence float64 // that it is so: 0 to 1
}

// Ending is how a machine's greeting came to its end.
type Ending string

const (
	Beep    Ending = "beep"    // it was heard, and is over
	Silence Ending = "silence" // there was no beep for a while after the last word
	Limit   Ending = "limit"   // it went on for too long
)

// News is what a frame has brought.
type News int

const (
	Nothing News = iota
	Judged       // the verdict is known
	Ended        // the machine's greeting has ended
)

// In frames of 20 ms.
const (
	verdictMost  = 190  // from the answer to the verdict
	greetingMost = 3000 // from the verdict to the end of the greeting
	silenceLeast = 125  // after the last word, where there is no beep: a beep comes within 2 s of it
	beepLeast    = 6    // of a beep, whose first and last frame are not pure: 150 ms
	beepMost     = 150  // what goes on for longer is no beep
	beepQuiet    = 8    // after a beep: what goes on at once is music, or another beep
	faxLeast     = 18   // of the called station's tone; V.25 turns its phase every 450 ms
	callingLeast = 20   // of the calling station's tone
	callingMost  = 30
)

// Detector hears who has answered one call. It belongs to one goroutine.
type Detector struct {
	voice        *vad.Detector
	level        level
	pitch        pitch
	announcement announcement
	said         utterance
	frames       int
	quiet        int  // frames since the last tone and the last word
	beep         tone // the last tone that may have been one
	faxed        bool
	network      bool // the tones before an announcement were heard

	verdict Verdict
	judged  int // frames since the verdict; 0: there is none
	ending  Ending
}

// NewDetector makes a detector for a call that is answered now.
func NewDetector() *Detector { return &Detector{voice: vad.New(rateHz)} }

// Verdict is who has answered, once a Write has given Judged.
func (d *Detector) Verdict() Verdict { return d.verdict }

// Ending is how the greeting ended, once a Write has given Ended.
func (d *Detector) Ending() Ending { return d.ending }

// Write takes the next frame, of 160 samples; nil is silence. After the last news there is
// none.
func (d *Detector) Write(frame []int16) News {
	if d.over() {
		return Nothing
	}
	d.hear(frame)
	if d.judged == 0 {
		return d.judge()
	}
	d.judged++
	return d.await()
}

func (d *Detector) over() bool {
	return d.ending != "" || d.judged > 0 && d.verdict.Answerer != Machine
}

// hear takes what is to be known of a frame.
func (d *Detector) hear(frame []int16) {
	d.frames++
	d.pitch.write(frame)
	d.network = d.announcement.write(&d.pitch) || d.network
	sound := d.level.sounds(frame) && d.pitch.now.frames < beepLeast
	word := d.said.write(sound, d.voice.Write(frame).Voice)
	d.faxed = d.faxed || d.pitch.now.near(calledHz, 20) && d.pitch.now.frames >= faxLeast
	d.listenForBeep(word || d.pitch.now.frames > 0)
}

// listenForBeep keeps the tone that ended last as long as nothing follows it.
func (d *Detector) listenForBeep(sounds bool) {
	t := d.pitch.ended
	switch {
	case t.frames >= beepLeast && t.frames <= beepMost && t.hz < calledHz-100 && !d.announcement.goesOn():
		d.beep, d.quiet = t, 0
	case sounds:
		d.beep, d.quiet = tone{}, 0
	default:
		d.quiet++
	}
}

// beeped reports whether there was a beep, and nothing since.
func (d *Detector) beeped() bool { return d.beep.frames > 0 && d.quiet >= beepQuiet }

// await waits for the end of the greeting.
func (d *Detector) await() News {
	switch {
	case d.beeped():
		d.ending = Beep
	case d.quiet >= silenceLeast:
		d.ending = Silence
	case d.judged > greetingMost:
		d.ending = Limit
	default:
		return Nothing
	}
	return Ended
}
