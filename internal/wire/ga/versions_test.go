package ga

import (
	"slices"
	"strings"
	"testing"
)

// TestEveryEventTypeIsToldToTheVersionsThatHaveIt goes through all 38 published
// types and all versions. The first stable versions are the published ones.
func TestEveryEventTypeIsToldToTheVersionsThatHaveIt(t *testing.T) {
	types := 0
	for since, names := range map[Version]string{
		"2023-03-06": `AddParticipantFailed AddParticipantSucceeded CallConnected CallDisconnected CallTransferAccepted CallTransferFailed
			ParticipantsUpdated PlayCanceled PlayCompleted PlayFailed RecognizeCanceled RecognizeCompleted RecognizeFailed
			RecordingStateChanged RemoveParticipantFailed RemoveParticipantSucceeded`,
		"2023-10-15": `CancelAddParticipantFailed CancelAddParticipantSucceeded ContinuousDtmfRecognitionStopped
			ContinuousDtmfRecognitionToneFailed ContinuousDtmfRecognitionToneReceived SendDtmfTonesCompleted SendDtmfTonesFailed`,
		"2024-09-15": `AnswerFailed ConnectFailed CreateCallFailed HoldFailed PlayStarted`,
		"2025-05-15": `MediaStreamingFailed MediaStreamingStarted MediaStreamingStopped
			TranscriptionFailed TranscriptionStarted TranscriptionStopped TranscriptionUpdated`,
		"2025-06-15": `StartRecordingFailed`,
		"2026-03-12": `MoveParticipantFailed MoveParticipantSucceeded`,
	} {
		for _, name := range strings.Fields(names) {
			types++
			for _, v := range slices.Concat(Stable, Preview) {
				want := since == first || v >= since
				if since == "2025-05-15" && v == "2024-11-15-preview" {
					want = true // its client knows them
				}
				if got := v.Emits(typePrefix + name); got != want {
					t.Errorf("%s emits %s: %v", v, name, got)
				}
			}
		}
	}
	if types != 38 {
		t.Errorf("the table has %d types", types)
	}
}

func TestOnlyPublishedVersionsAreOfThisFamily(t *testing.T) {
	all := Versions()
	for _, v := range slices.Concat(Stable, Preview) {
		if !slices.Contains(all, string(v)) {
			t.Errorf("%s is not one of them", v)
		}
	}
	for _, v := range []string{"", "2026-03-13", "2026-03-12 ", "2021-06-15-preview", "2026-03-12-preview"} {
		if slices.Contains(all, v) {
			t.Errorf("%q is one of them", v)
		}
	}
}
