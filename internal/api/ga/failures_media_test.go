package ga_test

import "slices"

const (
	fileSource = `{"kind":"file","file":{"uri":"https://f.example/1.wav"}}`
	textSource = `{"kind":"text","text":{"text":"hi","voiceName":"v"}}`
	ssmlSource = `{"kind":"ssml","ssml":{"ssmlText":"<speak version=\"1.0\"><p>hi</p></speak>"}}`
)

func ssml(document string) string {
	return source(`{"kind":"ssml","ssml":{"ssmlText":"` + document + `"}}`)
}

func recognizing(kind, more string) string {
	return `{"recognizeInputType":"` + kind + `","recognizeOptions":{"targetParticipant":{"rawId":"` + phone + `"}` + more + `}}`
}

// inKlingon is what no engine of these tests understands.
const inKlingon = `,"speechLanguage":"tlh-XX"`

func choices(list string) string { return recognizing("choices", `,"choices":[`+list+`]`) }

func prompted(prompt string) string {
	return `{"recognizeInputType":"dtmf","playPrompt":` + prompt + `,"recognizeOptions":{"targetParticipant":{"rawId":"` + phone + `"}}}`
}

const (
	playPath      = "{c}:play"
	recognizePath = "{c}:recognize"
	sendPath      = "{c}:sendDtmfTones"
	inRecognize   = "recognizeOptions."
)

