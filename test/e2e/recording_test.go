package e2e

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/players"
	"strowger/test/server"
	"strowger/test/webhook"
)

const recordings = "/calling/recordings"

// recorded starts a recording of a call by its serverCallId, and waits until it records.
func (w *world) recorded(serverCall string, more client.Object) (id string) {
	w.t.Helper()
	body := client.Object{"callLocator": client.Object{"kind": "serverCallLocator", "serverCallId": serverCall}, "recordingStateCallbackUri": w.app.URL("/recordings")}
	for k, v := range more {
		body[k] = v
	}
	r := w.api.Do(http.MethodPost, recordings, body, client.Once())
	expect(w.t, r, http.StatusOK)
	id = r.Text("recordingId")
	w.recordingState(id, "active", 1)
	return id
}

// recordingState waits until it was told for the n-th time that a recording has a state.
func (w *world) recordingState(id, state string, n int) webhook.Delivery {
	w.t.Helper()
	return w.app.Await("RecordingStateChanged "+state, func(d webhook.Delivery) bool {
		if d.Type != "RecordingStateChanged" || d.Text("recordingId") != id || d.Text("state") != state {
			return false
		}
		n--
		return n == 0
	})
}

// file waits until a recording can be fetched, and fetches its only chunk.
func (w *world) file(id string) (metadata client.Response, content []byte) {
	w.t.Helper()
	_, chunk := w.recordingReady(id)
	return w.fetch(chunk["metadataLocation"].(string)), w.fetch(chunk["contentLocation"].(string)).Body
}

// recordingReady waits until a recording can be fetched.
func (w *world) recordingReady(id string) (ready webhook.Delivery, onlyChunk map[string]any) {
	w.t.Helper()
	ready = w.app.Await("RecordingFileStatusUpdated of "+id, func(d webhook.Delivery) bool {
		return d.Type == "RecordingFileStatusUpdated" && lastSegment(d.Event["subject"].(string)) == id
	})
	chunks, _ := ready.Data["recordingStorageInfo"].(map[string]any)["recordingChunks"].([]any)
	if len(chunks) != 1 {
		w.t.Fatalf("%d chunks: %v", len(chunks), ready.Data)
	}
	return ready, chunks[0].(map[string]any)
}

func lastSegment(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}

// fetch gets what is at a location, as clients of recordings sign: without a query.
func (w *world) fetch(location string) client.Response {
	w.t.Helper()
	u, err := url.Parse(location)
	if err != nil {
		w.t.Fatal(err)
	}
	request := w.api.Request(http.MethodGet, u.Path, nil)
	request.URL.RawQuery = ""
	w.api.Sign(request)
	r, err := w.api.Send(request)
	if err != nil {
		w.t.Fatal(err)
	}
	expect(w.t, r, http.StatusOK)
	return r
}

func TestACallBetweenTwoPeopleIsRecordedOutOfCall(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	a.Dial("sip:bob@" + server.Domain)
	a.AwaitTalking()
	a.AwaitHeard(toneOfB, 300*time.Millisecond)
	id := w.recorded(a.AwaitHeader("X-Server-Call-Id"), client.Object{"recordingContentType": "audio", "recordingChannelType": "unmixed", "recordingFormatType": "wav"})
	heardBefore := b.Heard().ToneLength(toneOfA)
	b.AwaitHeard(toneOfA, heardBefore+2*time.Second)
	a.HangUp()
	w.recordingState(id, "inactive", 2)

	metadata, wav := w.file(id)
	participants, _ := metadata.Object()["participants"].([]any)
	if len(participants) != 2 {
		t.Fatalf("metadata: %s", metadata)
	}
	channels, err := heard.DecodeAll(wav)
	if err != nil || len(channels) != 2 {
		t.Fatalf("%d channels, %v", len(channels), err)
	}
	for i, tone := range []struct{ own, other float64 }{{toneOfA, toneOfB}, {toneOfB, toneOfA}} {
		sound := channels[i]
		if sound.ToneLength(tone.own) < 1500*time.Millisecond || sound.ToneLength(tone.other) > 100*time.Millisecond {
			t.Errorf("channel %d: %s", i, sound.Describe(toneOfA, toneOfB))
		}
	}
}

func TestARecordingSurvivesKill9(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	a.Dial("sip:bob@" + server.Domain)
	a.AwaitTalking()
	a.AwaitHeard(toneOfB, 300*time.Millisecond)
	id := w.recorded(a.AwaitHeader("X-Server-Call-Id"), client.Object{"recordingContentType": "audio", "recordingFormatType": "wav"})
	b.AwaitHeard(toneOfA, 3*time.Second)
	w.Kill()
	w.Restart()
	metadata, wav := w.file(id)
	sound, err := heard.Decode(wav)
	if got := sound.ToneLength(toneOfA); err != nil || got < 1500*time.Millisecond {
		t.Errorf("%v are left (%v): %s", got, err, metadata)
	}
}

