package callingserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Members of request bodies, as published: those that must be there, then those that may.
const (
	callOptions = "subject requestedMediaTypes requestedCallEvents"
	playOptions = "operationContext audioFileId"
)

var (
	none    = [2]string{}
	located = [2]string{"callLocator", ""}
	create  = [2]string{"source targets callbackUri", "alternateCallerId " + callOptions}
	play06  = [2]string{"", "audioFileUri loop callbackUri " + playOptions}
	add06   = [2]string{"", "participant alternateCallerId operationContext callbackUri"}
	records = "recordingStateCallbackUri recordingContentType recordingChannelType recordingFormatType"
	named   = [2]string{"identifier", ""}
	muting  = [2]string{"identifier", "operationContext"}
)

var coreBodies = map[string][2]string{
	"create": create, "hangup": none, "play": play06, "cancel-all": {"", "operationContext"}, "add": add06, "remove": none,
	"join": {"source callbackUri", callOptions}, "join-group": {"source callbackUri", callOptions},
	"out-add": add06, "out-remove": none, "out-play": play06,
	"record": {"", records}, "recording": none, "stop": none, "pause": none, "resume": none,
}

var connectionBodies = map[string][2]string{
	"create": create, "get": none, "delete": none, "hangup": none, "keep-alive": none, "cancel-all": none,
	"play":                    {"audioFileUri loop", playOptions},
	"transfer-to-participant": {"targetParticipant", "alternateCallerId userToUserInformation operationContext"},
	"transfer-to-call":        {"targetCallConnectionId", "userToUserInformation operationContext"},
	"participants":            none, "participant": named, "remove": named,
	"add":       {"participant", "alternateCallerId operationContext"},
	"play-to":   {"identifier audioFileUri loop", playOptions},
	"cancel-to": {"identifier mediaOperationId", ""},
	"mute":      muting, "unmute": muting, "leave-default-group": named, "join-default-group": named,
	"create-group": {"audioRoutingMode targets", ""}, "group": none, "update-group": {"targets", ""}, "delete-group": none,
}

var callBodies = map[string][2]string{
	"join": {"callLocator source callbackUri", callOptions}, "join-group": {"callLocator source callbackUri", callOptions},
	"answer":        {"incomingCallContext", "callbackUri requestedMediaTypes requestedCallEvents"},
	"reject":        {"incomingCallContext", "callRejectReason"},
	"redirect":      {"incomingCallContext target", ""},
	"out-play":      {"callLocator audioFileUri loop", "callbackUri " + playOptions},
	"out-cancel":    {"callLocator mediaOperationId", ""},
	"out-add":       {"callLocator participant", "callbackUri alternateCallerId operationContext"},
	"out-remove":    {"callLocator identifier", ""},
	"out-play-to":   {"callLocator identifier audioFileUri loop", "callbackUri " + playOptions},
	"out-cancel-to": {"callLocator identifier mediaOperationId", ""}, "out-participant": {"callLocator identifier", ""},
	"out-participants": located, "record": {"callLocator", records},
	"recording": none, "stop": none, "pause": none, "resume": none,
}

// enums are the words that members may have.
var enums = map[string]string{
	"requestedMediaTypes": "audio video", "audioRoutingMode": "oneToOne multicast", "callRejectReason": "none busy forbidden",
	"recordingContentType": "audio audioVideo", "recordingChannelType": "mixed unmixed", "recordingFormatType": "wav mp3 mp4",
	"kind": "serverCallLocator groupCallLocator",
}

func TestBodiesAreAsPublished(t *testing.T) {
	for folder, bodies := range map[string]map[string][2]string{
		"2021-06-15-preview": coreBodies, "2021-08-30-preview": coreBodies,
		"2021-11-15-preview/connection": connectionBodies, "2021-11-15-preview/call": callBodies,
	} {
		tones := "dtmfReceived"
		if strings.HasPrefix(folder, "2021-11") {
			tones = "toneReceived"
		}
		for name, members := range bodies {
			body := goldenBody(t, folder, name)
			if members == none || body == nil {
				if members != none || body != nil {
					t.Errorf("%s/%s has the body %v", folder, name, body)
				}
				continue
			}
			checkMembers(t, folder+"/"+name, body, members)
			checkEnums(t, folder+"/"+name, body, tones)
		}
		held, err := filepath.Glob(filepath.Join("testdata", folder, "*.http"))
		if err != nil || len(held) != len(bodies) {
			t.Errorf("%s: %d requests are held, %d are published (%v)", folder, len(held), len(bodies), err)
		}
	}
}

func goldenBody(t *testing.T, folder, name string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", folder, name+".http"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	if len(text) == 0 {
		return nil
	}
	var body map[string]any
	if err := json.Unmarshal(text, &body); err != nil {
		t.Fatalf("%s/%s: %v", folder, name, err)
	}
	return body
}

func checkMembers(t *testing.T, what string, body map[string]any, members [2]string) {
	t.Helper()
	required := strings.Fields(members[0])
	for _, name := range required {
		if _, ok := body[name]; !ok {
			t.Errorf("%s has no %s", what, name)
		}
	}
	for name := range body {
		if name == "recordingContentType" && strings.HasPrefix(what, "2021-06") {
			t.Errorf("%s has %s, which came in August", what, name)
		}
		if !slices.Contains(required, name) && !slices.Contains(strings.Fields(members[1]), name) {
			t.Errorf("%s has %s, which is not published", what, name)
		}
	}
}

func checkEnums(t *testing.T, what string, body map[string]any, tones string) {
	t.Helper()
	for name, v := range body {
		allowed := enums[name]
		if name == "requestedCallEvents" {
			allowed = "participantsUpdated " + tones
		}
		if nested, ok := v.(map[string]any); ok {
			checkEnums(t, what, nested, tones)
		}
		if allowed == "" {
			continue
		}
		words, ok := v.([]any)
		if !ok {
			words = []any{v}
		}
		for _, word := range words {
			if !slices.Contains(strings.Fields(allowed), fmt.Sprint(word)) {
				t.Errorf("%s: %s is %v, one of %q is published", what, name, word, allowed)
			}
		}
	}
}
