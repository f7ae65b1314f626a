package ga

import (
	"context"
	"net/http"

	"strowger/internal/access"
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func (f family) answer(ctx context.Context, r *api.Request) (api.Response, error) {
	var in ga.AnswerCallRequest
	if err := r.Decode(&in); err != nil {
		return api.Response{}, err
	}
	cmd, key, err := f.readAnswer(in)
	if err != nil {
		return api.Response{}, err
	}
	cmd.Repeatable, cmd.App.Version = r.Repeat, r.Version
	answer, err := r.Do(ctx, key, cmd)
	if err != nil {
		return api.Response{}, err
	}
	shown := properties(*answer.Connection)
	// Recordings of the service show this state until the call connects.
	shown.CallConnectionState = ga.StateUnknown
	return api.Response{Status: http.StatusOK, Body: shown, Call: answer.Connection.Call}, nil
}

func (f family) readAnswer(in ga.AnswerCallRequest) (cmd call.AnswerCall, key call.Key, err error) {
	offer, err := f.offer(in.IncomingCallContext)
	if err != nil {
		return cmd, "", err
	}
	key = call.ID(offer.CallID).Key()
	cmd = call.AnswerCall{
		Incoming: call.IncomingID(offer.OfferID), App: call.Application{CallbackURI: in.CallbackURI}, Context: in.OperationContext,
	}
	if err := f.callback(in.CallbackURI); err != nil {
		return cmd, key, err
	}
	if err := checkContext(in.OperationContext); err != nil {
		return cmd, key, err
	}
	if cmd.AnsweredBy, err = user("answeredBy", in.AnsweredBy); err != nil {
		return cmd, key, err
	}
	if err := checkMedia(in.MediaStreamingOptions, in.TranscriptionOptions); err != nil {
		return cmd, key, err
	}
	cmd.Connection, err = newConnectionID(key)
	return cmd, key, err
}

// offer opens an incomingCallContext. Whether the offer is still open is the
// call's to say.
func (f family) offer(incomingCallContext string) (access.Offer, error) {
	if incomingCallContext == "" {
		return access.Offer{}, wire.Fieldf("incomingCallContext", "is missing")
	}
	offer, err := f.Offers.Open(incomingCallContext)
	if err != nil {
		return access.Offer{}, wire.Fieldf("incomingCallContext", "is %v", err)
	}
	return offer, nil
}
