package ga

import (
	"context"
	"net/http"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

// listParticipants answers the whole roster at once; pages (nextLink) come
// when rosters are long enough to need them.
func (f family) listParticipants(ctx context.Context, r *api.Request) (api.Response, error) {
	state, p, err := seat(ctx, r)
	if err != nil {
		return api.Response{}, err
	}
	list := ga.ParticipantList{Value: []ga.CallParticipant{}}
	for _, entry := range state.Roster() {
		list.Value = append(list.Value, participant(entry))
	}
	return api.Response{Status: http.StatusOK, Body: list, Call: p.Call}, nil
}

func (f family) getParticipant(ctx context.Context, r *api.Request) (api.Response, error) {
	state, p, err := seat(ctx, r)
	if err != nil {
		return api.Response{}, err
	}
	rawID := r.Param("rawId")
	for _, entry := range state.Roster() {
		if strings.EqualFold(string(entry.Address), rawID) {
			return api.Response{Status: http.StatusOK, Body: participant(entry), Call: p.Call}, nil
		}
	}
	return api.Response{}, &call.Error{Kind: call.NotFound, Reason: "Participant not found."}
}
