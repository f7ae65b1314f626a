package ga_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
)

const playBody = `{"playSources":[{"kind":"file","playSourceCacheId":"c1","file":{"uri":"https://f.example/1.wav"}}],"playTo":[],"operationContext":"p"}`

func TestPlayIsAnswered202AndEmpty(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	s.want(s.post(root+"/"+string(connection)+":play", playBody), 202, "")
}

func TestPlayBecomesTheCommandThatItSays(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	var cmd call.Play
	s.Calls.Saw = func(c call.Command) { cmd = c.(call.Play) }
	s.want(s.post(root+"/"+string(connection)+":play", `{"playSources":[{"kind":"File","playSourceCacheId":"c1","file":{"uri":"https://f.example/1.wav"}},
		{"kind":"file","file":{"uri":"http://127.0.0.1:9000/2.wav"}}],"playTo":[{"rawId":"4:+14255550123","phoneNumber":{"value":"+14255550123","isAnonymous":false}}],
		"interruptCallMediaOperation":true,"playOptions":{"loop":true},"operationContext":"p","operationCallbackUri":"https://o.example/op"}`), 202, "")
	want := call.Play{
		Connection: connection, Operation: call.Operation{Context: "p", CallbackURI: "https://o.example/op"},
		Sources: []call.PlaySource{{File: "https://f.example/1.wav", CacheID: "c1"}, {File: "http://127.0.0.1:9000/2.wav"}},
		To:      []call.Address{phone}, Loop: true, Interrupt: true,
	}
	if fmt.Sprint(cmd) != fmt.Sprint(want) {
		t.Errorf("the command is %+v, want %+v", cmd, want)
	}
}

func TestWordsBecomeTheCommandThatTheySay(t *testing.T) {
	s := stageWith(t, speaking)
	connection, _ := s.connected()
	var cmd call.Command
	s.Calls.Saw = func(c call.Command) { cmd = c }
	const text, ssml = `{"kind":"text","text":{"text":"Hello","sourceLocale":"en-GB","voiceKind":"Male","voiceName":"en-GB-RyanNeural"}}`,
		`{"kind":"Ssml","ssml":{"ssmlText":"<speak>Hi</speak>"}}`
	words, marked := &call.Speech{Text: "Hello", Language: "en-GB", Gender: "male", Voice: "en-GB-RyanNeural"}, &call.Speech{SSML: "<speak>Hi</speak>"}
	path := root + "/" + string(connection)
	s.want(s.post(path+":play", `{"playSources":[`+text+`,`+ssml+`]}`), 202, "")
	if got := cmd.(call.Play).Sources; len(got) != 2 || *got[0].Speech != *words || *got[1].Speech != *marked {
		t.Errorf("it plays %+v", got)
	}
	s.want(s.post(path+":recognize", `{"recognizeInputType":"dtmf","playPrompt":`+text+`,"recognizeOptions":{"targetParticipant":{"rawId":"`+phone+`"}}}`), 202, "")
	if got := cmd.(call.Recognize).Prompt; len(got) != 1 || *got[0].Speech != *words {
		t.Errorf("it prompts with %+v", got)
	}
	s.want(s.post(path+":hold", `{"playSourceInfo":`+ssml+`,"targetParticipant":{"rawId":"`+phone+`"}}`), 200, "")
	if got := cmd.(call.HoldParticipant).Audio; got == nil || *got.Speech != *marked {
		t.Errorf("it holds with %+v", got)
	}
	s.refuses(path+":play", []wrong{
		invalid(`{"playSources":[{"kind":"text","text":{"text":"Qapla'","sourceLocale":"tlh-XX"}}]}`, "playSources[0].text", `no voice of this server speaks "tlh-XX"`),
		invalid(`{"playSources":[{"kind":"ssml","ssml":{"ssmlText":"<speak>\n<blink/></speak>"}}]}`, "playSources[0].ssml.ssmlText", `line 2, column 1: the element "blink" is not known`),
	})
}

