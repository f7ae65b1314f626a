package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

func (f family) readAnswer(r *api.Request, in ga.AnswerCallRequest) (o api.Order, err error) {
	incoming, err := f.incoming(in.IncomingCallContext)
	if err != nil {
		return o, err
	}
	cmd := call.AnswerCall{
		Repeatable: r.Repeatable, Incoming: incoming.ID,
		App: call.Application{CallbackURI: in.CallbackURI, Version: r.Version}, Context: in.OperationContext,
	}
	if err := f.callback(in.CallbackURI); err != nil {
		return o, err
	}
	if cmd.AnsweredBy, err = user("answeredBy", in.AnsweredBy); err != nil {
		return o, err
	}
	beside := setup{in.CallIntelligenceOptions, in.MediaStreamingOptions, in.TranscriptionOptions}
	if cmd.Stream, cmd.Transcript, err = f.readSetup(beside); err != nil {
		return o, err
	}
	if cmd.Connection, err = api.NewConnectionID(incoming.Call.Key()); err != nil {
		return o, err
	}
	o = incoming.Order(cmd)
	o.Lacking = f.lackingForSetup(in.TranscriptionOptions)
	return o, nil
}

func showAnswered(a call.Answer) api.Response {
	shown := properties(*a.Connection)
	// Recordings of the service show this state until the call connects.
	shown.CallConnectionState = ga.StateUnknown
	return api.Response{Body: shown, Call: a.Connection.Call}
}
