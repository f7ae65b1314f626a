package e2e

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/wait"
)

// bot is an application at the other end of a stream or a transcription.
type bot struct {
	t      *testing.T
	server *httptest.Server
	opened chan *websocket.Conn

	mu    sync.Mutex
	voice map[string][]int16 // what it heard, by who said it
	keys  string
	texts map[string]string // what it read, by who said it
	read  []string          // all messages of a transcription
	kinds map[string]int
}

func newBot(t *testing.T) *bot {
	b := &bot{t: t, opened: make(chan *websocket.Conn, 10), voice: map[string][]int16{}, texts: map[string]string{}, kinds: map[string]int{}}
	b.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ey") || r.Header.Get("x-ms-call-connection-id") == "" {
			t.Errorf("a socket is opened without proof: %v", r.Header)
		}
		socket, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		b.opened <- socket
		for {
			_, message, err := socket.Read(context.Background())
			if err != nil {
				return
			}
			b.hears(message)
		}
	}))
	t.Cleanup(b.server.Close)
	return b
}

func (b *bot) url() string { return strings.Replace(b.server.URL, "https", "wss", 1) + "/audio" }

// ca is a file with the certificate to trust.
func (b *bot) ca() string {
	file := filepath.Join(b.t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b.server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return file
}

func (b *bot) hears(message []byte) {
	var m struct {
		Kind      string
		AudioData struct {
			ParticipantRawID string
			Data             []byte
		}
		DTMFData          struct{ Data string }
		TranscriptionData struct{ Text, ParticipantRawID, ResultStatus string }
	}
	if err := json.Unmarshal(message, &m); err != nil {
		b.t.Errorf("%s: %v", message, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kinds[m.Kind]++
	b.keys += m.DTMFData.Data
	if strings.HasPrefix(m.Kind, "Transcription") {
		b.read = append(b.read, string(message))
	}
	if said := m.TranscriptionData; said.ResultStatus == "Final" {
		b.texts[said.ParticipantRawID] += said.Text + "\n"
	}
	for d := m.AudioData.Data; len(d) > 0; d = d[2:] {
		b.voice[m.AudioData.ParticipantRawID] = append(b.voice[m.AudioData.ParticipantRawID], int16(binary.LittleEndian.Uint16(d)))
	}
}

// awaitVoice waits until it has heard so much of a tone from somebody.
func (b *bot) awaitVoice(who string, hz float64, length time.Duration) {
	b.t.Helper()
	var so heard.Sound
	err := wait.Until(time.Minute, nil, func() bool {
		b.mu.Lock()
		so = heard.Sound{RateHz: 16000, Samples: append([]int16(nil), b.voice[who]...)}
		b.mu.Unlock()
		return so.ToneLength(hz) >= length
	})
	if err != nil {
		b.t.Fatalf("%q: %v: %s", who, err, so.Describe(hz))
	}
}

// awaitText waits until it has read what somebody has said, or some of it.
func (b *bot) awaitText(who string, some ...string) {
	b.t.Helper()
	var texts string
	err := wait.Until(time.Minute, nil, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		texts = strings.ToLower(b.texts[who])
		return !slices.ContainsFunc(some, func(s string) bool { return !strings.Contains(texts, s) })
	})
	if err != nil {
		b.t.Fatalf("of %s it reads %q: %v", who, texts, err)
	}
}

func (b *bot) awaitKeys(keys string) {
	b.t.Helper()
	err := wait.Until(time.Minute, nil, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.keys == keys
	})
	if err != nil {
		b.t.Fatalf("keys: %v", err)
	}
}

func (b *bot) says(socket *websocket.Conn, message string) {
	b.t.Helper()
	if err := socket.Write(b.t.Context(), websocket.MessageText, []byte(message)); err != nil {
		b.t.Fatal(err)
	}
}

// audio is a message in the .NET SDK's spelling.
func audioOf(parts ...heard.Part) string {
	wav := heard.MakeWAV(heard.Format{RateHz: 16000, Channels: 1, Bits: 16}, parts...)
	return `{"Kind":"AudioData","AudioData":{"Data":"` + base64.StdEncoding.EncodeToString(wav[44:]) + `","IsSilent":false},"StopAudio":null}`
}

// TestAnApplicationHearsACallAndSpeaksInIt over a socket with TLS, to a certificate that
// the operator has named: everybody by themselves, their keys, what it says in one piece,
// and silence once it takes that back.
func TestAnApplicationHearsACallAndSpeaksInIt(t *testing.T) {
	b := newBot(t)
	config := threeUsers
	config.Environment = []string{"STROWGER_OUTBOUND_CA_FILES=" + b.ca()}
	w := start(t, config)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	c := w.phoneOf(carol, phone.Config{ToneHz: toneOfC, AutoAnswer: true, Codecs: "pcma"})
	created := w.api.CreateCall(w.app.URL("/callback"), []client.Object{user(alice), user(carol)}, client.Object{
		"operationContext": "bot", "mediaStreamingOptions": client.Object{
			"transportType": "websocket", "transportUrl": b.url(), "audioChannelType": "unmixed", "contentType": "audio",
			"startMediaStreaming": true, "enableBidirectional": true, "enableDtmfTones": true, "audioFormat": "pcm16KMono",
		}})
	expect(t, created, 201)
	connection := created.Text("callConnectionId")
	started := w.app.AwaitEvent(connection, "MediaStreamingStarted")
	if started.Context() != "bot" || started.Text("mediaStreamingUpdate", "mediaStreamingStatusDetails") != "subscriptionStarted" {
		t.Errorf("got %s", started)
	}
	socket := <-b.opened
	b.awaitVoice(alice.RawID(), toneOfA, 2*time.Second)
	b.awaitVoice(carol.RawID(), toneOfC, 2*time.Second)
	a.Press("5#")
	b.awaitKeys("5#")

	b.says(socket, audioOf(heard.Part{Hz: promptHz, Length: 20 * time.Second}))
	a.AwaitHeard(promptHz, time.Second)
	c.AwaitHeard(promptHz, time.Second)
	b.says(socket, `{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}`)

	expect(t, w.api.Verb(connection, ":stopMediaStreaming", client.Object{"operationContext": "enough"}), 202)
	w.app.AwaitResult("enough", "MediaStreamingStopped")
	w.end(connection)
	a.AwaitClosed(1)
	if got := a.Heard().ToneLength(promptHz); got > 15*time.Second {
		t.Errorf("what was taken back is heard for %v", got)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kinds["AudioMetadata"] != 1 {
		t.Errorf("messages by kind: %v", b.kinds)
	}
}

// TestAnApplicationWithoutASocketIsToldSo and its call goes on.
func TestAnApplicationWithoutASocketIsToldSo(t *testing.T) {
	w := start(t, server.Config{Users: []server.User{alice}})
	w.phoneOf(alice, phone.Config{AutoAnswer: true})
	created := w.api.CreateCall(w.app.URL("/callback"), []client.Object{user(alice)}, client.Object{
		"mediaStreamingOptions": client.Object{"transportType": "websocket", "transportUrl": "ws://127.0.0.1:9/audio", "audioChannelType": "mixed", "startMediaStreaming": true}})
	expect(t, created, 201)
	connection := created.Text("callConnectionId")
	failed := w.app.AwaitEvent(connection, "MediaStreamingFailed")
	if failed.Result() != "400/8581" || failed.Text("mediaStreamingUpdate", "mediaStreamingStatusDetails") != "initialWebSocketConnectionFailed" {
		t.Errorf("got %s", failed)
	}
	expect(t, w.api.Get(connection), 200)
	w.end(connection)
}