func TestPlayRefusesWhatIsWrong(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	source := func(text string) string {
		return `{"playSources":[{"kind":"file","file":{"uri":"https://f.example/1.wav"}},` + text + `]}`
	}
	with := func(members string) string {
		return `{"playSources":[{"kind":"file","file":{"uri":"https://f.example/1.wav"}}],` + members + `}`
	}
	s.refuses(root+"/"+string(connection)+":play", []wrong{
		invalid(``, "", "empty"),
		invalid(`{}`, "playSources", "missing or empty"),
		invalid(`{"playSources":[]}`, "playSources", "missing or empty"),
		invalid(source(`{}`), "playSources[1].kind", "is missing"),
		invalid(source(`{"kind":"film"}`), "playSources[1].kind", "not one of file, text and ssml"),
		invalid(source(`{"kind":"file"}`), "playSources[1].file.uri", "is missing"),
		invalid(source(`{"kind":"file","file":{"uri":""}}`), "playSources[1].file.uri", "is missing"),
		invalid(source(`{"kind":"file","file":{"uri":"beep.wav"}}`), "playSources[1].file.uri", "not an absolute https"),
		invalid(source(`{"kind":"file","file":{"uri":"https://169.254.169.254/x"}}`), "playSources[1].file.uri", "metadata"),
		{source(`{"kind":"text"}`), 400, "8582", "playSources[1].text.text", "missing or empty"},
		{source(`{"kind":"text","text":{"text":" "}}`), 400, "8582", "playSources[1].text.text", "missing or empty"},
		{source(`{"kind":"ssml","ssml":{}}`), 400, "8582", "playSources[1].ssml.ssmlText", "missing or empty"},
		{source(`{"kind":"text","text":{"text":"hi"}}`), 405, "8522", "playSources[1].text", "no speech synthesis works"},
		{source(`{"kind":"ssml","ssml":{"ssmlText":"<speak/>"}}`), 405, "8522", "playSources[1].ssml", "no speech synthesis works"},
		invalid(with(`"playTo":[{"rawId":"4:+14255550123"},{"phoneNumber":{}}]`), "playTo[1].phoneNumber.value", "is missing"),
		invalid(with(`"operationCallbackUri":"http://8.8.8.8/"`), "operationCallbackUri", "OperationCallbackUri field is invalid"),
		invalid(with(`"operationContext":"`+strings.Repeat("x", 5000)+`"`), "operationContext", "longer than"),
		invalid(with(`"playOptions":{"loop":"yes"}`), "playOptions.loop", "true or false is needed"),
	})
	s.wantRefused(s.post(root+"/"+string(connection)+":play", with(`"playTo":[{"rawId":"`+bob+`"}]`)), 404, "8522", "playTo", "")
}

func TestMediaNeedsAnEstablishedCall(t *testing.T) {
	s := stage(t)
	connection, _ := s.ringing()
	path := root + "/" + string(connection)
	s.wantRefused(s.post(path+":play", playBody), 400, "8501", "", "not in Established state")
	s.wantRefused(s.post(path+":recognize", recognizeBody(``)), 400, "8501", "", "not in Established state")
	s.wantRefused(s.post(path+":cancelAllMediaOperations", ""), 400, "8501", "", "not in Established state")
}

func TestCancelAllMediaOperationsIsAnswered202AndEmpty(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	s.want(s.post(root+"/"+string(connection)+":cancelAllMediaOperations", ""), 202, "")
}

func recognizeBody(more string) string {
	return `{"recognizeInputType":"dtmf","recognizeOptions":{"targetParticipant":{"rawId":"4:+14255550123"}` + more + `}}`
}

func TestRecognizeHasThePublishedDefaults(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	var cmd call.Recognize
	s.Calls.Saw = func(c call.Command) { cmd = c.(call.Recognize) }
	s.want(s.post(root+"/"+string(connection)+":recognize", recognizeBody(``)), 202, "")
	if !cmd.KeyInterrupts || cmd.InitialSilence != 5*time.Second || cmd.InterTone != 2*time.Second || cmd.MaxTones != 0 || cmd.Participant != phone {
		t.Errorf("the command is %+v", cmd)
	}
}

