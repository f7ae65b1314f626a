package preview2021

import "strowger/internal/wire"

// DefaultAudioGroupRequest is POST
// /calling/callConnections/{id}/participants:removeFromDefaultAudioGroup and
// :addToDefaultAudioGroup, answered 200 and empty.
type DefaultAudioGroupRequest struct {
	Identifier wire.Identifier `json:"identifier"`
}

// AudioRoutingMode is to how many an audio group goes.
type AudioRoutingMode string

// The published modes.
const (
	OneToOne  AudioRoutingMode = "oneToOne"
	Multicast AudioRoutingMode = "multicast"
)

// AudioGroupRequest is POST /calling/callConnections/{id}/:createAudioGroup,
// answered 201 with CreateAudioGroupResult.
type AudioGroupRequest struct {
	AudioRoutingMode AudioRoutingMode  `json:"audioRoutingMode" max:"64"`
	Targets          []wire.Identifier `json:"targets" max:"350"`
}

// CreateAudioGroupResult names the group in paths.
type CreateAudioGroupResult struct {
	AudioGroupID string `json:"audioGroupId"`
}

// UpdateAudioGroupRequest is PATCH
// /calling/callConnections/{id}/audioGroups/{audioGroupId}, answered 200 and empty.
type UpdateAudioGroupRequest struct {
	Targets []wire.Identifier `json:"targets" max:"350"`
}

// AudioGroupResult answers GET
// /calling/callConnections/{id}/audioGroups/{audioGroupId}. The targets are there
// when they are empty.
type AudioGroupResult struct {
	AudioRoutingMode AudioRoutingMode  `json:"audioRoutingMode"`
	Targets          []wire.Identifier `json:"targets"`
}
