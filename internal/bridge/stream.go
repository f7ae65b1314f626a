package bridge

import (
	"maps"
	"slices"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
)

// Streams have applications hear rooms, and speak in them.
type Streams interface {
	// Open opens an application's socket. What becomes of it is signalled.
	Open(id call.ID, e call.OpenStream, room *mixer.Room) Stream
}

// Stream is an application at a room. Its methods wait for nobody.
type Stream interface {
	// Joined says whose voice a member of the room has.
	Joined(m *mixer.Member, whose call.Address)
	// Left says that the member is not in the room any more.
	Left(m *mixer.Member)
	// Pressed tells the application of a key.
	Pressed(key call.Tone)
	// Close ends it: nothing of the application is in the room any more.
	Close()
}

func (c *conversation) openStream(e call.OpenStream) {
	c.closeStream(e.Connection) // it has failed, where there is one
	s := c.cfg.Streams.Open(c.id, e, c.room)
	c.streams[e.Connection] = s
	for _, leg := range slices.SortedFunc(maps.Keys(c.voices), inOrder) {
		s.Joined(c.voices[leg].member, c.voices[leg].address)
	}
}

func (c *conversation) closeStream(id call.ConnectionID) {
	if s := c.streams[id]; s != nil {
		s.Close()
		delete(c.streams, id)
	}
}
