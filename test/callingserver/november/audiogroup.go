package november

import (
	"context"
	"net/http"

	cs "strowger/test/callingserver"
)

// RoutingMode is how many an audio group reaches.
type RoutingMode string

// The modes of audio groups.
const (
	OneToOne  RoutingMode = "oneToOne"
	Multicast RoutingMode = "multicast"
)

// AudioGroup is who hears whom beside the default group.
type AudioGroup struct {
	Mode    RoutingMode     `json:"audioRoutingMode"`
	Targets []cs.Identifier `json:"targets"`
}

// CreateAudioGroup makes one; the answer is its audioGroupId.
func (c Connection) CreateAudioGroup(ctx context.Context, group AudioGroup) (string, error) {
	var made struct {
		ID string `json:"audioGroupId"`
	}
	err := c.client.Do(ctx, cs.Request{Method: http.MethodPost, Path: c.path("/:createAudioGroup"), Body: group, Status: http.StatusCreated, Result: &made})
	return made.ID, err
}

func (c Connection) audioGroup(id string) string { return c.path("/audioGroups/" + cs.Segment(id)) }

// AudioGroup reads one.
func (c Connection) AudioGroup(ctx context.Context, id string) (g AudioGroup, err error) {
	err = c.client.Do(ctx, cs.Request{Method: http.MethodGet, Path: c.audioGroup(id), Status: http.StatusOK, Result: &g})
	return g, err
}

// UpdateAudioGroup says anew who is in one.
func (c Connection) UpdateAudioGroup(ctx context.Context, id string, targets []cs.Identifier) error {
	return c.client.Do(ctx, cs.Request{Method: http.MethodPatch, Path: c.audioGroup(id), Status: http.StatusOK, Body: struct {
		Targets []cs.Identifier `json:"targets"`
	}{targets}})
}

// DeleteAudioGroup ends one.
func (c Connection) DeleteAudioGroup(ctx context.Context, id string) error {
	return c.client.Do(ctx, cs.Request{Method: http.MethodDelete, Path: c.audioGroup(id), Status: http.StatusOK})
}
