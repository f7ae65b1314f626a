package ga_test

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"strowger/internal/access"
	"strowger/internal/api/apitest"
	"strowger/internal/api/ga"
	"strowger/internal/call"
)

// world is a call in some state, and what requests about it name.
type world struct {
	scene
	id    call.ID
	names *strings.Replacer // {c} connection, {context} of the incoming call, {server} serverCallId, {invitation}
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
	send   func(world) apitest.Answer // nil: method, path and body, signed
}

// The most common failures.
func wrongField(in func(scene) world, op, path, field, says string, bodies ...string) (all []failure) {
	for _, body := range bodies {
		all = append(all, failure{in: in, op: op, path: path, body: body, status: 400, code: "8523", field: field, says: says})
	}
	return all
}

func refusedWith(in func(scene) world, op, path, body string, status int, code, field, says string) []failure {
	return []failure{{in: in, op: op, path: path, body: body, status: status, code: code, field: field, says: says}}
}

func worldOf(s scene, connection call.ConnectionID, id call.ID, context string) world {
	invitation := ""
	if state, err := s.Calls.Look(s.t.Context(), id.Key()); err == nil {
		for _, p := range state.Participants {
			if p.Errand.InvitationID != "" {
				invitation = p.Errand.InvitationID
			}
		}
	}
	return world{s, id, strings.NewReplacer("{c}", root+"/"+string(connection), "{connection}", string(connection),
		"{context}", context, "{server}", id.ServerCallID(), "{invitation}", invitation)}
}

// The worlds.
func nothing(s scene) world { return worldOf(s, "", call.NewID([16]byte{3}), "") }

func ringing(s scene) world {
	connection, id := s.ringing()
	return worldOf(s, connection, id, "")
}

func connected(s scene) world {
	connection, id := s.connected()
	return worldOf(s, connection, id, "")
}

// streamable has an application that was set up with a stream, and has not started it.
func streamable(s scene) world {
	_, id := s.connected()
	got := s.post(root+":connect", `{"callbackUri":"https://app.example/cb","callLocator":{"serverCallId":"`+id.ServerCallID()+`"},"mediaStreamingOptions":{`+streaming+`,"transportUrl":"wss://w.example/a"}}`)
	return worldOf(s, call.ConnectionID(object(s.t, got.Body)["callConnectionId"].(string)), id, "")
}

// streamed has started it.
func streamed(s scene) world {
	w := streamable(s)
	s.post(w.names.Replace("{c}:startMediaStreaming"), `{}`)
	return w
}

// transcribable created a call that was set up with a transcription, and has not started it.
func transcribable(s scene) world {
	got := s.post(root, creating(`,"transcriptionOptions":{`+transcription+`,"transportUrl":"wss://w.example/a"}`))
	made := object(s.t, got.Body)
	id := call.ID(made["correlationId"].(string))
	s.answered(id)
	return worldOf(s, call.ConnectionID(made["callConnectionId"].(string)), id, "")
}

// transcribed has started it.
func transcribed(s scene) world {
	w := transcribable(s)
	s.post(w.names.Replace("{c}:startTranscription"), `{}`)
	return w
}

// transcribedBeside has connected to a call of others, and has it transcribed.
func transcribedBeside(s scene) world {
	_, id := s.connected()
	got := s.post(root+":connect", `{"callbackUri":"https://app.example/cb","callLocator":{"serverCallId":"`+id.ServerCallID()+`"},"transcriptionOptions":{`+transcription+`,"transportUrl":"wss://w.example/a","startTranscription":true}}`)
	return worldOf(s, call.ConnectionID(object(s.t, got.Body)["callConnectionId"].(string)), id, "")
}

// twoInCall has alice beside the phone, and an invitation to bob under way.
func twoInCall(s scene) world {
	connection, id := s.connected()
	s.post(root+"/"+string(connection)+"/participants:add", `{"participantToAdd":{"rawId":"`+alice+`"}}`)
	s.Calls.Signal(id, call.LegAnswered{Leg: call.NewLegID(id, 2)})
	s.post(root+"/"+string(connection)+"/participants:add", `{"participantToAdd":{"rawId":"`+bob+`"}}`)
	return worldOf(s, connection, id, "")
}

// twoCalls has the phone here, and bob in another call of the application.
func twoCalls(s scene) world {
	connection, id := s.connected()
	return besideACall(s, connection, id)
}

func bobInBoth(s scene) world {
	connection, id := s.connectedWith(bob)
	return besideACall(s, connection, id)
}

func ringingBesideACall(s scene) world {
	connection, id := s.ringing()
	return besideACall(s, connection, id)
}

func besideACall(s scene, here call.ConnectionID, id call.ID) world {
	there, _ := s.connectedWith(bob)
	return world{s, id, strings.NewReplacer("{c}", root+"/"+string(here), "{connection}", string(here), "{there}", string(there))}
}

// promptToOne is twoInCall with a play to the phone alone.
func promptToOne(s scene) world {
	w := twoInCall(s)
	if got := s.post(w.names.Replace("{c}:play"), play(`,"playTo":[{"rawId":"`+phone+`"}]`)); got.Status != 202 {
		s.t.Fatalf("%d %s", got.Status, got.Body)
	}
	return w
}