var mediaFailures = slices.Concat(
	wrongField(connected, "play", playPath, "playSources", "missing or empty", `{}`, source(``)),
	wrongField(connected, "play", playPath, "playSources[0].kind", "", source(`{}`), source(`{"kind":"film"}`)),
	wrongField(connected, "play", playPath, "playSources[0].file.uri", "", source(`{"kind":"file"}`), source(`{"kind":"file","file":{"uri":"beep.wav"}}`)),
	wrongField(connected, "play", playPath, "playTo[0].rawId", "is missing", play(`,"playTo":[{}]`)),
	wrongField(connected, "play", playPath, "playOptions.loop", "true or false", play(`,"playOptions":{"loop":"yes"}`)),
	wrongField(connected, "play", playPath, "operationCallbackUri", "", play(`,"operationCallbackUri":"x"`)),
	wrongField(connected, "play", playPath, "operationContext", "longer", play(`,"operationContext":`+long(4096))),
	wrongField(botAnswered, "play", playPath, "playTo", "is an application", play(`,"playTo":[{"rawId":"`+alice+`"}]`)),
	refusedWith(connected, "play", playPath, play(`,"playTo":[{"rawId":"`+bob+`"}]`), 404, "8522", "playTo", "not in the call"),
	refusedWith(promptToOne, "play", playPath, play(`,"playTo":[{"rawId":"`+alice+`"}]`), 412, "8583", "", ""),
	refusedWith(fullQueue, "play", playPath, play(""), 429, "8516", "", "64 media operations"),

	wrongField(connected, "recognize", recognizePath, "recognizeInputType", "", `{}`, recognizing("smell", "")),
	wrongField(connected, "recognize", recognizePath, "recognizeOptions", "is missing", `{"recognizeInputType":"dtmf"}`),
	wrongField(connected, "recognize", recognizePath, inRecognize+"targetParticipant.rawId", "is missing", `{"recognizeInputType":"dtmf","recognizeOptions":{}}`),
	wrongField(botAnswered, "recognize", recognizePath, inRecognize+"targetParticipant", "is an application",
		`{"recognizeInputType":"dtmf","recognizeOptions":{"targetParticipant":{"rawId":"`+alice+`"}}}`),
	wrongField(connected, "recognize", recognizePath, inRecognize+"initialSilenceTimeoutInSeconds", "from 0 to 300",
		recognizing("dtmf", `,"initialSilenceTimeoutInSeconds":-1`), recognizing("dtmf", `,"initialSilenceTimeoutInSeconds":301`)),
	wrongField(connected, "recognize", recognizePath, inRecognize+"interruptPrompt", "true or false", recognizing("dtmf", `,"interruptPrompt":1`)),
	wrongField(connected, "recognize", recognizePath, inRecognize+"dtmfOptions.interToneTimeoutInSeconds", "from 1 to 60",
		recognizing("dtmf", `,"dtmfOptions":{"interToneTimeoutInSeconds":0}`), recognizing("dtmf", `,"dtmfOptions":{"interToneTimeoutInSeconds":61}`)),
	wrongField(connected, "recognize", recognizePath, inRecognize+"dtmfOptions.maxTonesToCollect", "from 1 to 256",
		recognizing("dtmf", `,"dtmfOptions":{"maxTonesToCollect":0}`), recognizing("dtmf", `,"dtmfOptions":{"maxTonesToCollect":257}`)),
	wrongField(connected, "recognize", recognizePath, inRecognize+"dtmfOptions.stopTones[0]", "not the name of a tone", recognizing("dtmf", `,"dtmfOptions":{"stopTones":["star"]}`)),
	wrongField(connected, "recognize", recognizePath, "playPrompt.file.uri", "is missing", prompted(`{"kind":"file"}`)),
	wrongField(connected, "recognize", recognizePath, "playPrompts[0].kind", "is missing", `{"recognizeInputType":"dtmf","playPrompts":[{}],"recognizeOptions":{"targetParticipant":{"rawId":"`+phone+`"}}}`),
	wrongField(connected, "recognize", recognizePath, "operationCallbackUri", "", `{"recognizeInputType":"dtmf","operationCallbackUri":"x","recognizeOptions":{"targetParticipant":{"rawId":"`+phone+`"}}}`),
	wrongField(connected, "recognize", recognizePath, inRecognize+"choices", "missing or empty", recognizing("choices", "")),
	wrongField(connected, "recognize", recognizePath, inRecognize+"choices[0].label", "is missing", choices(`{"phrases":["a"],"tone":"one"}`)),
	wrongField(connected, "recognize", recognizePath, inRecognize+"choices[0].phrases", "", choices(`{"label":"a","tone":"one"}`), choices(`{"label":"a","phrases":[]}`), choices(`{"label":"a","phrases":[""]}`)),
	wrongField(connected, "recognize", recognizePath, inRecognize+"choices[1].tone", "", choices(`{"label":"a","phrases":["a"],"tone":"one"},{"label":"b","phrases":["b"]}`),
		choices(`{"label":"a","phrases":["a"],"tone":"one"},{"label":"b","phrases":["b"],"tone":"one"}`), choices(`{"label":"a","phrases":["a"],"tone":"one"},{"label":"b","phrases":["b"],"tone":"x"}`)),
	refusedWith(connected, "recognize", recognizePath, `{"recognizeInputType":"dtmf","recognizeOptions":{"targetParticipant":{"rawId":"`+bob+`"}}}`, 404, "8522", inRecognize+"targetParticipant", ""),
	refusedWith(promptToOne, "recognize", recognizePath, recognizing("dtmf", ""), 412, "8583", "", ""),
	refusedWith(fullQueue, "recognize", recognizePath, recognizing("dtmf", ""), 429, "8516", "", ""),

	wrongField(connected, "sendDtmfTones", sendPath, "tones", "", about(phone, ""), about(phone, `,"tones":["one"`+repeated(`,"one"`, 18)+`]`)),
	wrongField(connected, "sendDtmfTones", sendPath, "tones[0]", "not the name of a tone", about(phone, `,"tones":["ten"]`)),
	wrongField(connected, "sendDtmfTones", sendPath, "targetParticipant.rawId", "is missing", `{"tones":["one"]}`),
	wrongField(connected, "sendDtmfTones", sendPath, "operationCallbackUri", "", about(phone, `,"tones":["one"],"operationCallbackUri":"x"`)),
	wrongField(botAnswered, "sendDtmfTones", sendPath, "targetParticipant", "", about(alice, `,"tones":["one"]`)),
	refusedWith(connected, "sendDtmfTones", sendPath, about(bob, `,"tones":["one"]`), 404, "8522", "targetParticipant", ""),
	refusedWith(promptToOne, "sendDtmfTones", sendPath, about(phone, `,"tones":["one"]`), 412, "8583", "", ""),
	refusedWith(fullQueue, "sendDtmfTones", sendPath, about(phone, `,"tones":["one"]`), 429, "8516", "", ""),

	aboutSomebody("startContinuousDtmfRecognition"), aboutSomebody("stopContinuousDtmfRecognition"), aboutSomebody("hold"), aboutSomebody("unhold"),
	refusedWith(promptToOne, "startContinuousDtmfRecognition", "{c}:startContinuousDtmfRecognition", about(phone, ""), 412, "8583", "", ""),
	refusedWith(connected, "stopContinuousDtmfRecognition", "{c}:stopContinuousDtmfRecognition", about(phone, ""), 404, "8522", "", "No continuous"),
	wrongField(connected, "hold", "{c}:hold", "playSourceInfo.kind", "is missing", about(phone, `,"playSourceInfo":{}`)),
	wrongField(connected, "hold", "{c}:hold", "playSourceInfo.file.uri", "is missing", about(phone, `,"playSourceInfo":{"kind":"file"}`)),
	refusedWith(heldOne, "hold", "{c}:hold", about(phone, ""), 409, "8519", "targetParticipant", "on hold already"),

	withCallback("startMediaStreaming", `{}`), withCallback("stopMediaStreaming", `{}`), withCallback("startTranscription", `{}`),
	refusedWith(connected, "startMediaStreaming", "{c}:startMediaStreaming", `{}`, 405, "8522", "", "not set up"),
	refusedWith(connected, "stopMediaStreaming", "{c}:stopMediaStreaming", `{}`, 405, "8522", "", "not set up"),
	refusedWith(streamed, "startMediaStreaming", "{c}:startMediaStreaming", `{}`, 409, "8519", "", "streamed already"),
	refusedWith(streamable, "stopMediaStreaming", "{c}:stopMediaStreaming", `{}`, 409, "8519", "", "not being streamed"),
	withCallback("stopTranscription", `{}`), withCallback("updateTranscription", `{"locale":"en-US"}`),
	analysed("startTranscription"), analysed("updateTranscription"),
	refusedWith(transcribable, "startTranscription", "{c}:startTranscription", `{"locale":"tlh-XX"}`, 405, "8522", "locale", "no speech recognition of this server knows tlh-XX"),
	refusedWith(transcribable, "startTranscription", "{c}:startTranscription", `{"locales":["en-US","de-DE"]}`, 405, "8520", "locales[1]", "name one"),
	refusedWith(transcribed, "startTranscription", "{c}:startTranscription", `{}`, 409, "8519", "", "transcribed already"),
	refusedWith(transcribed, "updateTranscription", "{c}:updateTranscription", `{"locale":"tlh-XX"}`, 405, "8522", "locale", "no speech recognition of this server knows tlh-XX"),
	refusedWith(transcribable, "updateTranscription", "{c}:updateTranscription", `{"locale":"de-DE"}`, 409, "8519", "", "not being transcribed"),
	refusedWith(transcribedBeside, "updateTranscription", "{c}:updateTranscription", `{"locale":"de-DE"}`, 405, "8520", "", "made by connect"),
	refusedWith(transcribable, "stopTranscription", "{c}:stopTranscription", `{}`, 409, "8519", "", "not being transcribed"),
	wrongField(connected, "startTranscription", "{c}:startTranscription", "locale", "region", `{"locale":"en"}`),
	wrongField(connected, "startTranscription", "{c}:startTranscription", "locales[1]", "region", `{"locales":["en-US","x"]}`),
	wrongField(connected, "updateTranscription", "{c}:updateTranscription", "locale", "", `{}`, `{"locale":"english"}`),
)