func TestRecognizeBecomesTheCommandThatItSays(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	var cmd call.Recognize
	s.Calls.Saw = func(c call.Command) { cmd = c.(call.Recognize) }
	s.want(s.post(root+"/"+string(connection)+":recognize", `{"recognizeInputType":"DTMF","playPrompt":{"kind":"file","file":{"uri":"https://f.example/1.wav"}},
		"playPrompts":[{"kind":"file","file":{"uri":"https://f.example/2.wav"}}],"interruptCallMediaOperation":true,"operationContext":"r",
		"recognizeOptions":{"targetParticipant":{"phoneNumber":{"value":"+14255550123"}},"interruptPrompt":false,"initialSilenceTimeoutInSeconds":0,
		"dtmfOptions":{"interToneTimeoutInSeconds":60,"maxTonesToCollect":4,"stopTones":["pound","Asterisk"]}}}`), 202, "")
	want := call.Recognize{
		Connection: connection, Operation: call.Operation{Context: "r"}, Participant: phone,
		Prompt:    []call.PlaySource{{File: "https://f.example/1.wav"}, {File: "https://f.example/2.wav"}},
		Interrupt: true, InterTone: time.Minute, MaxTones: 4, StopTones: []call.Tone{'#', '*'},
	}
	if fmt.Sprint(cmd) != fmt.Sprint(want) {
		t.Errorf("the command is %+v, want %+v", cmd, want)
	}
}

func TestARecognitionByVoiceBecomesTheCommandThatItSays(t *testing.T) {
	tea, coffee := `{"label":"tea","phrases":["tea","a tea"]`, `{"label":"coffee","phrases":["coffee"]`
	bySpeech := func(keys ...call.Tone) []call.Choice {
		choices := []call.Choice{{Label: "tea", Phrases: []string{"tea", "a tea"}}, {Label: "coffee", Phrases: []string{"coffee"}}}
		for i, key := range keys {
			choices[i].Tone = key
		}
		return choices
	}
	for _, c := range []struct {
		name, kind, more string
		voice            *call.Voice
		choices          []call.Choice
	}{
		{"speech", "speech", ``, &call.Voice{Language: "en-US", Only: true}, nil},
		{"all that may be said of it", "Speech", `,"speechLanguage":"de-AT","speechRecognitionModelEndpointId":"large","speechOptions":{"endSilenceTimeoutInMs":900}`,
			&call.Voice{Language: "de-AT", Model: "large", EndSilence: 900 * time.Millisecond, Only: true}, nil},
		{"one of one language", "speech", `,"speechLanguages":["fr-FR"]`, &call.Voice{Language: "fr-FR", Only: true}, nil},
		{"speech or keys", "speechOrDtmf", ``, &call.Voice{Language: "en-US"}, nil},
		{"choices by voice", "choices", `,"choices":[` + tea + `},` + coffee + `}]`, &call.Voice{Language: "en-US", Only: true}, bySpeech()},
		{"by voice and key", "choices", `,"choices":[` + tea + `,"tone":"one"},` + coffee + `,"tone":"two"}]`, &call.Voice{Language: "en-US"}, bySpeech('1', '2')},
		{"by key where the language is not heard", "choices", inKlingon + `,"choices":[` + tea + `,"tone":"one"},` + coffee + `,"tone":"two"}]`, nil, bySpeech('1', '2')},
		{"by key alone", "choices", `,"choices":[{"label":"tea","phrases":[],"tone":"one"}]`, nil, []call.Choice{{Label: "tea", Tone: '1', Phrases: []string{}}}},
		{"keys", "dtmf", `,"speechLanguage":"de-DE"`, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stage(t)
			connection, _ := s.connected()
			var cmd call.Recognize
			s.Calls.Saw = func(c call.Command) { cmd = c.(call.Recognize) }
			s.want(s.post(root+"/"+string(connection)+":recognize", recognizing(c.kind, c.more)), 202, "")
			if !reflect.DeepEqual(cmd.Voice, c.voice) || !reflect.DeepEqual(cmd.Choices, c.choices) {
				t.Errorf("it is to hear %+v and choose of %+v, want %+v and %+v", cmd.Voice, cmd.Choices, c.voice, c.choices)
			}
		})
	}
}

