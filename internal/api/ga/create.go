package ga

import (
	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func (f family) readCreate(r *api.Request, in ga.CreateCallRequest) (o api.Order, err error) {
	cmd := call.CreateCall{
		Repeatable: r.Repeatable, App: call.Application{CallbackURI: in.CallbackURI, Version: r.Version},
		Context: in.OperationContext, SourceName: in.SourceDisplayName,
	}
	if err := f.callback(in.CallbackURI); err != nil {
		return o, err
	}
	if cmd.Source, err = user("source", in.Source); err != nil {
		return o, err
	}
	if cmd.CallerID, err = api.ShownNumber("sourceCallerIdNumber", in.SourceCallerIDNumber); err != nil {
		return o, err
	}
	if cmd.Targets, err = readTargets(in.Targets, cmd.CallerID); err != nil {
		return o, err
	}
	beside := setup{in.CallIntelligenceOptions, in.MediaStreamingOptions, in.TranscriptionOptions}
	if cmd.Stream, cmd.Transcript, err = f.readSetup(beside); err != nil {
		return o, err
	}
	if in.TeamsAppSource != nil {
		return o, notBuilt("teamsAppSource", "calls on behalf of a Teams application are not possible from this server")
	}
	if cmd.Detect, err = detectsMachine(r); err != nil {
		return o, err
	}
	if cmd.Call, cmd.Connection, err = api.NewCall(r.Repeatable); err != nil {
		return o, err
	}
	return api.Order{Key: cmd.Call.Key(), Call: cmd.Call, Command: cmd, Lacking: f.lackingForSetup(in.TranscriptionOptions)}, nil
}

func showCreated(a call.Answer) api.Response {
	shown := properties(*a.Connection)
	// Recordings of the service have no serverCallId before the call connects.
	shown.ServerCallID = ""
	return api.Response{Body: shown, Call: a.Connection.Call}
}

func readTargets(targets []wire.Identifier, callerID call.Address) ([]call.Address, error) {
	if len(targets) == 0 {
		return nil, wire.Fieldf("targets", "is missing or empty; at least one target is needed")
	}
	read := make([]call.Address, len(targets))
	for i, target := range targets {
		a, err := api.Dialable(api.Indexed("targets", i), target)
		if err != nil {
			return nil, err
		}
		if err := needsCallerID(a, callerID); err != nil {
			return nil, err
		}
		read[i] = a
	}
	return read, nil
}

// needsCallerID: a telephone has to be shown a number that calls it.
func needsCallerID(target, callerID call.Address) error {
	if target.IsPhone() && callerID == "" {
		return wire.Fieldf("sourceCallerIdNumber", "is missing; a call to a phone number needs it: one of the numbers of a trunk, as +14255550100")
	}
	return nil
}
