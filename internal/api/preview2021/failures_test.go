package preview2021_test

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"strowger/internal/call"
)

// world is a call in some state, and what requests about it name.
type world struct {
	scene
	names *strings.Replacer
}

// failure is a request that is refused in a world. Nothing must come of it.
type failure struct {
	in     func(scene) world
	op     string
	method string // "" is POST
	path   string
	body   string
	status int
	code   string
	field  string // that the answer names
	says   string
}

// The worlds: {c} is a connection's path, {s} the call's by its serverCallId, {server}
// that, {l} a locator with it, {r} a recording, {context} an incoming call's.
func worldOf(s scene, connection call.ConnectionID, id call.ID, context string) world {
	return world{s, strings.NewReplacer("{c}", root+"/"+string(connection), "{s}", "/calling/serverCalls/"+id.ServerCallID(), "{server}", id.ServerCallID(),
		"{l}", `"callLocator":{"kind":"serverCallLocator","serverCallId":"`+id.ServerCallID()+`"}`, "{r}", string(call.NewRecordingID(id, 1)), "{context}", context,
		"{alice}", user(alice), "{phone}", number("+14255550123"))}
}

func ringing(s scene) world {
	connection, id := s.ringing()
	return worldOf(s, connection, id, "")
}

func connected(s scene) world {
	connection, id := s.connected()
	return worldOf(s, connection, id, "")
}

func ended(s scene) world {
	w := connected(s)
	w.Calls.Signal(s.lastCall(), call.LegEnded{Leg: call.NewLegID(s.lastCall(), 1)})
	return w
}

func beingRecorded(s scene) world {
	connection, id := s.connected()
	s.as(june).do(200, "POST", "/calling/serverCalls/"+id.ServerCallID()+"/recordings", `{}`)
	return worldOf(s, connection, id, "")
}

func notRecordedAnyMore(s scene) world {
	w := beingRecorded(s)
	s.as(june).do(200, "DELETE", w.names.Replace("{s}/recordings/{r}"), "")
	return w
}

func calling(s scene) world {
	id, context := s.incoming()
	return worldOf(s, "", id, context)
}

func taken(s scene) world {
	w := calling(s)
	s.as(november).do(202, "POST", "/calling:reject", w.names.Replace(`{"incomingCallContext":"{context}"}`))
	return w
}

// request is one that is right where there is a call to do it in.
type request struct{ op, method, path, body string }

const audio = `"audioFileUri":"https://app.example/a.wav","loop":false`

// inCall are requests on a connection, acting ones first: those need an established call.
var acting = map[string][]request{
	june: {
		{"CallConnections_PlayAudio", "POST", "{c}/:playAudio", `{` + audio + `}`},
		{"CallConnections_CancelAllMediaOperations", "POST", "{c}/:cancelAllMediaOperations", `{}`},
		{"CallConnections_AddParticipant", "POST", "{c}/participants", `{"participant":{alice}}`},
		{"CallConnections_RemoveParticipant", "DELETE", "{c}/participants/" + group, ``},
	},
	november: {
		{"CallConnections_PlayAudio", "POST", "{c}/:playAudio", `{` + audio + `}`},
		{"CallConnections_CancelAllMediaOperations", "POST", "{c}/:cancelAllMediaOperations", ``},
		{"CallConnections_TransferToParticipant", "POST", "{c}/:transferToParticipant", `{"targetParticipant":{alice}}`},
		{"CallConnections_AddParticipant", "POST", "{c}/participants", `{"participant":{alice}}`},
		{"CallConnections_RemoveParticipant", "POST", "{c}/participants:remove", `{"identifier":{alice}}`},
		{"CallConnections_ParticipantPlayAudio", "POST", "{c}/participants:playAudio", `{"identifier":{alice},` + audio + `}`},
		{"CallConnections_CancelParticipantMediaOperation", "POST", "{c}/participants:cancelMediaOperation", `{"identifier":{alice},"mediaOperationId":"x"}`},
		{"CallConnections_MuteParticipant", "POST", "{c}/participants:mute", `{"identifier":{alice}}`},
		{"CallConnections_UnmuteParticipant", "POST", "{c}/participants:unmute", `{"identifier":{alice}}`},
		{"CallConnections_RemoveParticipantFromDefaultAudioGroup", "POST", "{c}/participants:removeFromDefaultAudioGroup", `{"identifier":{alice}}`},
		{"CallConnections_AddParticipantToDefaultAudioGroup", "POST", "{c}/participants:addToDefaultAudioGroup", `{"identifier":{alice}}`},
		{"CallConnections_CreateAudioGroup", "POST", "{c}/:createAudioGroup", `{"audioRoutingMode":"multicast","targets":[{alice}]}`},
		{"CallConnections_UpdateAudioGroup", "PATCH", "{c}/audioGroups/" + group, `{"targets":[{alice}]}`},
		{"CallConnections_DeleteAudioGroup", "DELETE", "{c}/audioGroups/" + group, ``},
	},
}

