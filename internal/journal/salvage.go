package journal

import (
	"encoding/hex"
	"encoding/json"
	"slices"

	"strowger/internal/call"
)

// salvage makes of a record that cannot be read what is needed to end its call:
// whom to tell, and whose phones to hang up. What does not fit is left out, down
// to a state that only says which call it is.
func salvage(m Message) call.State {
	var found struct {
		Call  call.ID
		Step  uint64
		State struct {
			StartedBy    call.Address
			Published    bool
			Grew         bool
			Connections  []call.Connection
			Participants []call.Participant
		}
	}
	// Unmarshal fills in all that fits, also when something does not: the error
	// has been reported by whoever tried to read the whole record.
	_ = json.Unmarshal(m.Body, &found)
	s := call.State{
		ID: found.Call, Step: found.Step, Phase: call.Established,
		StartedBy: found.State.StartedBy, Published: found.State.Published, Grew: found.State.Grew,
		Connections: slices.DeleteFunc(found.State.Connections, func(c call.Connection) bool { return c.ID.Key() != m.Key }),
	}
	if s.ID.Key() != m.Key {
		s.ID = idOf(m.Key)
	}
	if s.Step == 0 {
		s.Step = m.Sequence // no call has taken more steps than there are records
	}
	if m.Ended {
		s.Phase = call.Ended
	}
	for _, p := range found.State.Participants {
		if p.Leg.Call() == s.ID {
			s.Participants = append(s.Participants, call.Participant{
				Leg: p.Leg, Address: p.Address, Name: p.Name, State: p.State, Seat: p.Seat, Dialog: p.Dialog,
				From: p.From, FromName: p.FromName,
			})
		}
	}
	return s
}

// idOf is an identifier for a call of which only the key is known.
func idOf(key call.Key) call.ID {
	var seed [16]byte
	_, _ = hex.Decode(seed[:8], []byte(key)) // a key that is none gives another one
	return call.NewID(seed)
}