// aboutSomebody are failures of an operation that is about one participant.
func aboutSomebody(op string) []failure {
	path := "{c}:" + op
	return slices.Concat(
		wrongField(connected, op, path, "targetParticipant.rawId", "is missing", `{}`),
		wrongField(connected, op, path, "operationCallbackUri", "", about(phone, `,"operationCallbackUri":"x"`)),
		wrongField(botAnswered, op, path, "targetParticipant", "is an application", about(alice, "")),
		refusedWith(connected, op, path, about(bob, ""), 404, "8522", "targetParticipant", "not in the call"),
	)
}

// withCallback are failures of an operation that needs what the call was not set
// up with.
func withCallback(op, body string) []failure {
	path := "{c}:" + op
	more := body[:len(body)-1]
	if len(more) > 1 {
		more += ","
	}
	return slices.Concat(
		wrongField(connected, op, path, "operationCallbackUri", "", more+`"operationCallbackUri":"x"}`),
		wrongField(connected, op, path, "operationContext", "longer", more+`"operationContext":`+long(4096)+`}`),
		refusedWith(connected, op, path, body, 405, "8522", "", "not set up with this call"),
	)
}

func analysed(op string) []failure {
	path := "{c}:" + op
	return slices.Concat(
		wrongField(connected, op, path, "piiRedactionOptions.redactionType", "maskWithCharacter", `{"locale":"en-US","piiRedactionOptions":{"redactionType":"x"}}`),
		wrongField(connected, op, path, "summarizationOptions.locale", "region", `{"locale":"en-US","summarizationOptions":{"locale":"x"}}`),
		refusedWith(connected, op, path, `{"locale":"en-US","piiRedactionOptions":{"enable":true}}`, 405, "8520", "piiRedactionOptions.enable", "cannot be hidden"),
		refusedWith(connected, op, path, `{"locale":"en-US","summarizationOptions":{"enableEndCallSummary":true}}`, 405, "8520", "summarizationOptions.enableEndCallSummary", "not summarized"),
		refusedWith(connected, op, path, `{"locale":"en-US","enableSentimentAnalysis":true}`, 405, "8520", "enableSentimentAnalysis", "not found out"),
	)
}

