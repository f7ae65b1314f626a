package ga_test

import (
	"encoding/json"
	"testing"

	"strowger/internal/call"
	"strowger/internal/wire/ga"
)

// recordingState is what an answer says about a recording.
func recordingState(t *testing.T, status, want int, body string) ga.RecordingStateResponse {
	t.Helper()
	var shown ga.RecordingStateResponse
	if status != want {
		t.Fatalf("%d %s, want %d", status, body, want)
	}
	if err := json.Unmarshal([]byte(body), &shown); err != nil {
		t.Fatal(err)
	}
	return shown
}

func TestARecordingIsStartedPausedResumedShownAndStopped(t *testing.T) {
	s := stage(t)
	w := connected(s)
	got := s.post(recordPath, w.names.Replace(recording(`,"recordingContentType":"audio","recordingFormatType":"wav","recordingStateCallbackUri":"https://app.example/r"`)))
	started := recordingState(t, got.Status, 200, string(got.Body))
	at := recordPath + "/" + started.RecordingGUID
	state := func() ga.RecordingState {
		t.Helper()
		got := s.get(at)
		return recordingState(t, got.Status, 200, string(got.Body)).RecordingState
	}
	if started.RecordingState != ga.RecordingActive || started.RecordingKind != ga.RecordingKind || state() != ga.RecordingActive {
		t.Errorf("started: %+v", started)
	}
	for _, step := range []struct {
		method, path string
		status       int
		after        ga.RecordingState
	}{
		{"POST", at + ":pause", 202, ga.RecordingInactive},
		{"POST", at + ":pause", 202, ga.RecordingInactive},
		{"POST", at + ":resume", 202, ga.RecordingActive},
	} {
		if got := s.Send(step.method, step.path+"?api-version=2026-03-12", ""); got.Status != step.status || len(got.Body) > 0 || state() != step.after {
			t.Errorf("%s: %d %q, then %s", step.path, got.Status, got.Body, state())
		}
	}
	if got := s.Send("DELETE", at+"?api-version=2026-03-12", ""); got.Status != 204 {
		t.Errorf("stop: %d %s", got.Status, got.Body)
	}
	if got := s.get(at); got.Status != 404 {
		t.Errorf("after the stop: %d %s", got.Status, got.Body)
	}
}

func TestWhatARecordingIsToBeIsSaidInFull(t *testing.T) {
	for body, want := range map[string]call.RecordingSpec{
		`,"recordingFormatType":"WAV"`:                                    {Format: call.WAV},
		`,"recordingContentType":"audio"`:                                 {Format: call.WAV},
		`,"recordingChannelType":"unmixed"`:                               {Format: call.WAV, Unmixed: true},
		`,"recordingChannelType":"unmixed","pauseOnStart":true`:           {Format: call.WAV, Unmixed: true},
		`,"recordingFormatType":"wav","externalStorage":` + containerBody: {Format: call.WAV, Container: "https://store.example/c?sig=1"},
		`,"recordingChannelType":"unmixed","channelAffinity":[{"channel":1,"participant":{"rawId":"` + phone + `"}}],` +
			`"audioChannelParticipantOrdering":[{"rawId":"` + bob + `"},{"rawId":"` + phone + `"},{"rawId":"` + alice + `"}]`: {
			Format: call.WAV, Unmixed: true, Channels: []call.Address{bob, phone, alice},
		},
	} {
		s := stage(t)
		w := connected(s)
		if got := s.post(recordPath, w.names.Replace(recording(body))); got.Status != 200 {
			t.Errorf("%s: %d %s", body, got.Status, got.Body)
			continue
		}
		server, _ := call.ServerCall(w.names.Replace("{server}"))
		state, err := s.Calls.Look(t.Context(), server.Key())
		if err != nil {
			t.Fatal(err)
		}
		got, err1 := json.Marshal(state.Recording.Spec)
		wanted, err2 := json.Marshal(want)
		if err1 != nil || err2 != nil || string(got) != string(wanted) {
			t.Errorf("%s: %s, want %s", body, got, wanted)
		}
	}
}

const containerBody = `{"recordingStorageKind":"azureBlobStorage","recordingDestinationContainerUrl":"https://store.example/c?sig=1"}`