func transferring(s scene) world {
	w := connected(s)
	if got := s.post(w.names.Replace("{c}:transferToParticipant"), `{"targetParticipant":{"rawId":"`+alice+`"}}`); got.Status != 202 {
		s.t.Fatalf("%d %s", got.Status, got.Body)
	}
	return w
}

func beingRecorded(s scene) world {
	w := connected(s)
	if got := s.post("/calling/recordings", w.names.Replace(recording(`,"recordingFormatType":"wav"`))); got.Status != 200 {
		s.t.Fatalf("%d %s", got.Status, got.Body)
	}
	return w
}

func heldOne(s scene) world {
	w := connected(s)
	s.post(w.names.Replace("{c}:hold"), about(phone, ""))
	return w
}

func fullQueue(s scene) world {
	w := connected(s)
	for range 64 {
		s.post(w.names.Replace("{c}:play"), play(""))
	}
	return w
}

func fullOfSeats(s scene) world {
	w := connected(s)
	for range 49 {
		s.post(root+":connect", w.names.Replace(connectBody(`{"serverCallId":"{server}"}`)))
	}
	return w
}

// botAnswered is a call to a user for whom an application answers.
func botAnswered(s scene) world {
	connection, id := s.created(`{"targets":[{"rawId":"` + alice + `"}],"callbackUri":"https://app.example/cb"}`)
	s.Calls.Signal(id, call.LegUnclaimed{Leg: call.NewLegID(id, 1)})
	context, err := s.sealer.Seal(access.IncomingContext{CallID: string(id), IncomingID: 1, To: alice})
	if err != nil {
		s.t.Fatal(err)
	}
	s.post(root+":answer", `{"incomingCallContext":"`+context+`","callbackUri":"https://bot.example/cb"}`)
	return worldOf(s, connection, id, context)
}

func calling(s scene) world {
	id, context := s.incoming()
	return worldOf(s, "", id, context)
}

func taken(s scene) world {
	w := calling(s)
	s.post(root+":reject", w.names.Replace(`{"incomingCallContext":"{context}"}`))
	return w
}

// ended is a call that is over.
func ended(s scene) world {
	connection, id := s.connected()
	s.post(root+"/"+string(connection)+":terminate", "")
	return worldOf(s, connection, id, "")
}

// TestEveryPublishedFailureIsAnsweredAsPublished provokes each of them through
// HTTP, looks at the answer, and holds that nothing came of it. The list beside it
// is from the published tables: what is listed has a row, and the other way round.
func TestEveryPublishedFailureIsAnsweredAsPublished(t *testing.T) {
	provoked := map[string]bool{}
	for _, f := range slices.Concat(anyFailures, callFailures, incomingFailures, mediaFailures, speechFailures, participantFailures, recordingFailures, setupFailures, missingCalls()) {
		provoked[f.key()] = true
		t.Run(f.key(), func(t *testing.T) { f.provoke(t) })
	}
	published := publishedIn(t, "testdata/failures.txt")
	for _, key := range slices.Sorted(maps.Keys(published)) {
		if !provoked[key] {
			t.Errorf("nothing provokes the published failure %q", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(provoked)) {
		if !published[key] {
			t.Errorf("%q is not in testdata/failures.txt", key)
		}
	}
}

func (f failure) provoke(t *testing.T) {
	w := f.in(stage(t))
	steps := w.Calls.Steps()
	send := f.send
	if send == nil {
		send = func(w world) apitest.Answer {
			return w.Send(cmp.Or(f.method, "POST"), w.names.Replace(f.path)+"?api-version=2026-03-12", w.names.Replace(f.body))
		}
	}
	got := send(w)
	code, message, target := got.Error()
	if got.Status != f.status || code != f.code || target != f.field || !strings.Contains(message, f.says) {
		t.Errorf("%.200s\n\tgot  %d %s\n\twant %d with code %s for %q saying %q", f.body, got.Status, got.Body, f.status, f.code, f.field, f.says)
	}
	if f.field != "" && !strings.HasPrefix(message, f.field) {
		t.Errorf("the message %q does not begin with the field", message)
	}
	if now := w.Calls.Steps(); now != steps {
		t.Errorf("a refused request took %d steps", now-steps)
	}
}

var index = regexp.MustCompile(`\[\d+\]`)

// key is how the list names a failure: headers by the object that they stand in,
// items of lists without their places.
func (f failure) key() string {
	field := index.ReplaceAllString(f.field, "[]")
	for _, headers := range []string{"sipHeaders", "voipHeaders"} {
		if at := strings.Index(field, headers); at >= 0 {
			field = field[:at+len(headers)]
		}
	}
	return strings.TrimSpace(fmt.Sprintf("%s %d/%s %s", f.op, f.status, f.code, field))
}

// publishedIn reads a list: what something may end in stands below it, with the
// fields that an answer may name; "-", or nothing, is an answer that names none.
func publishedIn(t *testing.T, name string) map[string]bool {
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, of := map[string]bool{}, ""
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case line[0] != '\t':
			of = words[0]
		case len(words) == 1:
			all[of+" "+words[0]] = true
		default:
			for _, field := range words[1:] {
				all[strings.TrimSpace(of+" "+words[0]+" "+strings.TrimPrefix(field, "-"))] = true
			}
		}
	}
	return all
}

