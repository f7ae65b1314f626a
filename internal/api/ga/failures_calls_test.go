package ga_test

import "slices"

func creating(more string) string {
	return `{"targets":[{"rawId":"` + alice + `"}],"callbackUri":"https://app.example/cb"` + more + `}`
}

func dialling(targets string) string {
	return `{"callbackUri":"https://app.example/cb","targets":` + targets + `}`
}

var callFailures = slices.Concat(
	wrongField(nothing, "createCall", root, "callbackUri", "", `{"targets":[{"rawId":"`+alice+`"}]}`,
		`{"targets":[{"rawId":"`+alice+`"}],"callbackUri":"http://8.8.8.8/cb"}`),
	wrongField(nothing, "createCall", root, "targets", "", dialling(`[]`), dialling(`[{"rawId":"`+alice+`"},{"rawId":"`+alice+`"}]`)),
	wrongField(nothing, "createCall", root, "targets[0]", "", dialling(`[{"rawId":"8:orgid:x"}]`), dialling(`[{"phoneNumber":{"value":"me"}}]`)),
	wrongField(nothing, "createCall", root, "sourceCallerIdNumber", "a call to a phone number needs it", dialling(`[{"rawId":"`+phone+`"}]`)),
	wrongField(nothing, "createCall", root, "sourceCallerIdNumber.value", "E.164", creating(`,"sourceCallerIdNumber":{"value":"x"}`)),
	wrongField(nothing, "createCall", root, "source.id", "", creating(`,"source":{"id":"4:+1"}`)),
	wrongField(nothing, "createCall", root, "sourceDisplayName", "longer", creating(`,"sourceDisplayName":`+long(256))),
	wrongField(nothing, "createCall", root, "operationContext", "longer", creating(`,"operationContext":`+long(4096))),
	refusedWith(nothing, "createCall", root, creating(`,"teamsAppSource":{"appId":"a"}`), 405, "8520", "teamsAppSource", ""),

	wrongField(connected, "connect", root+":connect", "callbackUri", "", `{"callLocator":{"serverCallId":"{server}"}}`),
	wrongField(connected, "connect", root+":connect", "callLocator", "names no call", connectBody(`{}`)),
	wrongField(connected, "connect", root+":connect", "callLocator.kind", "", connectBody(`{"kind":"meeting"}`)),
	wrongField(connected, "connect", root+":connect", "callLocator.serverCallId", "", connectBody(`{"kind":"serverCallLocator"}`)),
	wrongField(connected, "connect", root+":connect", "callLocator.groupCallId", "", connectBody(`{"groupCallId":"x"}`)),
	refusedWith(connected, "connect", root+":connect", connectBody(`{"roomId":"r"}`), 405, "8520", "callLocator.kind", "no rooms"),
	refusedWith(ended, "connect", root+":connect", connectBody(`{"serverCallId":"{server}"}`), 404, "8522", "", "Call not found."),
	refusedWith(ringing, "connect", root+":connect", connectBody(`{"serverCallId":"{server}"}`), 400, "8501", "", ""),
	refusedWith(fullOfSeats, "connect", root+":connect", connectBody(`{"serverCallId":"{server}"}`), 429, "8516", "", "50 applications"),

	wrongField(connected, "transferToParticipant", transferPath, "targetParticipant.rawId", "is missing", `{}`),
	wrongField(connected, "transferToParticipant", transferPath, "targetParticipant", "E.164", about("4:anonymous", "")),
	wrongField(connected, "transferToParticipant", transferPath, "transferee.rawId", "is missing", about(alice, `,"transferee":{}`)),
	wrongField(twoInCall, "transferToParticipant", transferPath, "transferee", "more than one", about("4:+14255550199", "")),
	wrongField(botAnswered, "transferToParticipant", transferPath, "transferee", "is an application", about(bob, "")),
	wrongField(connected, "transferToParticipant", transferPath, "sourceCallerIdNumber.value", "E.164", about(alice, `,"sourceCallerIdNumber":{"value":"x"}`)),
	wrongField(connected, "transferToParticipant", transferPath, "customCallingContext.sipHeaders", "6 custom", about(alice, sixHeaders)),
	wrongField(connected, "transferToParticipant", transferPath, "operationCallbackUri", "", about(alice, `,"operationCallbackUri":"x"`)),
	refusedWith(connected, "transferToParticipant", transferPath, about(alice, `,"transferee":{"rawId":"`+bob+`"}`), 404, "8522", "transferee", ""),
	refusedWith(twoInCall, "transferToParticipant", transferPath, about(alice, `,"transferee":{"rawId":"`+phone+`"}`), 409, "8519", "targetParticipant", ""),
	refusedWith(transferring, "transferToParticipant", transferPath, about(bob, ""), 409, "8607", "", ""),
)

const (
	transferPath = "{c}:transferToParticipant"
	sixHeaders   = `,"customCallingContext":{"sipHeaders":{"X-a":"1","X-b":"1","X-c":"1","X-d":"1","X-e":"1","X-f":"1"}}`
)

func context(more string) string { return `{"incomingCallContext":"{context}"` + more + `}` }

const (
	callbackTo = `,"callbackUri":"https://app.example/cb"`
	targetBob  = `,"target":{"rawId":"` + bob + `"}`
)

