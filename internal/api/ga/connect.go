package ga

import (
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func (f family) readConnect(r *api.Request, in ga.ConnectCallRequest) (o api.Order, err error) {
	cmd := call.ConnectCall{
		Repeatable: r.Repeatable, App: call.Application{CallbackURI: in.CallbackURI, Version: r.Version}, Context: in.OperationContext,
	}
	if err := f.callback(in.CallbackURI); err != nil {
		return o, err
	}
	if o, err = located(in.CallLocator); err != nil {
		return o, api.Within("callLocator", err)
	}
	beside := setup{in.CallIntelligenceOptions, in.MediaStreamingOptions, in.TranscriptionOptions}
	if cmd.Stream, cmd.Transcript, err = f.readSetup(beside); err != nil {
		return o, err
	}
	cmd.Call = o.Call
	cmd.Connection, err = api.NewConnectionID(o.Key)
	o.Command, o.Lacking = cmd, f.lackingForSetup(in.TranscriptionOptions)
	return o, err
}

func showConnecting(a call.Answer) api.Response {
	return api.Response{Body: properties(*a.Connection), Call: a.Connection.Call}
}

// located is the call that a locator names: its key and, where that says it, its
// ID. A locator without a kind is of the kind that it has a member for.
func located(l ga.CallLocator) (o api.Order, err error) {
	kind := l.Kind
	if kind == "" {
		kind = kindOf(l)
	}
	switch {
	case strings.EqualFold(string(kind), string(ga.LocatorServer)):
		return api.ByServerCall("serverCallId", l.ServerCallID)
	case strings.EqualFold(string(kind), string(ga.LocatorGroup)):
		return api.ByGroup("groupCallId", l.GroupCallID)
	case strings.EqualFold(string(kind), string(ga.LocatorRoom)):
		return o, notBuilt("kind", "there are no rooms on this server")
	case kind == "":
		return o, wire.Fieldf("", "is missing or names no call")
	}
	return o, wire.Fieldf("kind", "%.64q is not one of %s, %s and %s", kind, ga.LocatorServer, ga.LocatorGroup, ga.LocatorRoom)
}

func kindOf(l ga.CallLocator) ga.LocatorKind {
	switch {
	case l.ServerCallID != "":
		return ga.LocatorServer
	case l.GroupCallID != "":
		return ga.LocatorGroup
	case l.RoomID != "":
		return ga.LocatorRoom
	}
	return ""
}
