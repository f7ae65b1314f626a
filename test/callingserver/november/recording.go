package november

import (
	"context"
	"net/http"

	cs "strowger/test/callingserver"
)

const recordings = "/calling/recordings"

func recording(id, below string) string { return recordings + "/" + cs.Segment(id) + below }

// RecordingState is "active" or "inactive".
func (c Client) RecordingState(ctx context.Context, id string) (string, error) {
	var properties struct {
		State string `json:"recordingState"`
	}
	err := c.Do(ctx, cs.Request{Method: http.MethodGet, Path: recording(id, ""), Status: http.StatusOK, Result: &properties})
	return properties.State, err
}

// PauseRecording leaves out what is said from now on.
func (c Client) PauseRecording(ctx context.Context, id string) error {
	return c.post(ctx, recording(id, "/:pause"), nil, http.StatusOK)
}

// ResumeRecording ends a pause.
func (c Client) ResumeRecording(ctx context.Context, id string) error {
	return c.post(ctx, recording(id, "/:resume"), nil, http.StatusOK)
}

// StopRecording ends a recording.
func (c Client) StopRecording(ctx context.Context, id string) error {
	return c.Do(ctx, cs.Request{Method: http.MethodDelete, Path: recording(id, ""), Status: http.StatusOK})
}