var looking = map[string][]request{
	june: {{"CallConnections_HangupCall", "POST", "{c}/:hangup", ``}},
	november: {
		{"CallConnections_HangupCall", "POST", "{c}/:hangup", ``},
		{"CallConnections_DeleteCall", "DELETE", "{c}", ``},
		{"CallConnections_GetCall", "GET", "{c}", ``},
		{"CallConnections_KeepAlive", "POST", "{c}/:keepAlive", ``},
		{"CallConnections_GetParticipants", "GET", "{c}/participants", ``},
		{"CallConnections_GetParticipant", "POST", "{c}/participants:get", `{"identifier":{alice}}`},
		{"CallConnections_GetAudioGroups", "GET", "{c}/audioGroups/" + group, ``},
		{"CallConnections_TransferToCall", "POST", "{c}/:transferToCall", `{"targetCallConnectionId":"` + group + `"}`},
	},
}

const seat = `"source":{"communicationUser":{"id":"` + bot + `"}},"callbackUri":"https://app.example/cb"`

// outside are requests on a call by its name.
var outside = map[string][]request{
	june: {
		{"ServerCalls_JoinCall", "POST", "{s}/:join", `{` + seat + `}`},
		{"ServerCalls_AddParticipant", "POST", "{s}/participants", `{"participant":{alice}}`},
		{"ServerCalls_RemoveParticipant", "DELETE", "{s}/participants/" + group, ``},
		{"ServerCalls_PlayAudio", "POST", "{s}/:playAudio", `{` + audio + `}`},
		{"ServerCalls_StartRecording", "POST", "{s}/recordings", `{}`},
	},
	november: {
		{"ServerCalls_JoinCall", "POST", "/calling:join", `{{l},` + seat + `}`},
		{"ServerCalls_PlayAudio", "POST", "/calling:playAudio", `{{l},` + audio + `}`},
		{"ServerCalls_CancelMediaOperation", "POST", "/calling:cancelMediaOperation", `{{l},"mediaOperationId":"x"}`},
		{"ServerCalls_AddParticipant", "POST", "/calling/participants", `{{l},"participant":{alice}}`},
		{"ServerCalls_RemoveParticipant", "POST", "/calling/participants:remove", `{{l},"identifier":{alice}}`},
		{"ServerCalls_GetParticipant", "POST", "/calling/participants:get", `{{l},"identifier":{alice}}`},
		{"ServerCalls_GetParticipants", "POST", "/calling/participants:getAll", `{{l}}`},
		{"ServerCalls_ParticipantPlayAudio", "POST", "/calling/participants:playAudio", `{{l},"identifier":{alice},` + audio + `}`},
		{"ServerCalls_CancelParticipantMediaOperation", "POST", "/calling/participants:cancelMediaOperation", `{{l},"identifier":{alice},"mediaOperationId":"x"}`},
		{"ServerCalls_StartRecording", "POST", "/calling/recordings", `{{l}}`},
	},
}

