package journal

import (
	"encoding/hex"
	"encoding/json"
	"slices"

	"strowger/internal/call"
)

// salvage makes of a call that cannot be read what is needed to end it: whom to
// tell, and whose phones to hang up. What does not fit is left out, down to a state
// that only says which call it is.
func salvage(c chain) call.State {
	m := c.head()
	if len(c) > 1 {
		m.Body = c.remains()
	}
	return salvageFrom(m)
}

// remains is a record with as much of the state as can be found in a chain of
// which some records are missing, damaged or of another version.
func (c chain) remains() []byte {
	state := map[string]any{}
	for _, m := range c {
		var found struct{ State, Change json.RawMessage }
		_ = json.Unmarshal(m.Body, &found)
		var whole map[string]any
		if unmarshal(found.State, &whole, true) == nil && whole != nil {
			state = whole
		}
		_ = apply(state, found.Change, true)
	}
	var head struct {
		Call call.ID
		Step uint64
	}
	_ = json.Unmarshal(c.head().Body, &head)
	body, _ := jsonOf(struct { // of what was decoded
		Call  call.ID
		Step  uint64
		State any
	}{head.Call, head.Step, state})
	return body
}

// salvageFrom makes it of a record with the state.
func salvageFrom(m Message) call.State {
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
