package preview2021

// typePrefix leads the type of every event.
const typePrefix = "Microsoft.Communication."

// subjects say what an event of a type is about. That of a state is published; the
// others are made after it.
var subjects = map[string]string{
	TypeCallConnectionStateChanged: "callState",
	TypeDTMFReceived:               "dtmf",
	TypeToneReceived:               "dtmf",
	TypePlayAudioResult:            "playAudio",
	TypeAddParticipantResult:       "addParticipantResult",
	TypeTransferCallResult:         "transferCallResult",
	TypeParticipantsUpdated:        "participantsUpdated",
	TypeCallRecordingStateChanged:  "recordingState",
}

// Subject is the source and subject of an event: below its connection or, when it
// has none, its call.
func Subject(callConnectionID, serverCallID, eventType string) string {
	if callConnectionID != "" {
		return "calling/callConnections/" + callConnectionID + "/" + subjects[eventType]
	}
	return "calling/serverCalls/" + serverCallID + "/" + subjects[eventType]
}
