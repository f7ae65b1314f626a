package ga_test

import (
	"slices"
	"strings"

	"strowger/internal/api/apitest"
)

func repeated(s string, n int) string { return strings.Repeat(s, n) }

func adding(more string) string { return `{"participantToAdd":{"rawId":"` + alice + `"}` + more + `}` }

const (
	addPath    = "{c}/participants:add"
	removePath = "{c}/participants:remove"
	mutePath   = "{c}/participants:mute"
	cancelPath = "{c}/participants:cancelAddParticipant"
	movePath   = "{c}/participants:moveHere"
)

// moving moves somebody out of the other one of two calls.
func moving(who, more string) string {
	return `{"targetParticipants":[{"rawId":"` + who + `"}],"fromCall":"{there}"` + more + `}`
}

func headers(kind, members string) string {
	return adding(`,"customCallingContext":{"` + kind + `":{` + members + `}}`)
}

var participantFailures = slices.Concat(
	wrongField(connected, "addParticipant", addPath, "participantToAdd.rawId", "is missing", `{}`),
	wrongField(connected, "addParticipant", addPath, "participantToAdd", "cannot be called", `{"participantToAdd":{"rawId":"8:orgid:x"}}`),
	wrongField(connected, "addParticipant", addPath, "sourceCallerIdNumber.value", "E.164", adding(`,"sourceCallerIdNumber":{"value":"x"}`)),
	wrongField(connected, "addParticipant", addPath, "sourceDisplayName", "longer", adding(`,"sourceDisplayName":`+long(256))),
	wrongField(connected, "addParticipant", addPath, "invitationTimeoutInSeconds", "from 0 to 180", adding(`,"invitationTimeoutInSeconds":-1`), adding(`,"invitationTimeoutInSeconds":181`)),
	wrongField(connected, "addParticipant", addPath, "operationCallbackUri", "", adding(`,"operationCallbackUri":"x"`)),
	wrongField(connected, "addParticipant", addPath, "customCallingContext.sipHeaders.Via", "begins with X-", headers("sipHeaders", `"Via":"x"`)),
	wrongField(connected, "addParticipant", addPath, "customCallingContext.sipHeaders", "6 custom", adding(sixHeaders)),
	wrongField(connected, "addParticipant", addPath, "customCallingContext.sipHeaders.X-a", "longer than 256", headers("sipHeaders", `"X-a":`+long(256))),
	wrongField(connected, "addParticipant", addPath, "customCallingContext.voipHeaders.a", "longer than 1024", headers("voipHeaders", `"a":`+long(1024))),
	wrongField(connected, "addParticipant", addPath, "customCallingContext.voipHeaders", "name of a header is empty", headers("voipHeaders", `"":"x"`)),
	wrongField(connected, "addParticipant", addPath, "customCallingContext.teamsPhoneCallDetails.callTopic", "longer than 48",
		adding(`,"customCallingContext":{"teamsPhoneCallDetails":{"callTopic":`+long(48)+`}}`)),
	refusedWith(twoInCall, "addParticipant", addPath, adding(""), 409, "8519", "participantToAdd", "already"),

	wrongField(connected, "removeParticipant", removePath, "participantToRemove.rawId", "is missing", `{}`),
	wrongField(connected, "removeParticipant", removePath, "operationCallbackUri", "", `{"participantToRemove":{"rawId":"`+phone+`"},"operationCallbackUri":"x"}`),
	refusedWith(connected, "removeParticipant", removePath, `{"participantToRemove":{"rawId":"`+bob+`"}}`, 404, "8522", "participantToRemove", "not in the call"),

	wrongField(twoInCall, "mute", mutePath, "targetParticipants", "", `{}`, `{"targetParticipants":[{"rawId":"`+phone+`"}]}`),
	wrongField(twoInCall, "mute", mutePath, "targetParticipants[0].rawId", "is missing", `{"targetParticipants":[{}]}`),
	wrongField(twoInCall, "mute", mutePath, "operationContext", "longer", `{"targetParticipants":[{"rawId":"`+alice+`"}],"operationContext":`+long(4096)+`}`),
	refusedWith(connected, "mute", mutePath, `{"targetParticipants":[{"rawId":"`+bob+`"}]}`, 404, "8522", "targetParticipants", "not in the call"),

	wrongField(twoInCall, "cancelAddParticipant", cancelPath, "invitationId", "is missing", `{}`),
	wrongField(twoInCall, "cancelAddParticipant", cancelPath, "operationCallbackUri", "", `{"invitationId":"{invitation}","operationCallbackUri":"x"}`),
	refusedWith(twoInCall, "cancelAddParticipant", cancelPath, `{"invitationId":"401f3500-fcd6-4c9d-9a9e-8f9a5a7c1e10"}`, 404, "8522", "invitationId", ""),

	wrongField(twoCalls, "moveHere", movePath, "targetParticipants", "is missing", `{"fromCall":"{there}"}`),
	wrongField(twoCalls, "moveHere", movePath, "targetParticipants[0].rawId", "is missing", `{"targetParticipants":[{}],"fromCall":"{there}"}`),
	wrongField(twoCalls, "moveHere", movePath, "targetParticipants", "named twice", `{"targetParticipants":[{"rawId":"`+bob+`"},{"rawId":"`+bob+`"}],"fromCall":"{there}"}`),
	wrongField(twoCalls, "moveHere", movePath, "fromCall", "", `{"targetParticipants":[{"rawId":"`+bob+`"}]}`, `{"targetParticipants":[{"rawId":"`+phone+`"}],"fromCall":"{connection}"}`),
	wrongField(twoCalls, "moveHere", movePath, "operationCallbackUri", "", moving(bob, `,"operationCallbackUri":"x"`)),
	refusedWith(twoCalls, "moveHere", movePath, `{"targetParticipants":[{"rawId":"`+bob+`"}],"fromCall":"x"}`, 404, "8522", "fromCall", "no such call"),
	refusedWith(twoCalls, "moveHere", movePath, moving(alice, ""), 404, "8522", "targetParticipants", "not in the call"),
	refusedWith(bobInBoth, "moveHere", movePath, moving(bob, ""), 409, "8519", "targetParticipants", "already"),
	refusedWith(ringingBesideACall, "moveHere", movePath, moving(bob, ""), 400, "8501", "", "not in Established state"),

	[]failure{{in: connected, op: "listParticipants", status: 400, code: "8523", field: "continuationToken", says: "", send: func(w world) apitest.Answer {
		return w.Send("GET", w.names.Replace("{c}/participants?api-version=2026-03-12&continuationToken=x"), "")
	}}},
	[]failure{{in: connected, op: "getParticipant", method: "GET", path: "{c}/participants/4%3A%2B19", status: 404, code: "8522", says: "Participant not found."}},
)

