package ga

import (
	"net/url"
	"strconv"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// pageMost is how many participants one answer lists.
const pageMost = 100

// continuation is the parameter by which a nextLink says where it goes on.
const continuation = "continuationToken"

// showParticipants answers a page of the roster. Clients follow its nextLink as it
// is, until there is none.
func showParticipants(r *api.Request, s api.Seat) (api.Response, error) {
	after, err := pageToken(r.Query(continuation))
	if err != nil {
		return api.Response{}, err
	}
	page, more := s.Call.RosterPage(after, pageMost)
	list := ga.ParticipantList{Value: []ga.CallParticipant{}}
	for _, entry := range page {
		list.Value = append(list.Value, participant(entry))
	}
	if more > 0 {
		list.NextLink = r.Link(connections+"/"+string(s.Properties.Connection)+"/participants", url.Values{
			"api-version": {r.Version}, continuation: {strconv.Itoa(more)},
		})
	}
	return api.Response{Body: list}, nil
}

// pageToken is the leg after which a page begins.
func pageToken(given string) (after int, err error) {
	if given == "" {
		return 0, nil
	}
	after, err = strconv.Atoi(given)
	if err != nil || after < 1 {
		return 0, wire.Fieldf(continuation, "%.64q is not one that this server has given", given)
	}
	return after, nil
}

func showParticipant(r *api.Request, s api.Seat) (api.Response, error) {
	rawID := r.Param("participant")
	for _, entry := range s.Call.Roster() {
		if strings.EqualFold(string(entry.Address), rawID) {
			return api.Response{Body: participant(entry)}, nil
		}
	}
	return api.Response{}, &call.Error{Kind: call.NotFound, Reason: "Participant not found."}
}

func participant(e call.RosterEntry) ga.CallParticipant {
	return ga.Participant(string(e.Address), e.Muted, e.OnHold)
}
