package ga

import "slices"

// Version is an api-version.
type Version string

// Latest is the newest stable version.
const Latest Version = "2026-03-12"

// Stable are the versions that are generally available, oldest first.
var Stable = []Version{
	"2023-03-06", "2023-10-15", "2024-04-15", "2024-09-15", "2025-05-15", "2025-06-15", Latest,
}

// Preview are the published previews. They are accepted and behave as the
// stable version before them, plus what later became stable of them.
var Preview = []Version{
	"2022-04-07-preview", "2023-01-15-preview", "2023-06-15-preview", "2023-10-03-preview",
	"2024-01-22-preview", "2024-06-15-preview", "2024-09-01-preview", "2024-11-15-preview",
	"2025-08-15-preview",
}

// Versions are all versions of this family.
func Versions() []string {
	var all []string
	for _, v := range slices.Concat(Stable, Preview) {
		all = append(all, string(v))
	}
	return all
}

// date is the part that orders versions; they compare as text.
func (v Version) date() Version {
	if len(v) > len(Latest) {
		return v[:len(Latest)]
	}
	return v
}

// AtLeast reports whether v has what became stable in since.
func (v Version) AtLeast(since Version) bool { return v.date() >= since.date() }

// SpeechPreview is the preview whose additions to recognition did not become stable.
const SpeechPreview Version = "2025-08-15-preview"

// first is the version that the family begins with.
const first = Version("2023-03-06")

// introduced names the version from which on an event type exists, for types
// younger than the family. Streamed audio and words came with a preview, which is
// known to have their events.
var introduced = map[string]Version{
	TypePlayStarted:      "2024-09-15",
	TypeCreateCallFailed: "2024-09-15",
	TypeAnswerFailed:     "2024-09-15",
	TypeConnectFailed:    "2024-09-15",
	TypeHoldFailed:       "2024-09-15",

	TypeCancelAddParticipantSucceeded: "2023-10-15",
	TypeCancelAddParticipantFailed:    "2023-10-15",
	TypeSendDTMFTonesCompleted:        "2023-10-15",
	TypeSendDTMFTonesFailed:           "2023-10-15",
	TypeContinuousDTMFToneReceived:    "2023-10-15",
	TypeContinuousDTMFToneFailed:      "2023-10-15",
	TypeContinuousDTMFStopped:         "2023-10-15",

	TypeMediaStreamingStarted: "2024-11-15-preview",
	TypeMediaStreamingStopped: "2024-11-15-preview",
	TypeMediaStreamingFailed:  "2024-11-15-preview",
	TypeTranscriptionStarted:  "2024-11-15-preview",
	TypeTranscriptionStopped:  "2024-11-15-preview",
	TypeTranscriptionUpdated:  "2024-11-15-preview",
	TypeTranscriptionFailed:   "2024-11-15-preview",
	TypeStartRecordingFailed:  "2025-06-15",

	TypeMoveParticipantSucceeded: "2026-03-12",
	TypeMoveParticipantFailed:    "2026-03-12",
}

// EventIntroduced is the first version with events of eventType: a stable one or,
// where that had them before, a preview.
func EventIntroduced(eventType string) Version {
	if since, ok := introduced[eventType]; ok {
		return since
	}
	return first
}

// Emits reports whether a connection made with version v may be sent events of
// eventType. Official clients throw on a type that they do not know, so a type
// that is too young must not be sent.
func (v Version) Emits(eventType string) bool {
	since := EventIntroduced(eventType)
	return since == first || v.AtLeast(since)
}
