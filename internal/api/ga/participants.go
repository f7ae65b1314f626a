package ga

import (
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

// showParticipants answers the whole roster at once; pages (nextLink) come
// when rosters are long enough to need them.
func showParticipants(_ *api.Request, s seat) (api.Response, error) {
	list := ga.ParticipantList{Value: []ga.CallParticipant{}}
	for _, entry := range s.call.Roster() {
		list.Value = append(list.Value, participant(entry))
	}
	return api.Response{Body: list}, nil
}

func showParticipant(r *api.Request, s seat) (api.Response, error) {
	rawID := r.Param("participant")
	for _, entry := range s.call.Roster() {
		if strings.EqualFold(string(entry.Address), rawID) {
			return api.Response{Body: participant(entry)}, nil
		}
	}
	return api.Response{}, &call.Error{Kind: call.NotFound, Reason: "Participant not found."}
}

func participant(e call.RosterEntry) ga.CallParticipant {
	return ga.Participant(string(e.Address), e.Muted, e.OnHold)
}