func TestRecognizeRefusesWhatIsWrong(t *testing.T) {
	s := stage(t)
	connection, _ := s.connected()
	kind := func(name string) string {
		return strings.Replace(recognizeBody(``), `"dtmf"`, `"`+name+`"`, 1)
	}
	choices := func(list string) string {
		return strings.Replace(recognizeBody(`,"choices":[`+list+`]`), `"dtmf"`, `"choices"`, 1)
	}
	top := func(members string) string { return strings.Replace(recognizeBody(``), `{`, `{`+members+`,`, 1) }
	s.refuses(root+"/"+string(connection)+":recognize", []wrong{
		invalid(`{}`, "recognizeInputType", "is missing"),
		invalid(kind("smell"), "recognizeInputType", "not one of dtmf"),
		invalid(`{"recognizeInputType":"dtmf"}`, "recognizeOptions", "is missing"),
		invalid(`{"recognizeInputType":"dtmf","recognizeOptions":{}}`, "recognizeOptions.targetParticipant.rawId", "is missing"),
		invalid(recognizeBody(`,"initialSilenceTimeoutInSeconds":-1`), "recognizeOptions.initialSilenceTimeoutInSeconds", "from 0 to 300"),
		invalid(recognizeBody(`,"initialSilenceTimeoutInSeconds":301`), "recognizeOptions.initialSilenceTimeoutInSeconds", "from 0 to 300"),
		invalid(recognizeBody(`,"dtmfOptions":{"interToneTimeoutInSeconds":0}`), "recognizeOptions.dtmfOptions.interToneTimeoutInSeconds", "from 1 to 60"),
		invalid(recognizeBody(`,"dtmfOptions":{"interToneTimeoutInSeconds":61}`), "recognizeOptions.dtmfOptions.interToneTimeoutInSeconds", "from 1 to 60"),
		invalid(recognizeBody(`,"dtmfOptions":{"maxTonesToCollect":0}`), "recognizeOptions.dtmfOptions.maxTonesToCollect", "it has to be from 1 to 256"),
		invalid(recognizeBody(`,"dtmfOptions":{"stopTones":["pound","star"]}`), "recognizeOptions.dtmfOptions.stopTones[1]", "not the name of a tone"),
		invalid(top(`"playPrompt":{"kind":"file"}`), "playPrompt.file.uri", "is missing"),
		invalid(top(`"playPrompts":[{"kind":"x"}]`), "playPrompts[0].kind", "not one of"),
		invalid(top(`"operationCallbackUri":"x"`), "operationCallbackUri", "OperationCallbackUri field is invalid"),
		{top(`"playPrompt":{"kind":"text","text":{"text":"hi"}}`), 405, "8522", "playPrompt.text", "no speech synthesis"},
		{recognizing("speech", inKlingon), 405, "8522", "recognizeOptions.speechLanguage", "no speech recognition of this server knows tlh-XX"},
		{recognizing("speechOrDtmf", inKlingon), 405, "8522", "recognizeOptions.speechLanguage", "no speech recognition of this server knows tlh-XX"},
		invalid(kind("choices"), "recognizeOptions.choices", "missing or empty"),
		invalid(choices(`{"tone":"one"}`), "recognizeOptions.choices[0].label", "is missing"),
		invalid(choices(`{"label":"a","phrases":[],"tone":"star"}`), "recognizeOptions.choices[0].tone", "not the name of a tone"),
		invalid(choices(`{"label":"a","phrases":["a"],"tone":"one"},{"label":"b","phrases":["b"],"tone":"One"}`), "recognizeOptions.choices[1].tone", "another choice already"),
		invalid(choices(`{"label":"a","phrases":["a"],"tone":"one"},{"label":"b","phrases":["b"]}`), "recognizeOptions.choices[1].tone", "other choices have one"),
		{recognizing("choices", inKlingon+`,"choices":[{"label":"a","phrases":["yes"]}]`), 405, "8522", "recognizeOptions.speechLanguage", "no speech recognition of this server knows tlh-XX"},
	})
	got := s.post(root+"/"+string(connection)+":recognize", strings.Replace(recognizeBody(``), phone, bob, 1))
	s.wantRefused(got, 404, "8522", "recognizeOptions.targetParticipant", "")
}