const recordPath = "/calling/recordings"

func recording(more string) string { return `{"callLocator":{"serverCallId":"{server}"}` + more + `}` }

var recordingFailures = slices.Concat(
	wrongField(connected, "startRecording", recordPath, "callLocator", "", `{}`, `{"callLocator":{}}`),
	wrongField(connected, "startRecording", recordPath, "callLocator.kind", "", `{"callLocator":{"kind":"x"}}`),
	wrongField(connected, "startRecording", recordPath, "callLocator.groupCallId", "", `{"callLocator":{"groupCallId":"x"}}`),
	wrongField(connected, "startRecording", recordPath, "callConnectionId", "exactly one", recording(`,"callConnectionId":"{connection}"`)),
	wrongField(connected, "startRecording", recordPath, "recordingStateCallbackUri", "invalid", recording(`,"recordingStateCallbackUri":"x"`)),
	wrongField(connected, "startRecording", recordPath, "recordingContentType", "audio and audioVideo", recording(`,"recordingContentType":"smell"`)),
	wrongField(connected, "startRecording", recordPath, "recordingChannelType", "", recording(`,"recordingChannelType":"stereo"`),
		recording(`,"recordingContentType":"audioVideo","recordingChannelType":"unmixed"`)),
	wrongField(connected, "startRecording", recordPath, "recordingFormatType", "", recording(`,"recordingFormatType":"ogg"`),
		recording(`,"recordingContentType":"audioVideo","recordingFormatType":"wav"`), recording(`,"recordingContentType":"audio","recordingFormatType":"mp4"`),
		recording(`,"recordingContentType":"audio","recordingChannelType":"unmixed","recordingFormatType":"mp3"`)),
	wrongField(connected, "startRecording", recordPath, "audioChannelParticipantOrdering[0].rawId", "is missing", recording(`,"audioChannelParticipantOrdering":[{}]`)),
	wrongField(connected, "startRecording", recordPath, "audioChannelParticipantOrdering", "5 at most", recording(`,"audioChannelParticipantOrdering":[{}`+repeated(",{}", 5)+`]`)),
	wrongField(connected, "startRecording", recordPath, "channelAffinity[0].channel", "from 0 to 4", recording(`,"channelAffinity":[{"channel":5,"participant":{"rawId":"`+phone+`"}}]`)),
	wrongField(connected, "startRecording", recordPath, "channelAffinity[1].channel", "already",
		recording(`,"channelAffinity":[{"channel":0,"participant":{"rawId":"`+phone+`"}},{"channel":0,"participant":{"rawId":"`+alice+`"}}]`)),
	wrongField(connected, "startRecording", recordPath, "channelAffinity[0].participant.rawId", "is missing", recording(`,"channelAffinity":[{"channel":0}]`)),
	wrongField(connected, "startRecording", recordPath, "pauseOnStart", "true or false", recording(`,"pauseOnStart":1`)),
	wrongField(connected, "startRecording", recordPath, "externalStorage.recordingStorageKind", "", recording(`,"externalStorage":{}`), recording(`,"externalStorage":{"recordingStorageKind":"tape"}`)),
	wrongField(connected, "startRecording", recordPath, "externalStorage.recordingDestinationContainerUrl", "",
		recording(`,"externalStorage":{"recordingStorageKind":"azureBlobStorage"}`),
		recording(`,"externalStorage":{"recordingStorageKind":"azureBlobStorage","recordingDestinationContainerUrl":"b"}`)),
	refusedWith(connected, "startRecording", recordPath, `{"callLocator":{"roomId":"r"}}`, 405, "8520", "callLocator.kind", "no rooms"),
	refusedWith(ended, "startRecording", recordPath, recording(""), 404, "8522", "", "Call not found."),
	refusedWith(ended, "startRecording", recordPath, `{"callConnectionId":"{connection}"}`, 404, "8522", "", "Call not found."),
	refusedWith(ringing, "startRecording", recordPath, recording(""), 400, "8501", "", ""),
	refusedWith(ringing, "startRecording", recordPath, `{"callConnectionId":"{connection}"}`, 400, "8501", "", ""),
	refusedWith(connected, "startRecording", recordPath, `{"callConnectionId":"{connection}","recordingFormatType":"mp3"}`, 405, "8522", "recordingFormatType", "install libmp3lame0"),
	refusedWith(beingRecorded, "startRecording", recordPath, recording(`,"recordingFormatType":"wav"`), 400, "8553", "", "being recorded already"),
	[]failure{
		{in: nothing, op: "getRecording", method: "GET", path: recordPath + "/r", status: 404, code: "8522", says: "Recording not found."},
		{in: nothing, op: "stopRecording", method: "DELETE", path: recordPath + "/r", status: 404, code: "8522", says: "Recording not found."},
		{in: nothing, op: "pauseRecording", method: "POST", path: recordPath + "/r:pause", status: 404, code: "8522", says: "Recording not found."},
		{in: nothing, op: "resumeRecording", method: "POST", path: recordPath + "/r:resume", status: 404, code: "8522", says: "Recording not found."},
	},
)