// anyFailures are those of every operation: they come before it is looked at.
var anyFailures = []failure{
	{in: connected, op: "any", status: 401, code: "7509", says: "", send: func(w world) apitest.Answer {
		r, err := http.NewRequest("POST", w.URL+w.names.Replace("{c}:terminate?api-version=2026-03-12"), nil)
		if err != nil {
			w.t.Fatal(err)
		}
		return w.Do(r)
	}},
	{in: connected, op: "any", status: 401, code: "7501", says: "", send: func(w world) apitest.Answer {
		return w.post(w.names.Replace("{c}:terminate"), "", "Authorization: Bearer x")
	}},
	{in: connected, op: "any", status: 400, code: "8523", field: "api-version", says: "is not known", send: func(w world) apitest.Answer {
		return w.Send("POST", w.names.Replace("{c}:terminate?api-version=2020-01-01"), "")
	}},
	{in: connected, op: "any", status: 400, code: "8523", field: "api-version", says: "is missing", send: func(w world) apitest.Answer {
		return w.Send("POST", w.names.Replace("{c}:terminate"), "")
	}},
	{in: connected, op: "any", status: 400, code: "8523", says: "is not JSON", send: func(w world) apitest.Answer {
		return w.post(w.names.Replace("{c}:play"), "{")
	}},
	{in: connected, op: "any", status: 400, code: "8523", field: "Repeatability-Request-ID", says: "is not a UUID", send: func(w world) apitest.Answer {
		return w.post(w.names.Replace("{c}:terminate"), "", "Repeatability-Request-ID: 1", sent)
	}},
	{in: connected, op: "any", status: 400, code: "8523", field: "Repeatability-First-Sent", says: "is missing", send: func(w world) apitest.Answer {
		return w.post(w.names.Replace("{c}:terminate"), "", repeat)
	}},
}

// missingCalls asks every operation of a connection for one that is not there, and
// for one that has ended.
func missingCalls() (all []failure) {
	bodies := map[string]string{
		"transferToParticipant": `{"targetParticipant":{"rawId":"` + alice + `"}}`,
		"play":                  play(""), "recognize": recognizeBody(""), "sendDtmfTones": about(phone, `,"tones":["one"]`),
		"startContinuousDtmfRecognition": about(phone, ""), "stopContinuousDtmfRecognition": about(phone, ""),
		"hold": about(phone, ""), "unhold": about(phone, ""),
		"startMediaStreaming": `{}`, "stopMediaStreaming": `{}`, "startTranscription": `{}`, "stopTranscription": `{}`,
		"updateTranscription": `{"locale":"en-US"}`,
		"addParticipant":      `{"participantToAdd":{"rawId":"` + alice + `"}}`, "removeParticipant": `{"participantToRemove":{"rawId":"` + alice + `"}}`,
		"mute": `{"targetParticipants":[{"rawId":"` + alice + `"}]}`, "cancelAddParticipant": `{"invitationId":"i"}`,
		"moveHere": `{"targetParticipants":[{"rawId":"` + alice + `"}],"fromCall":"401f3500-fcd6-4c9d-9a9e-8f9a5a7c1e10"}`,
	}
	for _, op := range ga.Family(ga.Config{}).Operations {
		if !strings.Contains(op.Path, "{connection}") || op.Serve == nil {
			continue
		}
		path := strings.NewReplacer("/calling/callConnections/{connection}", "{c}", "{participant}", phone).Replace(op.Path)
		other := strings.Replace(path, "{c}", root+"/401f3500-fcd6-4c9d-9a9e-8f9a5a7c1e10", 1)
		all = append(all,
			failure{in: ended, op: op.Name, method: op.Method, path: path, body: bodies[op.Name], status: 404, code: "8522", says: "Call not found."},
			failure{in: nothing, op: op.Name, method: op.Method, path: other, body: bodies[op.Name], status: 404, code: "8522", says: "Call not found."})
		switch op.Name {
		case "getCall", "hangUp", "terminate", "listParticipants", "getParticipant", "moveHere":
		default:
			all = append(all, failure{in: ringing, op: op.Name, method: op.Method, path: path, body: bodies[op.Name], status: 400, code: "8501", says: "not in Established state"})
		}
	}
	return all
}

// ---- Bodies ----

func about(who, more string) string {
	return `{"targetParticipant":{"rawId":"` + who + `"}` + more + `}`
}

func play(more string) string {
	return `{"playSources":[{"kind":"file","file":{"uri":"https://f.example/1.wav"}}]` + more + `}`
}

func source(s string) string { return `{"playSources":[` + s + `]}` }

func long(n int) string { return `"` + strings.Repeat("x", n+1) + `"` }
