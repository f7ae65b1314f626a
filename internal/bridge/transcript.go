package bridge

import (
	"maps"
	"slices"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// Transcripts have applications read what is said in rooms.
type Transcripts interface {
	// Open opens an application's socket. What becomes of it is signalled.
	Open(id call.ID, e call.OpenTranscript, room *mixer.Room) Transcript
}

// Transcript is an application that reads what is said in a room. Its methods wait for
// nobody.
type Transcript interface {
	// Joined says whose voice a member of the room has.
	Joined(m *mixer.Member, whose call.Address)
	// Left says that the member is not in the room any more.
	Left(m *mixer.Member)
	// Switch changes the language of what is said from now on.
	Switch(e call.SwitchTranscript)
	// Close ends it: what is said from now on is not written down.
	Close()
}

func (c *conversation) openTranscript(e call.OpenTranscript) {
	c.closeTranscript(e.Connection) // it has failed, where there is one
	t := c.cfg.Transcripts.Open(c.id, e, c.room)
	c.transcripts[e.Connection] = t
	for _, leg := range slices.SortedFunc(maps.Keys(c.voices), inOrder) {
		t.Joined(c.voices[leg].member, c.voices[leg].address)
	}
}

func (c *conversation) switchTranscript(e call.SwitchTranscript) {
	if t := c.transcripts[e.Connection]; t != nil {
		t.Switch(e)
	}
}

func (c *conversation) closeTranscript(id call.ConnectionID) {
	if t := c.transcripts[id]; t != nil {
		t.Close()
		delete(c.transcripts, id)
	}
}
