package bridge

import (
	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// Recorders make recordings of what taps hear.
type Recorders interface {
	// Start begins a recording, from the next tick that the tap hears, and owns the
	// tap. It never blocks. What becomes of it is signalled.
	Start(id call.ID, e call.StartRecorder, tap *mixer.Tap)
	// Voice says whose voice a member's is, or is no more.
	Voice(recording call.RecordingID, v Voice)
	// Pause leaves out what is heard after a tick, or no more.
	Pause(e call.PauseRecorder, tick uint64)
	// Stop ends a recording, or finishes what the process before has left of it.
	Stop(id call.ID, e call.StopRecorder)
}

// Voice is whose voice somebody in the room has, after a tick.
type Voice struct {
	Tick    uint64
	Member  *mixer.Member
	Leg     call.LegID
	Address call.Address
	Left    bool // and nobody's any more
}

// How much of a room a recording may be behind: five seconds, read twice a second.
const (
	recordedTicks = 250
	recordedEvery = 25
)

// voice is somebody in the conversation.
type voice struct {
	member  *mixer.Member
	address call.Address
}

func (c *conversation) startRecorder(e call.StartRecorder) {
	tap := c.room.Tap(mixer.TapConfig{Ticks: recordedTicks, Every: recordedEvery, Voices: e.Spec.Unmixed})
	c.cfg.Recorders.Start(c.id, e, tap)
	c.recording = e.Recording
	for leg, v := range c.voices {
		c.tellVoice(leg, v, false)
	}
}

func (c *conversation) stopRecorder(e call.StopRecorder) {
	c.cfg.Recorders.Stop(c.id, e)
	if e.Recording == c.recording {
		c.recording = ""
	}
}

// tellVoice tells the recording, if there is one, who is there.
func (c *conversation) tellVoice(leg call.LegID, v voice, left bool) {
	if c.recording != "" {
		c.cfg.Recorders.Voice(c.recording, Voice{Tick: c.room.Ticks(), Member: v.member, Leg: leg, Address: v.address, Left: left})
	}
}
