package preview2021

import (
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	wire2021 "strowger/internal/wire/preview2021"
)

// modes are the published audioRoutingModes.
var modes = map[call.AudioMode]wire2021.AudioRoutingMode{call.OneToOne: wire2021.OneToOne, call.Multicast: wire2021.Multicast}

func readCreateAudioGroup(r *api.Request, p place, in wire2021.AudioGroupRequest) (o api.Order, err error) {
	if err := api.OneOf("audioRoutingMode", string(in.AudioRoutingMode), api.Needed, string(wire2021.OneToOne), string(wire2021.Multicast)); err != nil {
		return o, err
	}
	cmd := call.CreateAudioGroup{Repeatable: r.Repeatable, Connection: p.connection, Group: call.AudioGroupID(api.NewGUID(r.Repeatable))}
	for mode, name := range modes {
		if strings.EqualFold(string(name), string(in.AudioRoutingMode)) {
			cmd.Mode = mode
		}
	}
	cmd.Targets, err = members(in.Targets)
	return p.command(cmd), err
}

func showAudioGroupID(a call.Answer) api.Response {
	return api.Response{Body: wire2021.CreateAudioGroupResult{AudioGroupID: string(a.AudioGroup)}}
}

func readUpdateAudioGroup(r *api.Request, p place, in wire2021.UpdateAudioGroupRequest) (api.Order, error) {
	targets, err := members(in.Targets)
	return p.command(call.UpdateAudioGroup{Repeatable: r.Repeatable, Connection: p.connection, Group: groupID(r), Targets: targets}), err
}

func readDeleteAudioGroup(r *api.Request, p place, _ api.NoBody) (api.Order, error) {
	return p.command(call.DeleteAudioGroup{Repeatable: r.Repeatable, Connection: p.connection, Group: groupID(r)}), nil
}

func showAudioGroup(r *api.Request, s api.Seat) (api.Response, error) {
	mode, targets, ok := s.Call.AudioGroup(s.Properties.Connection, groupID(r))
	if !ok {
		return api.Response{}, &call.Error{Kind: call.NotFound, Part: call.PartAudioGroup, Reason: "there is no such audio group."}
	}
	return api.Response{Body: wire2021.AudioGroupResult{AudioRoutingMode: modes[mode], Targets: wire2021.Identifiers(targets)}}, nil
}

// groupID is the one that the path names.
func groupID(r *api.Request) call.AudioGroupID {
	return call.AudioGroupID(strings.ToLower(r.Param("group")))
}

func members(targets []wire.Identifier) ([]call.Address, error) {
	if len(targets) == 0 {
		return nil, wire.Fieldf("targets", "is missing or empty; at least one target is needed")
	}
	return api.Addresses("targets", targets)
}

// readLeaveDefault: outside of the default audio group somebody hears and is heard in
// audio groups alone.
func readLeaveDefault(r *api.Request, p place, in wire2021.DefaultAudioGroupRequest) (api.Order, error) {
	who, err := api.Address("identifier", in.Identifier)
	return p.command(call.LeaveDefaultGroup{Repeatable: r.Repeatable, Connection: p.connection, Participant: who}), err
}

func readJoinDefault(r *api.Request, p place, in wire2021.DefaultAudioGroupRequest) (api.Order, error) {
	who, err := api.Address("identifier", in.Identifier)
	return p.command(call.JoinDefaultGroup{Repeatable: r.Repeatable, Connection: p.connection, Participant: who}), err
}
