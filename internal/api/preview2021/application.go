package preview2021

import (
	"slices"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	wire2021 "strowger/internal/wire/preview2021"
)

// toldAt is application where there has to be a callback URI.
func (f family) toldAt(r *api.Request, callbackURI string, media []wire2021.MediaType, events []wire2021.EventSubscriptionType) (call.Application, error) {
	if callbackURI == "" {
		return call.Application{}, wire.Fieldf("callbackUri", "is missing")
	}
	return f.application(r, callbackURI, media, events)
}

// application reads what an application says about itself when it takes a seat: where
// it is told, and of what. It is told of the state of its connection always, of the
// roster and of tones only when it asks.
func (f family) application(r *api.Request, callbackURI string, media []wire2021.MediaType, events []wire2021.EventSubscriptionType) (app call.Application, err error) {
	if callbackURI != "" && f.CheckHTTP(callbackURI) != nil {
		return app, badCallback("callbackUri")
	}
	if err := eachOneOf("requestedMediaTypes", media, wire2021.MediaAudio, wire2021.MediaVideo); err != nil {
		return app, err
	}
	if err := eachOneOf("requestedCallEvents", events, wire2021.SubscribeParticipants, f.tones); err != nil {
		return app, err
	}
	return call.Application{CallbackURI: callbackURI, Version: r.Version, Hears: call.Hears{
		States: true, Seats: true, Tones: asksFor(events, f.tones), NoRoster: !asksFor(events, wire2021.SubscribeParticipants),
	}}, nil
}

// eachOneOf holds names to a published list, in any case of letters.
func eachOneOf[Name ~string](field string, given []Name, known ...Name) error {
	for i, name := range given {
		if err := api.OneOf(api.Indexed(field, i), string(name), api.Needed, texts(known)...); err != nil {
			return err
		}
	}
	return nil
}

func asksFor(events []wire2021.EventSubscriptionType, one wire2021.EventSubscriptionType) bool {
	return slices.ContainsFunc(events, func(e wire2021.EventSubscriptionType) bool { return strings.EqualFold(string(e), string(one)) })
}

func texts[Name ~string](names []Name) (all []string) {
	for _, name := range names {
		all = append(all, string(name))
	}
	return all
}

// source reads the identity of the application itself.
func source(id wire.Identifier) (call.Address, error) {
	a, err := api.Address("source", id)
	if err == nil && !a.IsUser() {
		err = wire.Fieldf("source", "is not a communication user")
	}
	return a, err
}