const notEstablished = "Action is invalid when call is not in Established state"

// withoutCall are the failures of requests about a call that is not there, or not yet.
func withoutCall(version string) (all []failure) {
	refused := func(r request, in func(scene) world, status int, code, says string) {
		all = append(all, failure{in, r.op, r.method, r.path, r.body, status, code, "", says})
	}
	for _, r := range acting[version] {
		refused(r, ringing, 400, "8501", notEstablished)
	}
	for _, r := range slices.Concat(acting[version], looking[version]) {
		refused(r, ended, 404, "8522", "Call not found.")
	}
	for _, r := range outside[version] {
		refused(r, ringing, 400, "8501", notEstablished)
		refused(r, ended, 400, "8501", notEstablished)
	}
	return all
}

// wrong are failures by what a request says.
func wrong(in func(scene) world, op, path, field string, bodies ...string) (all []failure) {
	for _, body := range bodies {
		all = append(all, failure{in: in, op: op, path: path, body: body, status: 400, code: "400", field: field})
	}
	return all
}

func missing(in func(scene) world, op, method, path, body, field string) []failure {
	return []failure{{in, op, method, path, body, 404, "8522", field, ""}}
}

func badCallback(in func(scene) world, op, path, field, body string) []failure {
	return []failure{{in, op, "", path, body, 400, "8501", field, "Callback URI has to be a valid URI"}}
}

func creatingWith(more string) string {
	return `{"source":{"communicationUser":{"id":"` + bot + `"}},"targets":[{alice}],"callbackUri":"https://app.example/cb"` + more + `}`
}

// wrongInBoth are those of what both families read alike.
func wrongInBoth() []failure {
	const op = "CallConnections_CreateCall"
	return slices.Concat(
		wrong(connected, op, root, "source.rawId", `{"targets":[{alice}],"callbackUri":"https://app.example/cb"}`),
		wrong(connected, op, root, "source", `{"source":{phone},"targets":[{alice}],"callbackUri":"https://app.example/cb"}`),
		wrong(connected, op, root, "targets", `{`+seat+`}`, `{`+seat+`,"targets":[{alice},{alice}]}`),
		wrong(connected, op, root, "targets[0]", `{`+seat+`,"targets":[{"rawId":"8:orgid:x"}]}`),
		wrong(connected, op, root, "alternateCallerId", `{`+seat+`,"targets":[{phone}]}`),
		wrong(connected, op, root, "alternateCallerId.value", creatingWith(`,"alternateCallerId":{"value":"x"}`)),
		wrong(connected, op, root, "callbackUri", `{"source":{alice},"targets":[{alice}]}`),
		badCallback(connected, op, root, "callbackUri", `{"source":{alice},"targets":[{alice}],"callbackUri":"/cb"}`),
		badCallback(connected, op, root, "callbackUri", `{"source":{alice},"targets":[{alice}],"callbackUri":"http://8.8.8.8/cb"}`),
		wrong(connected, op, root, "subject", creatingWith(`,"subject":"`+strings.Repeat("x", 257)+`"`)),
		wrong(connected, op, root, "requestedMediaTypes[0]", creatingWith(`,"requestedMediaTypes":["smell"]`)),
		wrong(connected, op, root, "requestedCallEvents[0]", creatingWith(`,"requestedCallEvents":["everything"]`)),
		wrong(connected, "CallConnections_PlayAudio", "{c}/:playAudio", "audioFileUri", `{"loop":true}`, `{"audioFileUri":"prompt.wav"}`),
		badCallback(connected, "CallConnections_PlayAudio", "{c}/:playAudio", "callbackUri", `{`+audio+`,"callbackUri":"/cb"}`),
		wrong(connected, "CallConnections_AddParticipant", "{c}/participants", "participant", `{"participant":{phone}}`, `{"participant":{"rawId":"8:orgid:x"}}`),
		wrong(connected, "CallConnections_AddParticipant", "{c}/participants", "participant.rawId", `{}`),
		wrong(connected, "CallConnections_AddParticipant", "{c}/participants", "alternateCallerId.value", `{"participant":{alice},"alternateCallerId":{"value":"x"}}`),
		badCallback(connected, "CallConnections_AddParticipant", "{c}/participants", "callbackUri", `{"participant":{alice},"callbackUri":"cb"}`),
	)
}

