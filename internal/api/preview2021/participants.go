package preview2021

import (
	"context"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	wire2021 "strowger/internal/wire/preview2021"
)

func showParticipants(_ *api.Request, s api.Seat) (api.Response, error) {
	return participants(s.Call), nil
}

// listParticipants shows who is in a call by its name.
func listParticipants(ctx context.Context, r *api.Request, in wire2021.GetAllParticipantsRequest) (api.Response, error) {
	state, err := lookAt(ctx, r, in.CallLocator)
	if err != nil {
		return api.Response{}, err
	}
	return participants(state), nil
}

// getParticipant shows a participant of the connection's call.
func getParticipant(ctx context.Context, r *api.Request, in wire2021.GetParticipantRequest) (api.Response, error) {
	return api.Look(func(_ *api.Request, s api.Seat) (api.Response, error) { return participantOf(s.Call, in) })(ctx, r)
}

// getParticipantOf shows a participant of a call by its name.
func getParticipantOf(ctx context.Context, r *api.Request, in wire2021.GetParticipantRequest) (api.Response, error) {
	state, err := lookAt(ctx, r, in.CallLocator)
	if err != nil {
		return api.Response{}, err
	}
	return participantOf(state, in)
}

// lookAt is the established call that a locator names.
func lookAt(ctx context.Context, r *api.Request, l *wire2021.CallLocator) (call.State, error) {
	p, err := byLocator(r, l)
	if err != nil {
		return call.State{}, err
	}
	state, err := p.look(ctx, r)
	if err == nil {
		err = state.Takes("")
	}
	return state, err
}

func participants(s call.State) api.Response {
	list := wire2021.CallParticipants{}
	for _, e := range s.WholeRoster() {
		list = append(list, participant(e))
	}
	return api.Response{Body: list, Call: s.ID}
}

func participantOf(s call.State, in wire2021.GetParticipantRequest) (api.Response, error) {
	who, err := api.Address("identifier", in.Identifier)
	if err != nil {
		return api.Response{}, err
	}
	for _, e := range s.WholeRoster() {
		if strings.EqualFold(string(e.Address), string(who)) {
			return api.Response{Body: participant(e), Call: s.ID}, nil
		}
	}
	return api.Response{}, &call.Error{Kind: call.NotFound, Part: call.PartParticipant, Reason: string(who) + " is not in the call."}
}

func participant(e call.RosterEntry) wire2021.CallParticipant {
	return wire2021.Participant(string(e.Address), e.ParticipantID(), e.Muted)
}