// speechFailures are those of what is to be spoken and listened to.
var speechFailures = slices.Concat(
	refusedWith(connected, "play", playPath, source(`{"kind":"text"}`), 400, "8582", "playSources[0].text.text", ""),
	refusedWith(connected, "play", playPath, source(`{"kind":"text","text":{"text":" "}}`), 400, "8582", "playSources[0].text.text", ""),
	refusedWith(connected, "play", playPath, source(`{"kind":"ssml","ssml":{}}`), 400, "8582", "playSources[0].ssml.ssmlText", ""),
	wrongField(connected, "play", playPath, "playSources[0].text.voiceKind", "male and female", source(`{"kind":"text","text":{"text":"hi","voiceKind":"robot"}}`)),
	wrongField(connected, "play", playPath, "playSources[0].text.sourceLocale", "region", source(`{"kind":"text","text":{"text":"hi","sourceLocale":"english"}}`)),
	wrongField(connected, "play", playPath, "playSources[0].text.text", "longer than 8192", source(`{"kind":"text","text":{"text":`+long(8192)+`}}`)),
	wrongField(connected, "play", playPath, "playSources[0].ssml.ssmlText", "is not SSML", ssml(`hi`), ssml(`<speak>`), ssml(`<voice/>`), ssml(`<speak/><speak/>`),
		ssml(`<speak/>hi`), ssml(`<!DOCTYPE speak><speak/>`), ssml(`<speak>&x;</speak>`), ssml(`<speak></p>`)),
	refusedWith(connected, "play", playPath, source(fileSource+","+textSource), 405, "8522", "playSources[1].text", "no speech synthesis"),
	refusedWith(connected, "play", playPath, source(ssmlSource), 405, "8522", "playSources[0].ssml", "no speech synthesis"),
	refusedWith(connected, "recognize", recognizePath, prompted(textSource), 405, "8522", "playPrompt.text", ""),
	refusedWith(connected, "recognize", recognizePath, prompted(ssmlSource), 405, "8522", "playPrompt.ssml", ""),
	refusedWith(connected, "recognize", recognizePath, recognizing("speech", inKlingon), 405, "8522", inRecognize+"speechLanguage", "no speech recognition of this server knows tlh-XX"),
	refusedWith(connected, "recognize", recognizePath, recognizing("SpeechOrDtmf", `,"speechLanguages":["tlh-XX"]`), 405, "8522", inRecognize+"speechLanguages[0]", "no speech recognition of this server knows tlh-XX"),
	refusedWith(connected, "recognize", recognizePath, recognizing("choices", inKlingon+`,"choices":[{"label":"a","phrases":["yes"]}]`), 405, "8522", inRecognize+"speechLanguage", ""),
	wrongField(connected, "recognize", recognizePath, inRecognize+"speechLanguage", "region", recognizing("speech", `,"speechLanguage":"english"`)),
	wrongField(connected, "recognize", recognizePath, inRecognize+"speechLanguages[0]", "region", recognizing("speech", `,"speechLanguages":["x"]`)),
	refusedWith(connected, "recognize", recognizePath, recognizing("speech", `,"speechLanguages":["en-US","es-ES"]`), 405, "8520", inRecognize+"speechLanguages[1]", "name one"),
	refusedWith(connected, "recognize", recognizePath, recognizing("speech", `,"enableSentimentAnalysis":true`), 405, "8520", inRecognize+"enableSentimentAnalysis", ""),
	wrongField(connected, "recognize", recognizePath, inRecognize+"speechOptions.endSilenceTimeoutInMs", "from 0 to 300000",
		recognizing("speech", `,"speechOptions":{"endSilenceTimeoutInMs":-1}`), recognizing("speech", `,"speechOptions":{"endSilenceTimeoutInMs":300001}`)),
	refusedWith(connected, "hold", "{c}:hold", about(phone, `,"playSourceInfo":`+textSource), 405, "8522", "playSourceInfo.text", ""),
	refusedWith(connected, "hold", "{c}:hold", about(phone, `,"playSourceInfo":`+ssmlSource), 405, "8522", "playSourceInfo.ssml", ""),
	// What is wrong with the call comes before what the server lacks.
	refusedWith(ringing, "play", playPath, source(textSource), 400, "8501", "", ""),
	refusedWith(ended, "recognize", recognizePath, recognizing("speech", inKlingon), 404, "8522", "", ""),
	refusedWith(heldOne, "hold", "{c}:hold", about(phone, `,"playSourceInfo":`+textSource), 409, "8519", "targetParticipant", ""),
	refusedWith(promptToOne, "recognize", recognizePath, recognizing("speech", inKlingon), 412, "8583", "", ""),
)