var coreFailures = slices.Concat(withoutCall(june), wrongInBoth(),
	missing(connected, "CallConnections_RemoveParticipant", "DELETE", "{c}/participants/"+group, "", "participantId"),
	missing(connected, "ServerCalls_RemoveParticipant", "DELETE", "{s}/participants/"+group, "", "participantId"),
	wrong(connected, "ServerCalls_JoinCall", "{s}/:join", "callbackUri", `{"source":{alice}}`),
	badCallback(connected, "ServerCalls_JoinCall", "{s}/:join", "callbackUri", `{"source":{alice},"callbackUri":"/cb"}`),
	badCallback(connected, "ServerCalls_PlayAudio", "{s}/:playAudio", "callbackUri", `{`+audio+`,"callbackUri":"/cb"}`),
	badCallback(connected, "ServerCalls_AddParticipant", "{s}/participants", "callbackUri", `{"participant":{alice},"callbackUri":"/cb"}`),
	badCallback(connected, "ServerCalls_StartRecording", "{s}/recordings", "recordingStateCallbackUri", `{"recordingStateCallbackUri":"/cb"}`),
	wrong(beingRecorded, "ServerCalls_StartRecording", "{s}/recordings", "", `{}`),
	recordingFailures("{s}/recordings/{r}", ended, 400, "8501", notEstablished),
	recordingFailures("{s}/recordings/{r}", notRecordedAnyMore, 400, "8501", notEstablished),
)

func recordingFailures(path string, in func(scene) world, status int, code, says string) []failure {
	return []failure{
		{in, "ServerCalls_GetRecordingProperties", "GET", path, "", status, code, "", says},
		{in, "ServerCalls_StopRecording", "DELETE", path, "", status, code, "", says},
		{in, "ServerCalls_PauseRecording", "POST", path + "/:pause", "", status, code, "", says},
		{in, "ServerCalls_ResumeRecording", "POST", path + "/:resume", "", status, code, "", says},
	}
}

var augustFailures = slices.Concat(
	recordingFailures("{s}/recordings/{r}", ended, 400, "8501", notEstablished),
	recordingFailures("{s}/recordings/{r}", notRecordedAnyMore, 404, "8522", "Recording not found."),
	formFailures("{s}/recordings", ""),
)

// formFailures are those of what a recording is asked to be.
func formFailures(path, more string) []failure {
	const op = "ServerCalls_StartRecording"
	return slices.Concat(
		wrong(connected, op, path, "recordingContentType", `{`+more+`"recordingContentType":"smell"}`),
		wrong(connected, op, path, "recordingChannelType", `{`+more+`"recordingChannelType":"stereo"}`, `{`+more+`"recordingContentType":"audioVideo","recordingChannelType":"unmixed"}`),
		wrong(connected, op, path, "recordingFormatType", `{`+more+`"recordingFormatType":"ogg"}`, `{`+more+`"recordingContentType":"audio","recordingFormatType":"mp3"}`),
	)
}

// ofParticipant are the failures of operations that name one participant.
func ofParticipant() (all []failure) {
	for _, r := range slices.Concat(acting[november], looking[november], outside[november]) {
		if !strings.Contains(r.body, `"identifier":`) {
			continue
		}
		without := strings.Replace(strings.Replace(r.body, `"identifier":{alice},`, "", 1), `"identifier":{alice}`, "", 1)
		field := "identifier.rawId"
		if strings.Contains(r.op, "Media") || strings.Contains(r.op, "Play") {
			field = "identifier"
		}
		without = strings.TrimSuffix(strings.TrimSuffix(without, "}"), ",") + "}"
		all = append(all, wrong(connected, r.op, r.path, field, without)...)
		all = append(all, missing(connected, r.op, r.method, r.path, r.body, "identifier")...)
	}
	return all
}

