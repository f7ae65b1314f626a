package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strowger/internal/devca"
	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/port"
	"strowger/test/server"
	"strowger/test/wait"
)

// Voice bots as others write them (test/sdk/README.md): what a bot says is a greeting that
// takes all of greetingTakes and is sent at once, and, when it is talked over, a second's answer.
const (
	greetingHz    = promptHz
	answerHz      = toneOfC
	greetingTakes = 20 * time.Second
)

// botNews is what a bot has to tell of a stream that is over. Frames are counted from 1.
type botNews struct {
	RateHz    int
	Frames    int
	Silent    int   // frames in which nobody is
	Strange   []any // frames that were not as published
	GreetedAt int   // how many frames had come when it had sent the greeting
	StoppedAt int   // and when it was talked over
}

// authority is a development CA, and a certificate of it for 127.0.0.1.
type authority struct {
	ca     *devca.Authority
	issued *tls.Certificate
	pair   string // its file, with the key
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	ca, err := devca.Open(t.TempDir(), nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	issued, err := ca.TLSConfig().GetCertificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(issued.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	for _, der := range issued.Certificate {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	pair := filepath.Join(t.TempDir(), "pair.pem")
	if err := os.WriteFile(pair, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return authority{ca, issued, pair}
}

// trusted is what makes a server trust it.
func (a authority) trusted() []string { return []string{"STROWGER_OUTBOUND_CA_FILES=" + a.ca.CAFile()} }

// TestAPythonBotTalksInACall, in the shapes of the samples in Python.
func TestAPythonBotTalksInACall(t *testing.T) {
	t.Parallel()
	talkToABot(t, python(t, "bot.py"))
}

// TestAJavaScriptBotTalksInACall: it reads and writes with the SDK.
func TestAJavaScriptBotTalksInACall(t *testing.T) {
	t.Parallel()
	talkToABot(t, javaScript(t, "1.6.0", "bot.js"))
}

// talkToABot calls a bot that is a program.
func talkToABot(t *testing.T, command *exec.Cmd) {
	t.Helper()
	ca, hears := newAuthority(t), filepath.Join(t.TempDir(), "heard")
	events, streams := port.Free(), port.Free()
	s := server.Start(t, server.Config{
		HTTPS: true, Trunks: []server.Trunk{carrier()}, Environment: ca.trusted(),
		EventGrid: []server.Subscription{{URL: fmt.Sprintf("http://127.0.0.1:%d/events", events)}},
	})
	options, err := json.Marshal(map[string]any{
		"connectionString": "endpoint=" + s.SecureURL + "/;accesskey=" + server.AccessKey, "port": events, "streamPort": streams,
		"certificate": ca.pair, "hears": hears, "greetingHz": greetingHz, "answerHz": answerHz,
	})
	if err != nil {
		t.Fatal(err)
	}
	command.Env = append(append(command.Env, trusting(s)...), "BOT_OPTIONS="+string(options))
	bot := run(t, command)
	validated := func() bool { return strings.Contains(s.Log(), "the subscription is validated") }
	if err := wait.Until(server.Patience, bot.ended, validated); err != nil {
		t.Fatalf("the bot does not take events: %v", err)
	}
	caller := phone.Start(t, phone.Config{Name: carrierNumber})
	caller.Dial(s.URI(ours))
	talkOver(caller)
	caller.HangUp()
	var news botNews
	told := func() bool { return json.Unmarshal([]byte(bot.out.String()), &news) == nil }
	if err := wait.Until(server.Patience, bot.ended, told); err != nil {
		t.Fatalf("the bot says nothing of the stream: %v", err)
	}
	pcm, err := os.ReadFile(hears)
	if err != nil {
		t.Fatal(err)
	}
	requireATalk(t, caller, news, pcm)
}

// TestADotNetBotTalksInACall, in the shapes of the SDK and the samples for .NET.
func TestADotNetBotTalksInACall(t *testing.T) {
	ca := newAuthority(t)
	bot := newDotNetBot(t, ca.issued)
	w := start(t, server.Config{Users: []server.User{alice}, Environment: ca.trusted()})
	callee := w.phoneOf(alice, phone.Config{AutoAnswer: true})
	expect(t, w.api.CreateCall(w.app.URL("/callback"), []client.Object{user(alice)}, client.Object{
		"mediaStreamingOptions": client.Object{
			"transportType": "websocket", "transportUrl": bot.url, "audioChannelType": "mixed", "contentType": "audio",
			"startMediaStreaming": true, "enableBidirectional": true, "audioFormat": "pcm16KMono",
		}}), 201)
	talkOver(callee)
	select {
	case <-bot.said:
	case <-time.After(server.Patience):
		t.Error("nobody says that the answer was played")
	}
	callee.HangUp()
	<-bot.ended
	requireATalk(t, callee, bot.news, bot.heard)
	if want := `[greeting Cancelled answer Completed]`; fmt.Sprint(bot.marks) != want {
		t.Errorf("its marks are answered %v, want %s", bot.marks, want)
	}
}

// talkOver hears a bot's greeting, talks over it and hears its answer.
func talkOver(p *phone.Phone) {
	p.AwaitHeard(greetingHz, time.Second)
	p.Says(toneOfA)
	p.AwaitHeard(answerHz, 950*time.Millisecond)
}

// requireATalk looks at both ends of a call with a bot. All is counted in the time of the
// media: a busy machine makes none of it longer, but for what the bot itself comes too late with.
func requireATalk(t *testing.T, p *phone.Phone, bot botNews, pcm []byte) {
	t.Helper()
	const frame = 20 * time.Millisecond
	p.AwaitClosed(1)
	sound := heard.Sound{RateHz: bot.RateHz, Samples: make([]int16, len(pcm)/2)}
	for i := range sound.Samples {
		sound.Samples[i] = int16(binary.LittleEndian.Uint16(pcm[2*i:]))
	}
	if len(bot.Strange) > 0 || bot.Frames < bot.StoppedAt || bot.StoppedAt == 0 {
		t.Errorf("the bot tells of %d frames, %+v", len(bot.Strange), bot)
	}
	if got := sound.ToneLength(toneOfA); got < 500*time.Millisecond {
		t.Errorf("the bot hears %v of the caller's tone: %s", got, sound.Describe(toneOfA))
	}
	at := p.Heard()
	greeting, answer := at.Tone(greetingHz), at.Tone(answerHz)
	if len(greeting) == 0 || len(answer) == 0 {
		t.Fatalf("the caller hears the greeting at %v and the answer at %v", greeting, answer)
	}
	// The answer was sent right after the stop: between them are two frames at most.
	between := answer[0].From - greeting[len(greeting)-1].To
	if math.Abs(float64(between)) > float64(2*frame+heard.Window) {
		t.Errorf("between the greeting that was stopped and the answer are %v", between)
	}
	if told, got := time.Duration(bot.StoppedAt-bot.GreetedAt)*frame, at.ToneLength(greetingHz); got > told+3*time.Second || got > greetingTakes-time.Second {
		t.Errorf("the greeting is heard for %v, and was stopped after %v", got, told)
	}
}