var incomingFailures = slices.Concat(
	wrongField(calling, "answer", root+":answer", "incomingCallContext", "", `{"callbackUri":"https://app.example/cb"}`, `{"incomingCallContext":"x"`+callbackTo+`}`),
	wrongField(calling, "answer", root+":answer", "callbackUri", "", context(""), context(`,"callbackUri":"/cb"`)),
	wrongField(calling, "answer", root+":answer", "answeredBy.id", "", context(callbackTo+`,"answeredBy":{"id":"4:+1"}`)),
	refusedWith(taken, "answer", root+":answer", context(callbackTo), 404, "8522", "", ""),
	wrongField(calling, "redirect", root+":redirect", "incomingCallContext", "", `{"target":{"rawId":"`+bob+`"}}`),
	wrongField(calling, "redirect", root+":redirect", "target.rawId", "is missing", context("")),
	wrongField(calling, "redirect", root+":redirect", "target", "cannot be called", context(`,"target":{"rawId":"28:orgid:x"}`)),
	refusedWith(taken, "redirect", root+":redirect", context(targetBob), 404, "8522", "", ""),
	wrongField(calling, "reject", root+":reject", "incomingCallContext", "", `{}`),
	wrongField(calling, "reject", root+":reject", "callRejectReason", "", context(`,"callRejectReason":"tired"`)),
	refusedWith(taken, "reject", root+":reject", context(""), 404, "8522", "", ""),
)

const (
	streaming     = `"transportType":"websocket","audioChannelType":"mixed"`
	transcription = `"transportType":"websocket","locale":"en-US"`
	klingon       = `"transportType":"websocket","locale":"tlh-XX"`
)

// setupFailures are those of what createCall, answer and connect may ask for
// beside the call.
var setupFailures = slices.Concat(
	setupFailuresOf("createCall", nothing, nothing, root, creating),
	setupFailuresOf("answer", calling, taken, root+":answer", func(more string) string { return context(callbackTo + more) }),
	setupFailuresOf("connect", connected, ended, root+":connect", func(more string) string {
		return `{"callbackUri":"https://app.example/cb","callLocator":{"serverCallId":"{server}"}` + more + `}`
	}),
)

func setupFailuresOf(op string, in, gone func(scene) world, path string, body func(string) string) []failure {
	streams := func(more string) string { return body(`,"mediaStreamingOptions":{` + more + `}`) }
	words := func(more string) string { return body(`,"transcriptionOptions":{` + more + `}`) }
	const media, text = "mediaStreamingOptions.", "transcriptionOptions."
	all := slices.Concat(
		wrongField(in, op, path, "callIntelligenceOptions.cognitiveServicesEndpoint", "https", body(`,"callIntelligenceOptions":{"cognitiveServicesEndpoint":"http://x"}`)),
		wrongField(in, op, path, media+"transportType", "", streams(`"audioChannelType":"mixed"`), streams(`"transportType":"pigeon","audioChannelType":"mixed"`)),
		wrongField(in, op, path, media+"audioChannelType", "", streams(`"transportType":"websocket"`), streams(`"transportType":"websocket","audioChannelType":"x"`)),
		wrongField(in, op, path, media+"contentType", "is not audio", streams(streaming+`,"contentType":"video"`)),
		wrongField(in, op, path, media+"audioFormat", "pcm16KMono and pcm24KMono", streams(streaming+`,"audioFormat":"pcm8KMono"`)),
		wrongField(in, op, path, media+"transportUrl", "", streams(streaming+`,"startMediaStreaming":true`), streams(streaming+`,"transportUrl":"https://w.example/"`),
			streams(streaming+`,"transportUrl":"ws://8.8.8.8/"`), streams(streaming+`,"transportUrl":"wss://10.0.0.1/"`)),
		wrongField(in, op, path, media+"enableDtmfTones", "true or false", streams(streaming+`,"enableDtmfTones":1`)),
		wrongField(in, op, path, text+"transportType", "", words(`"locale":"en-US"`), words(`"transportType":"post","locale":"en-US"`)),
		wrongField(in, op, path, text+"locale", "", words(`"transportType":"websocket"`), words(`"transportType":"websocket","locale":"en"`)),
		wrongField(in, op, path, text+"locales[0]", "region", words(`"transportType":"websocket","locales":["x"]`)),
		wrongField(in, op, path, text+"transportUrl", "", words(transcription+`,"startTranscription":true`), words(transcription+`,"transportUrl":"w"`)),
		wrongField(in, op, path, text+"piiRedactionOptions.redactionType", "maskWithCharacter", words(transcription+`,"piiRedactionOptions":{"redactionType":"x"}`)),
		wrongField(in, op, path, text+"summarizationOptions.locale", "region", words(transcription+`,"summarizationOptions":{"locale":"x"}`)),
		wrongField(in, op, path, "enableLoopbackAudio", "true or false", body(`,"enableLoopbackAudio":"yes"`)),
		refusedWith(in, op, path, words(klingon), 405, "8522", text+"locale", "no speech recognition of this server knows tlh-XX"),
		refusedWith(in, op, path, words(`"transportType":"websocket","locales":["tlh-XX"]`), 405, "8522", text+"locales[0]", "no speech recognition of this server knows tlh-XX"),
		refusedWith(in, op, path, words(`"transportType":"websocket","locales":["en-US","de-DE"]`), 405, "8520", text+"locales[1]", "name one"),
		refusedWith(in, op, path, words(transcription+`,"piiRedactionOptions":{"enable":true}`), 405, "8520", text+"piiRedactionOptions.enable", "cannot be hidden"),
		refusedWith(in, op, path, words(transcription+`,"summarizationOptions":{"enableEndCallSummary":true}`), 405, "8520", text+"summarizationOptions.enableEndCallSummary", "not summarized"),
		refusedWith(in, op, path, words(transcription+`,"enableSentimentAnalysis":true`), 405, "8520", text+"enableSentimentAnalysis", "not found out"),
	)
	if op != "createCall" {
		// What is wrong with the call comes before what the server lacks.
		all = append(all, refusedWith(gone, op, path, words(klingon), 404, "8522", "", "")...)
	}
	return all
}