func TestPlayersReadRecordingsOfEveryFormat(t *testing.T) {
	w := start(t, threeUsers)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	a.Dial("sip:bob@" + server.Domain)
	a.AwaitTalking()
	a.AwaitHeard(toneOfB, 300*time.Millisecond)
	for _, f := range []struct {
		format, content, codec string
		options                []string // for ffmpeg, which else says that it guesses where a channel belongs
	}{{"wav", "audio", "pcm_s16le", []string{"-guess_layout_max", "0"}}, {"mp3", "audio", "mp3", nil}, {"mp4", "audioVideo", "aac", nil}} {
		id := w.recorded(a.AwaitHeader("X-Server-Call-Id"), client.Object{"recordingContentType": f.content, "recordingChannelType": "mixed", "recordingFormatType": f.format})
		b.AwaitHeard(toneOfA, b.Heard().ToneLength(toneOfA)+2*time.Second)
		expect(t, w.api.Do(http.MethodDelete, recordings+"/"+id, nil), http.StatusNoContent)
		metadata, content := w.file(id)
		path := filepath.Join(t.TempDir(), "recording."+f.format)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		decoded := heard.Sound{RateHz: 16000, Samples: players.Decode(t, path, 16000, f.options...)}
		expectPlayed(t, path, f.codec, decoded, time.Duration(metadata.Object()["chunkDuration"].(float64)*float64(time.Millisecond)))
	}
}

// expectPlayed has two players read a recording in which both tones sound.
func expectPlayed(t *testing.T, path, codec string, decoded heard.Sound, length time.Duration) {
	t.Helper()
	info := players.Probe(t, path)
	near := func(got time.Duration) bool { return (got - length).Abs() <= 150*time.Millisecond } // an MP3 ends with a whole frame
	if info.Codec != codec || info.Channels != 1 || !near(time.Duration(info.Seconds*float64(time.Second))) {
		t.Errorf("ffprobe says %+v of %v of %s", info, length, codec)
	}
	sounds := map[string]heard.Sound{"ffmpeg": decoded}
	browsed := players.Browse(t, path, 16000)
	if browsed.Error != "" || len(browsed.Channels) != 1 || !near(time.Duration(browsed.Seconds*float64(time.Second))) {
		t.Errorf("Chromium: %q, %d channels of %v s, want %v", browsed.Error, len(browsed.Channels), browsed.Seconds, length)
	} else {
		sounds["Chromium"] = heard.Sound{RateHz: 16000, Samples: inWhole(browsed.Channels[0])}
	}
	for player, sound := range sounds {
		for _, hz := range []float64{toneOfA, toneOfB} {
			// A busy machine may be late with a packet or two; but what one player hears the other hears.
			got, other := sound.ToneLength(hz), decoded.ToneLength(hz)
			if !near(sound.Length()) || got < length*3/4 || (got-other).Abs() > 60*time.Millisecond {
				t.Errorf("%s, of %v of %s: %s", player, length, codec, sound.Describe(toneOfA, toneOfB))
			}
		}
	}
}

// inWhole are samples of a page as 16 bits.
func inWhole(samples []float32) []int16 {
	whole := make([]int16, len(samples))
	for i, s := range samples {
		whole[i] = int16(min(max(s, -1), 1) * 32767)
	}
	return whole
}

// What an operator sees of a recording, from its beginning to its deletion.
func TestAnOperatorListsFetchesAndDeletesRecordings(t *testing.T) {
	w := start(t, threeUsers)
	recordings := func(args ...string) string {
		return w.strowger(append(append([]string{"recordings"}, args...), "--operator", w.OperatorURL)...)
	}
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	a.Dial("sip:bob@" + server.Domain)
	a.AwaitTalking()
	id := w.recorded(a.AwaitHeader("X-Server-Call-Id"), client.Object{"recordingContentType": "audio", "recordingFormatType": "wav"})
	b.AwaitHeard(toneOfA, 2*time.Second)
	requirePrinted(t, recordings(), "wav", "call "+id[:8], alice.RawID()+", "+bob.RawID()+"  being recorded")
	requirePrinted(t, w.calls(), "established, being recorded")
	a.HangUp()
	_, wav := w.file(id)

	all := recordings("--call", id[:8], "--since", "1h")
	document := regexp.MustCompile(`\d{8}T\d{6}Z-[0-9a-f]{32}-0`).FindString(all)
	requirePrinted(t, all, "wav", "kB", alice.RawID()+", "+bob.RawID()+"  "+document)
	requirePrinted(t, w.calls(id[:8]), "recording started", "the call is over", "recording ready: ", "strowger recordings get "+document)
	name := filepath.Join(t.TempDir(), "call.wav")
	requirePrinted(t, recordings("get", document, "-o", name), name)
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, wav) {
		t.Errorf("what was fetched is not the recording: %v", err)
	}
	requirePrinted(t, recordings("get", document, "--metadata"), `"chunkDocumentId": "`+document+`"`)
	requirePrinted(t, recordings("delete", document), document+"  deleted")
	requirePrinted(t, recordings(), "no recordings")
}
