package bridge

import (
	"cmp"
	"maps"
	"slices"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// Recorders make recordings of what taps hear. A tick is of the room: what is said
// with it is so from the tick after on.
type Recorders interface {
	// Start begins a recording with the next tick that the tap hears, and owns the
	// tap. What becomes of it is signalled.
	Start(id call.ID, e call.StartRecorder, tap *mixer.Tap)
	// Joined says whose voice a member of the room has.
	Joined(r call.RecordingID, tick uint64, m *mixer.Member, whose call.Address)
	// Left says that the member is not in the room any more.
	Left(r call.RecordingID, tick uint64, m *mixer.Member)
	// Pause leaves out what is heard, or no more.
	Pause(e call.PauseRecorder, tick uint64)
	// Stop ends a recording, or finishes what the process before has left of it.
	Stop(id call.ID, e call.StopRecorder)
}

// How much of a room a recording may be behind: five seconds, read twice a second.
const (
	recordedTicks = 250
	recordedEvery = 25
)

// voice is somebody in the conversation.
type voice struct {
	member  *mixer.Member
	sound   Media
	address call.Address
}

func (c *conversation) startRecorder(e call.StartRecorder) {
	tap := c.room.Tap(mixer.TapConfig{Ticks: recordedTicks, Every: recordedEvery, Voices: e.Spec.Unmixed})
	before := tap.First() - 1
	c.cfg.Recorders.Start(c.id, e, tap)
	c.recording = e.Recording
	for _, leg := range slices.SortedFunc(maps.Keys(c.voices), inOrder) {
		c.tellJoined(before, c.voices[leg])
	}
}

// inOrder puts the legs of a call in the order in which they came to be.
func inOrder(a, b call.LegID) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

func (c *conversation) stopRecorder(e call.StopRecorder) {
	c.cfg.Recorders.Stop(c.id, e)
	if e.Recording == c.recording {
		c.recording = ""
	}
}

// tellJoined tells the recording, if there is one, all streams and all transcripts who is there from a
// tick on. It is one from before the voice came: nothing that it says is left out.
func (c *conversation) tellJoined(tick uint64, v voice) {
	if c.recording != "" {
		c.cfg.Recorders.Joined(c.recording, tick, v.member, v.address)
	}
	for _, s := range c.streams {
		s.Joined(v.member, v.address)
	}
	for _, t := range c.transcripts {
		t.Joined(v.member, v.address)
	}
}

func (c *conversation) tellLeft(v voice) {
	if c.recording != "" {
		c.cfg.Recorders.Left(c.recording, c.room.Ticks(), v.member)
	}
	for _, s := range c.streams {
		s.Left(v.member)
	}
	for _, t := range c.transcripts {
		t.Left(v.member)
	}
}
