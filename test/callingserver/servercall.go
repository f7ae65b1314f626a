package callingserver

import (
	"context"
	"net/http"
)

// ServerCall is a call that need have no application in it.
type ServerCall struct {
	ID     string
	client *Client
}

// ServerCall is a call that is known by its serverCallId or the GUID of its group.
func (c *Client) ServerCall(id string) ServerCall { return ServerCall{ID: id, client: c} }

func (s ServerCall) path(below string) string {
	return "/calling/serverCalls/" + Segment(s.ID) + below
}

// AddParticipant invites somebody; the answer is their participantId.
func (s ServerCall) AddParticipant(ctx context.Context, who Identifier, options InviteOptions) (string, error) {
	return s.client.invite(ctx, s.path("/participants"), who, options)
}

// RemoveParticipant sends somebody away.
func (s ServerCall) RemoveParticipant(ctx context.Context, participantID string) error {
	return s.client.remove(ctx, s.path("/participants/"+Segment(participantID)))
}

// PlayAudio plays a file to everybody.
func (s ServerCall) PlayAudio(ctx context.Context, options PlayOptions) (o Operation, err error) {
	err = s.client.Do(ctx, Request{Method: http.MethodPost, Path: s.path("/:playAudio"), Body: options, Status: http.StatusAccepted, Result: &o})
	return o, err
}

// StartRecording records the call; the answer is the recordingId.
func (s ServerCall) StartRecording(ctx context.Context, options RecordingOptions) (string, error) {
	var made struct {
		ID string `json:"recordingId"`
	}
	err := s.client.Do(ctx, Request{Method: http.MethodPost, Path: s.path("/recordings"), Body: options, Status: http.StatusOK, Result: &made})
	return made.ID, err
}

func (s ServerCall) recording(id, below string) string {
	return s.path("/recordings/" + Segment(id) + below)
}

// RecordingState is "active" or "inactive".
func (s ServerCall) RecordingState(ctx context.Context, recordingID string) (string, error) {
	var properties struct {
		State string `json:"recordingState"`
	}
	err := s.client.Do(ctx, Request{Method: http.MethodGet, Path: s.recording(recordingID, ""), Status: http.StatusOK, Result: &properties})
	return properties.State, err
}

// PauseRecording leaves out what is said from now on.
func (s ServerCall) PauseRecording(ctx context.Context, recordingID string) error {
	return s.client.Do(ctx, Request{Method: http.MethodPost, Path: s.recording(recordingID, "/:pause"), Status: http.StatusOK})
}

// ResumeRecording ends a pause.
func (s ServerCall) ResumeRecording(ctx context.Context, recordingID string) error {
	return s.client.Do(ctx, Request{Method: http.MethodPost, Path: s.recording(recordingID, "/:resume"), Status: http.StatusOK})
}

// StopRecording ends a recording.
func (s ServerCall) StopRecording(ctx context.Context, recordingID string) error {
	return s.client.Do(ctx, Request{Method: http.MethodDelete, Path: s.recording(recordingID, ""), Status: http.StatusOK})
}