// ofLocator are the failures of operations whose body names the call.
func ofLocator() (all []failure) {
	for _, r := range outside[november] {
		with := func(locator string) string { return strings.Replace(r.body, "{l}", locator, 1) }
		all = append(all, slices.Concat(
			wrong(connected, r.op, r.path, "callLocator", with(`"callLocator":{}`), with(`"x":0`)),
			wrong(connected, r.op, r.path, "callLocator.kind", with(`"callLocator":{"kind":"roomCallLocator"}`)),
			wrong(connected, r.op, r.path, "callLocator.serverCallId", with(`"callLocator":{"kind":"serverCallLocator"}`)),
			wrong(connected, r.op, r.path, "callLocator.groupCallId", with(`"callLocator":{"groupCallId":"x"}`)),
		)...)
	}
	return all
}

var novemberFailures = slices.Concat(withoutCall(november), wrongInBoth(), ofParticipant(), ofLocator(), formFailures("/calling/recordings", "{l},"),
	recordingFailures("/calling/recordings/{r}", notRecordedAnyMore, 404, "8522", "Recording not found."),
	recordingFailures("/calling/recordings/{r}", ended, 404, "8522", "Recording not found."),
	wrong(connected, "ServerCalls_JoinCall", "/calling:join", "callbackUri", `{{l},"source":{alice}}`),
	badCallback(connected, "ServerCalls_JoinCall", "/calling:join", "callbackUri", `{{l},"source":{alice},"callbackUri":"/cb"}`),
	badCallback(connected, "ServerCalls_PlayAudio", "/calling:playAudio", "callbackUri", `{{l},`+audio+`,"callbackUri":"/cb"}`),
	badCallback(connected, "ServerCalls_StartRecording", "/calling/recordings", "recordingStateCallbackUri", `{{l},"recordingStateCallbackUri":"/cb"}`),
	wrong(connected, "CallConnections_CancelParticipantMediaOperation", "{c}/participants:cancelMediaOperation", "mediaOperationId", `{"identifier":{phone}}`),
	missing(connected, "CallConnections_CancelParticipantMediaOperation", "POST", "{c}/participants:cancelMediaOperation", `{"identifier":{phone},"mediaOperationId":"x"}`, "mediaOperationId"),
	wrong(connected, "ServerCalls_CancelMediaOperation", "/calling:cancelMediaOperation", "mediaOperationId", `{{l}}`),
	missing(connected, "ServerCalls_CancelMediaOperation", "POST", "/calling:cancelMediaOperation", `{{l},"mediaOperationId":"x"}`, "mediaOperationId"),
	wrong(connected, "CallConnections_CreateAudioGroup", "{c}/:createAudioGroup", "audioRoutingMode", `{"targets":[{phone}]}`, `{"audioRoutingMode":"anycast","targets":[{phone}]}`),
	wrong(connected, "CallConnections_CreateAudioGroup", "{c}/:createAudioGroup", "targets", `{"audioRoutingMode":"oneToOne"}`),
	missing(connected, "CallConnections_CreateAudioGroup", "POST", "{c}/:createAudioGroup", `{"audioRoutingMode":"oneToOne","targets":[{alice}]}`, "targets"),
	missing(connected, "CallConnections_GetAudioGroups", "GET", "{c}/audioGroups/"+group, "", "audioGroupId"),
	missing(connected, "CallConnections_UpdateAudioGroup", "PATCH", "{c}/audioGroups/"+group, `{"targets":[{phone}]}`, "audioGroupId"),
	missing(connected, "CallConnections_DeleteAudioGroup", "DELETE", "{c}/audioGroups/"+group, "", "audioGroupId"),
	wrong(connected, "CallConnections_TransferToParticipant", "{c}/:transferToParticipant", "targetParticipant", `{"targetParticipant":{phone}}`, `{"targetParticipant":{"rawId":"8:orgid:x"}}`),
	wrong(connected, "CallConnections_TransferToParticipant", "{c}/:transferToParticipant", "userToUserInformation", `{"targetParticipant":{alice},"userToUserInformation":"a\r\nb"}`),
	wrong(connected, "CallConnections_TransferToCall", "{c}/:transferToCall", "targetCallConnectionId", `{}`, `{"targetCallConnectionId":"x"}`),
	wrong(calling, "ServerCalls_AnswerCall", "/calling:answer", "incomingCallContext", `{"callbackUri":"https://app.example/cb"}`, `{"incomingCallContext":"x"}`),
	badCallback(calling, "ServerCalls_AnswerCall", "/calling:answer", "callbackUri", `{"incomingCallContext":"{context}","callbackUri":"/cb"}`),
	missing(taken, "ServerCalls_AnswerCall", "POST", "/calling:answer", `{"incomingCallContext":"{context}","callbackUri":"https://app.example/cb"}`, ""),
	wrong(calling, "ServerCalls_RejectCall", "/calling:reject", "incomingCallContext", `{}`),
	wrong(calling, "ServerCalls_RejectCall", "/calling:reject", "callRejectReason", `{"incomingCallContext":"{context}","callRejectReason":"tired"}`),
	missing(taken, "ServerCalls_RejectCall", "POST", "/calling:reject", `{"incomingCallContext":"{context}"}`, ""),
	wrong(calling, "ServerCalls_RedirectCall", "/calling:redirect", "target.rawId", `{"incomingCallContext":"{context}"}`),
	missing(taken, "ServerCalls_RedirectCall", "POST", "/calling:redirect", `{"incomingCallContext":"{context}","target":{alice}}`, ""),
)

