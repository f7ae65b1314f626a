package preview2021

import (
	"strowger/internal/api"
	"strowger/internal/call"
	wire2021 "strowger/internal/wire/preview2021"
)

// showCall has no callLocator before the call connects: it is how an application
// learns the name of a call.
func showCall(_ *api.Request, s api.Seat) (api.Response, error) {
	p := s.Properties
	shown := wire2021.CallConnectionProperties{
		CallConnectionID: string(p.Connection), CallConnectionState: wire2021.ConnectionState(p.State), Subject: p.Subject, CallbackURI: p.CallbackURI,
		AlternateCallerID: wire2021.Identifier(string(p.CallerID)).PhoneNumber, Targets: wire2021.Identifiers(p.Targets),
		RequestedMediaTypes: mediaTypes(p.MediaTypes), RequestedCallEvents: heard(p.Hears),
	}
	if p.Source != "" {
		source := wire2021.Identifier(string(p.Source))
		shown.Source = &source
	}
	if p.State != call.Connecting {
		shown.CallLocator = wire2021.ServerCallLocator(p.Call.ServerCallID())
	}
	return api.Response{Body: shown}, nil
}

// heard is what an application asked to be told of.
func heard(h call.Hears) (events []wire2021.EventSubscriptionType) {
	if !h.NoRoster {
		events = append(events, wire2021.SubscribeParticipants)
	}
	if h.Tones {
		events = append(events, wire2021.SubscribeTones)
	}
	return events
}

// keepAlive says no more than that the connection is there.
func keepAlive(*api.Request, api.Seat) (api.Response, error) { return api.Response{}, nil }

func mediaTypes(names []string) (types []wire2021.MediaType) {
	for _, name := range names {
		types = append(types, wire2021.MediaType(name))
	}
	return types
}