// TestEveryFailureIsAnsweredAsListed provokes each through HTTP, looks at the answer,
// and holds that nothing came of it. What is listed is provoked, and the other way round.
func TestEveryFailureIsAnsweredAsListed(t *testing.T) {
	for version, failures := range map[string][]failure{june: coreFailures, august: augustFailures, november: novemberFailures} {
		provoked := map[string]bool{}
		for _, f := range failures {
			provoked[f.key()] = true
			t.Run(version+" "+f.key(), func(t *testing.T) { f.provoke(t, version) })
		}
		list := listed(t, "testdata/published/failures.txt", version)
		for _, line := range slices.Sorted(maps.Keys(provoked)) {
			if !slices.Contains(list, line) {
				t.Errorf("%s: %q is not in testdata/published/failures.txt", version, line)
			}
		}
		for _, line := range list {
			if !provoked[line] {
				t.Errorf("%s: nothing provokes %q", version, line)
			}
		}
	}
}

func (f failure) provoke(t *testing.T, version string) {
	w := f.in(stage(t, version))
	steps := w.Calls.Steps()
	body := w.names.Replace(f.body)
	got := w.send(cmp.Or(f.method, "POST"), w.names.Replace(f.path), body)
	code, message, target := got.Error()
	if got.Status != f.status || code != f.code || target != f.field || !strings.Contains(message, f.says) {
		t.Errorf("%.300s\n\tgot  %d %s\n\twant %d with code %s for %q saying %q", body, got.Status, got.Body, f.status, f.code, f.field, f.says)
	}
	if f.says == notEstablished && message != notEstablished {
		t.Errorf("the sentence is %q", message)
	}
	if now := w.Calls.Steps(); now != steps {
		t.Errorf("a refused request took %d steps", now-steps)
	}
}

var index = regexp.MustCompile(`\[\d+\]`)

// key is how the list names a failure: items of lists without their places.
func (f failure) key() string {
	return strings.TrimSpace(fmt.Sprintf("%s %d/%s %s", f.op, f.status, f.code, index.ReplaceAllString(f.field, "[]")))
}
