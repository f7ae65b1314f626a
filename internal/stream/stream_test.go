package stream

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/mixer"
)

const (
	testCall       = call.ID("11111111-1111-4111-8000-000000000000")
	testConnection = call.ConnectionID("11111111-1111-4111-8100-000000000000")
	subscriptionID = "11111111-1111-4111-8200-000000000000"
)

// application is what listens at the other end of a socket.
type application struct {
	t       testing.TB
	server  *httptest.Server
	sockets chan *websocket.Conn
	headers chan http.Header

	mu     sync.Mutex
	status int // that it answers with in place of a socket
}

func newApplication(t testing.TB) *application {
	a := &application{t: t, sockets: make(chan *websocket.Conn, 10), headers: make(chan http.Header, 10)}
	a.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		status := a.status
		a.mu.Unlock()
		a.headers <- r.Header
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		socket, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		socket.SetReadLimit(1 << 20)
		a.sockets <- socket
		<-r.Context().Done()
	}))
	t.Cleanup(a.server.Close)
	return a
}

// refuse has it answer a status.
func (a *application) refuse(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status = status
}

// message is one as an application sees it.
type message struct {
	Kind          string
	AudioMetadata *struct {
		SubscriptionID, Encoding     string
		SampleRate, Channels, Length int
	}
	AudioData *struct {
		Timestamp        time.Time
		ParticipantRawID *string
		Data             []byte
		Silent           *bool
	}
	DTMFData *struct{ Data string }
	MarkData *struct {
		ID     json.RawMessage
		Status string
	}
	raw []byte
}

func (m message) samples() (s []int16) {
	for b := m.AudioData.Data; len(b) > 0; b = b[2:] {
		s = append(s, int16(binary.LittleEndian.Uint16(b)))
	}
	return s
}

// scene is a room with an application at it.
type scene struct {
	*application
	room    *mixer.Room
	streams *Streams
	stream  *Stream
	socket  *websocket.Conn
	signals chan call.Signal
	log     lines
}

// lines are what is logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (s *scene) Signal(_ call.ID, sig call.Signal) { s.signals <- sig }

// newScene has an application at a room, as it asked for, but for the URL.
func newScene(t testing.TB, spec call.StreamSpec) *scene {
	s := &scene{application: newApplication(t), room: mixer.NewRoom(), signals: make(chan call.Signal, 100)}
	s.begin(spec)
	return s
}

func (s *scene) begin(spec call.StreamSpec) {
	s.t.Helper()
	spec.URL = strings.Replace(s.server.URL, "http", "ws", 1) + "/audio?call=1"
	s.streams = New(Config{
		Client: s.server.Client(), Token: func() (string, error) { return "token", nil }, Signals: s, Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	s.stream = s.streams.Open(testCall, call.OpenStream{Connection: testConnection, Subscription: subscriptionID, Run: 3, Spec: spec}, s.room)
	s.t.Cleanup(func() {
		s.stream.Close()
		if s.socket != nil {
			_ = s.socket.CloseNow() // it may not read what the stream says last
		}
		s.streams.Wait()
	})
}

// opened waits for the socket and its first message.
func (s *scene) opened(again bool) message {
	s.t.Helper()
	s.socket = await(s.t, s.sockets)
	first := s.hears()
	want := call.StreamOpened{Connection: testConnection, Run: 3, Again: again}
	if got := await(s.t, s.signals); got != want {
		s.t.Fatalf("got %+v, want %+v", got, want)
	}
	return first
}

func await[T any](t testing.TB, c chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(30 * time.Second):
		t.Fatalf("waited for a %T in vain", v)
	}
	return v
}

// hears is the next message.
func (s *scene) hears() (m message) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	kind, b, err := s.socket.Read(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	if kind != websocket.MessageText || len(b) >= 2048 {
		s.t.Errorf("a message of kind %v and %d bytes", kind, len(b))
	}
	if err := json.Unmarshal(b, &m); err != nil {
		s.t.Fatalf("%s: %v", b, err)
	}
	m.raw = b
	return m
}

// says sends a message.
func (s *scene) says(format string, args ...any) {
	s.t.Helper()
	if err := s.socket.Write(s.t.Context(), websocket.MessageText, fmt.Appendf(nil, format, args...)); err != nil {
		s.t.Fatal(err)
	}
}

// steady says one level, or nothing, and remembers what it heard last.
type steady struct {
	rateHz int
	mu     sync.Mutex
	level  int16
	heard  []int16
}

func (p *steady) SampleRateHz() int { return p.rateHz }

func (p *steady) ReadFrame(dst []int16) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range dst {
		dst[i] = p.level
	}
	return p.level != 0
}

func (p *steady) WriteFrame(frame []int16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = append(p.heard[:0], frame...)
}

func (p *steady) says(level int16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.level = level
}

// hears is the level in the middle of the last frame.
func (p *steady) hears() int16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.heard[len(p.heard)/2]
}

func (s *scene) join(name call.Address, rateHz int, level int16) (*steady, *mixer.Member) {
	p := &steady{rateHz: rateHz, level: level}
	m := s.room.Add(p, p)
	s.stream.Joined(m, name)
	return p, m
}

// tick is one of the room's. What the application is told of it comes after.
func (s *scene) tick() { s.room.Tick() }

func near(got, want int16) bool { return math.Abs(float64(got)-float64(want)) < 20 }

func TestTheMetadataComesFirstAndTheSocketIsSigned(t *testing.T) {
	for rate, length := range map[int]int{16000: 640, 24000: 960} {
		s := newScene(t, call.StreamSpec{RateHz: rate})
		first := s.opened(false)
		want := fmt.Sprintf(`{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":%q,"encoding":"PCM","sampleRate":%d,"channels":1,"length":%d}}`, subscriptionID, rate, length)
		if string(first.raw) != want {
			t.Errorf("got  %s\nwant %s", first.raw, want)
		}
		header := await(t, s.headers)
		if header.Get("Authorization") != "Bearer token" || header.Get("x-ms-call-connection-id") != string(testConnection) || header.Get("x-ms-call-correlation-id") != string(testCall) {
			t.Errorf("got %v", header)
		}
	}
}

func TestEverybodyTogetherIsOneFrameATickAlsoOfSilence(t *testing.T) {
	for _, rate := range []int{16000, 24000} {
		s := newScene(t, call.StreamSpec{RateHz: rate})
		s.opened(false)
		alice, _ := s.join("8:acs:alice", 8000, 1000)
		s.join("4:+1", 16000, 500)
		var last time.Time
		for n := range 60 {
			if n == 30 {
				alice.says(0)
			}
			s.tick()
			got := s.hears()
			if strings.Contains(string(got.raw), "participantRawID") || got.AudioData.Silent == nil || *got.AudioData.Silent || len(got.AudioData.Data) != 2*rate/50 {
				t.Fatalf("tick %d: %s", n, got.raw)
			}
			if step := got.AudioData.Timestamp.Sub(last); n > 0 && (step < 19*time.Millisecond || step > 21*time.Millisecond) {
				t.Errorf("tick %d is %v after the one before", n, step)
			}
			last = got.AudioData.Timestamp
			if want := map[bool]int16{true: 1500, false: 500}[n < 31]; n > 4 && n != 30 && n != 31 && !near(got.samples()[rate/100], want) {
				t.Errorf("tick %d at %d Hz: level %d, want %d", n, rate, got.samples()[rate/100], want)
			}
		}
	}
}

func TestNobodySpeakingIsSilent(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000})
	s.opened(false)
	alice, _ := s.join("8:acs:alice", 8000, 1000)
	silent := func() bool { s.tick(); return *s.hears().AudioData.Silent }
	for range 3 {
		silent()
	}
	alice.says(0)
	for range 3 {
		silent() // what the filters hold
	}
	for range 5 {
		if !silent() {
			t.Error("a frame of nobody is not silent")
		}
	}
	alice.says(700)
	for range 3 {
		silent()
	}
	if silent() {
		t.Error("somebody who speaks again is silent")
	}
}

func TestEachVoiceByItselfIsNamedFromItsFirstToItsLastTick(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000, Unmixed: true})
	s.opened(false)
	levels := func(people int) map[string]int16 {
		s.tick()
		found := map[string]int16{}
		for range people {
			m := s.hears()
			if m.AudioData.ParticipantRawID == nil {
				t.Fatalf("a frame without a name: %s", m.raw)
			}
			found[*m.AudioData.ParticipantRawID] = m.samples()[160]
		}
		return found
	}
	expect := func(got map[string]int16, want map[string]int16) {
		t.Helper()
		for name, level := range want {
			if !near(got[name], level) {
				t.Errorf("%s is at %d, want %d", name, got[name], level)
			}
		}
	}
	s.join("8:acs:alice", 8000, 1000)
	_, bob := s.join("4:+1", 8000, 300)
	for range 5 {
		levels(2)
	}
	expect(levels(2), map[string]int16{"8:acs:alice": 1000, "4:+1": 300})
	for i := range 5 { // more than the four of the cloud
		s.join(call.Address(fmt.Sprint("8:acs:", i)), 16000, int16(100*(i+1)))
	}
	for range 5 {
		levels(7)
	}
	expect(levels(7), map[string]int16{"8:acs:alice": 1000, "4:+1": 300, "8:acs:0": 100, "8:acs:4": 500})
	s.stream.Left(bob)
	s.room.Remove(bob)
	expect(levels(6), map[string]int16{"8:acs:alice": 1000, "8:acs:4": 500})
}

func TestKeysAreToldAmongTheSound(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000, Tones: true})
	s.opened(false)
	s.stream.Pressed('3')
	s.stream.Pressed('#')
	s.tick()
	for _, want := range []string{`{"kind":"DtmfData","dtmfData":{"data":"3"}}`, `{"kind":"DtmfData","dtmfData":{"data":"#"}}`} {
		if got := s.hears(); string(got.raw) != want {
			t.Errorf("got %s, want %s", got.raw, want)
		}
	}
}

// sound is the data of so many samples of a level.
func sound(samples int, level int16) string {
	var b []byte
	for range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(level))
	}
	return base64.StdEncoding.EncodeToString(b)
}

// until has ticks go by until a listener hears a level, and gives how many that took.
func (s *scene) until(p *steady, level int16) int {
	s.t.Helper()
	for n := 1; n < 2000; n++ {
		s.tick()
		if near(p.hears(), level) {
			return n
		}
		<-time.After(time.Millisecond) // the message is on its way
	}
	s.t.Fatalf("nobody hears %d", level)
	return 0
}

func TestWhatAnApplicationSaysIsPlayedAtTheSpeedOfTheClock(t *testing.T) {
	for _, rate := range []int{16000, 24000} {
		s := newScene(t, call.StreamSpec{RateHz: rate, Bidirectional: true})
		alice, _ := s.join("8:acs:alice", 8000, 0)
		bob, _ := s.join("4:+1", 16000, 0)
		s.opened(false)
		s.says(`{"kind":"AudioData","audioData":{"data":%q}}`, sound(rate, 4000)) // a second at once
		s.until(alice, 4000)
		for n := range 45 {
			if s.tick(); !near(bob.hears(), 4000) {
				t.Fatalf("tick %d: %d", n, bob.hears())
			}
		}
		for range 6 {
			s.tick()
		}
		if got := alice.hears(); got != 0 {
			t.Errorf("at %d Hz: %d is heard after its end", rate, got)
		}
	}
}

func TestAnApplicationDoesNotHearItselfButIsHeardByAll(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000, Bidirectional: true})
	alice, _ := s.join("8:acs:alice", 8000, 100)
	s.opened(false)
	s.says(`{"kind":"AudioData","audioData":{"data":%q}}`, sound(16000, 4000))
	s.until(alice, 4000)
	for range 10 {
		s.tick()
	}
	for range 10 {
		if got := s.hears().samples()[160]; got > 200 {
			t.Fatalf("the application hears %d", got)
		}
	}
}

func TestAStopEndsWhatIsPlayedWithinTwoTicks(t *testing.T) {
	for _, stop := range []string{
		`{"kind":"StopAudio","stopAudio":{}}`,
		`{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}`,
		`{"kind":"stopAudio","stopAudio":{}}`,
		`{"kind":"StopAudio","AudioData":null,"StopAudio":{}}`,
	} {
		s := newScene(t, call.StreamSpec{RateHz: 16000, Bidirectional: true})
		alice, _ := s.join("8:acs:alice", 16000, 0)
		s.opened(false)
		s.says(`{"kind":"StopAudio","stopAudio":{}}`) // while nothing plays
		s.says(`{"kind":"AudioData","audioData":{"data":%q}}`, sound(16000*20, 4000))
		s.until(alice, 4000)
		s.says("%s", stop)
		said := s.stream.voice.written.Load()
		s.says(`{"kind":"AudioData","audioData":{"data":%q}}`, sound(16000, 900)) // it is read after the stop
		for s.stream.voice.written.Load() == said {
			<-time.After(time.Millisecond)
		}
		if n := s.until(alice, 900); n > 2 {
			t.Errorf("%s: what was said before is heard for %d ticks more", stop, n)
		}
	}
}

func TestMarksAreAnsweredWhenTheyWerePlayed(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000, Bidirectional: true})
	alice, _ := s.join("8:acs:alice", 16000, 0)
	s.opened(false)
	s.says(`{"kind":"AudioData","audioData":{"data":%q,"mark":{"sequence":"first"}}}`, sound(320*5, 4000))
	s.says(`{"kind":"AudioData","audioData":{"data":%q,"mark":{"id":7}}}`, sound(16000*20, 4000))
	marks := func() (told []string) {
		for {
			switch m := s.hears(); m.Kind {
			case "MarkData":
				told = append(told, fmt.Sprintf("%s %s", m.MarkData.ID, m.MarkData.Status))
			case "AudioData":
				return told
			}
		}
	}
	s.until(alice, 4000)
	var told []string
	for n := 0; len(told) == 0; n++ {
		if n > 1000 {
			t.Fatal("no mark is answered")
		}
		s.tick()
		told = append(told, marks()...)
	}
	s.says(`{"kind":"stopAudio"}`)
	for n := 0; len(told) == 1; n++ {
		if n > 1000 {
			t.Fatal("a stop answers no mark")
		}
		s.tick()
		told = append(told, marks()...)
	}
	if want := `["first" Completed 7 Cancelled]`; fmt.Sprint(told) != want {
		t.Errorf("got %v, want %s", told, want)
	}
}

func TestEverySpellingOfTheSDKsAndSamplesIsUnderstood(t *testing.T) {
	for _, text := range []string{
		`{"kind":"AudioData","audioData":{"data":"AQACAA==","timestamp":"2024-11-15T19:16:12.925Z","silent":false}}`,
		`{"Kind":"AudioData","AudioData":{"Data":"AQACAA==","Timestamp":"0001-01-01T00:00:00+00:00","IsSilent":false},"StopAudio":null}`,
		`{"kind":"audioData","audioData":{"data":"AQACAA==","isSilent":false},"stopAudio":{}}`,
		`{"kind":"AudioData","AudioData":{"data":"AQACAA=="},"StopAudio":null}`,
		`{"KIND":"AUDIODATA","AUDIODATA":{"DATA":"AQACAA=="}}`,
		`{"kind":"AudioData","audioData":{"data":"AQACAAM="}}`, // half a sample
		` { "kind" : "AudioData" , "audioData" : { "data" : "AQ\u0041CAA==" , "participant" : { "rawId" : "}\"" , "of" : [ 1 , { } ] } } } `,
	} {
		h, err := parse([]byte(text), nil)
		if err != nil || h.stop || fmt.Sprint(h.samples) != "[1 2]" {
			t.Errorf("%s: %+v %v", text, h, err)
		}
	}
	for _, text := range []string{`{"kind":"AudioData"}`, `{"kind":"AudioData","audioData":{"data":"!"}}`, `no JSON`, `{"kind":7}`, `{`, `{"kind"`, `{"kind":"AudioData","audioData":{"data":"AQACAA=="}`,
		`{"kind":"AudioData","audioData":{"data":"AQACAA==","silent":nope}}`, `{"kind":"StopAudio","audioData":{"data"}}`, `{"kind":"StopAudio"},`, ``, `[]`, `null`} {
		if _, err := parse([]byte(text), nil); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
	if h, err := parse([]byte(`{"kind":"Unknown"}`), nil); err != nil || h.stop || h.samples != nil {
		t.Errorf("%+v %v", h, err)
	}
}

func TestGarbageIsIgnored(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000, Bidirectional: true})
	alice, _ := s.join("8:acs:alice", 16000, 0)
	s.opened(false)
	s.says("no JSON")
	if err := s.socket.Write(t.Context(), websocket.MessageBinary, []byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	s.says(`{"kind":"AudioData","audioData":{"data":%q}}`, sound(16000, 4000))
	s.until(alice, 4000)
	if got := s.stream.garbage.Load(); got != 2 {
		t.Errorf("%d messages are garbage", got)
	}
}

func TestASocketThatBreaksIsOpenedAgain(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000})
	s.join("8:acs:alice", 8000, 1000)
	s.opened(false)
	s.tick()
	s.hears()
	s.socket.CloseNow()
	if got := s.opened(true); got.Kind != "AudioMetadata" {
		t.Errorf("the first message is %s", got.raw)
	}
	s.tick()
	if got := s.hears(); got.Kind != "AudioData" {
		t.Errorf("got %s", got.raw)
	}
}

func TestASocketThatIsRefusedIsTriedThreeTimesAndTold(t *testing.T) {
	s := &scene{application: newApplication(t), room: mixer.NewRoom(), signals: make(chan call.Signal, 10)}
	s.refuse(http.StatusForbidden)
	s.begin(call.StreamSpec{RateHz: 16000, Bidirectional: true})
	failed, ok := await(t, s.signals).(call.StreamFailed)
	if !ok || failed.Reason != call.StreamUnopened || failed.Status != 403 || failed.Run != 3 || failed.Connection != testConnection || !strings.Contains(failed.Detail, "403 Forbidden") {
		t.Errorf("got %+v", failed)
	}
	if n := len(s.headers); n != 3 {
		t.Errorf("it was tried %d times", n)
	}
	if n := s.room.Weight(); n != 0 {
		t.Errorf("%d are left in the room", n)
	}
}

func TestTheSecretsOfAURLAreNotTold(t *testing.T) {
	s := &scene{application: newApplication(t), room: mixer.NewRoom(), signals: make(chan call.Signal, 10)}
	s.server.Close()
	s.begin(call.StreamSpec{RateHz: 16000})
	if failed, ok := await(t, s.signals).(call.StreamFailed); !ok || failed.Detail == "" || strings.Contains(failed.Detail, "call=1") {
		t.Errorf("got %+v", failed)
	}
}

func TestAStreamWhoseSocketCannotBeOpenedAgainIsBroken(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000})
	s.opened(false)
	s.refuse(http.StatusServiceUnavailable)
	s.socket.CloseNow()
	if failed, ok := await(t, s.signals).(call.StreamFailed); !ok || failed.Reason != call.StreamBroken || failed.Status != 503 {
		t.Errorf("got %+v", failed)
	}
}

// TestASocketThatBreaksEachTimeIsGivenUp: an application that takes it and closes it.
func TestASocketThatBreaksEachTimeIsGivenUp(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000})
	for n := range openings + 1 {
		s.opened(n > 0)
		_ = s.socket.Close(websocket.StatusNormalClosure, "no thanks")
	}
	if failed, ok := await(t, s.signals).(call.StreamFailed); !ok || failed.Reason != call.StreamBroken || failed.Status != 0 {
		t.Errorf("got %+v", failed)
	}
	s.streams.Wait()
	if n := len(s.headers); n != openings+1 {
		t.Errorf("it was opened %d times", n)
	}
}

// TestTheClockWaitsForNoSocket: an application that reads nothing.
func TestTheClockWaitsForNoSocket(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000})
	s.join("8:acs:alice", 8000, 1000)
	s.opened(false)
	for range 50_000 {
		s.tick()
	}
	s.stream.Close()
	_ = s.socket.CloseNow()
	s.streams.Wait()
	if s.stream.dropped.Load() == 0 || !strings.Contains(s.log.String(), "too slow") {
		t.Errorf("%d were dropped, and the log says %q", s.stream.dropped.Load(), s.log.String())
	}
}

func TestAClosedStreamLeavesNothingInTheRoom(t *testing.T) {
	s := newScene(t, call.StreamSpec{RateHz: 16000, Bidirectional: true})
	s.opened(false)
	s.stream.Close()
	if n := s.room.Weight(); n != 0 {
		t.Errorf("%d are left in the room", n)
	}
	if _, _, err := s.socket.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("the socket ended with %v", err)
	}
	s.streams.Wait()
	if s.streams.Live() != 0 {
		t.Error("a stream lives on")
	}
}

// TestASenderOfTooMuchIsReadMoreSlowly: what waits is bounded.
func TestASenderOfTooMuchIsReadMoreSlowly(t *testing.T) {
	v := newVoice(16000)
	ctx, cancel := context.WithCancel(t.Context())
	said := make(chan error)
	go func() {
		minute := make([]int16, 60*16000)
		for range 7 {
			if err := v.say(ctx, minute, nil); err != nil {
				said <- err
				return
			}
		}
		said <- nil
	}()
	for v.waiting() <= VoiceMost {
		<-time.After(time.Millisecond)
	}
	frame := make([]int16, 320)
	for range 61 * 50 { // a minute is played
		v.ReadFrame(frame)
		v.settled(nil)
	}
	if err := await(t, said); err != nil {
		t.Error(err)
	}
	cancel()
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"kind":"AudioData","audioData":{"data":"AQACAA==","mark":{"id":"x"}}}`))
	f.Add([]byte(`{"kind":"stopAudio","stopAudio":{}}`))
	f.Add([]byte(`{"Kind":"AudioData","AudioData":{"Data":"AQAC\u0041A==","Timestamp":"","Participant":{"a":[1,{"b":"]"}]},"Mark":null},"StopAudio":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := parse(text, nil)
		if err != nil {
			if h.stop || h.samples != nil || h.mark != nil {
				t.Error("something comes of what was refused")
			}
			return
		}
		if !json.Valid(text) {
			t.Errorf("what is no JSON is taken: %q", text)
		}
		if h.mark != nil && !json.Valid(h.mark) {
			t.Errorf("a mark that is no JSON: %q", h.mark)
		}
		var same struct {
			Kind  string
			Audio struct{ Data []byte } `json:"audioData"`
		}
		// encoding/json makes one object of two that have the same name.
		if err := json.Unmarshal(text, &same); err == nil && strings.EqualFold(same.Kind, kindAudio) && bytes.Count(bytes.ToLower(text), []byte("data")) < 4 && len(h.samples) != len(same.Audio.Data)/2 {
			t.Errorf("%d samples of %d bytes: %q", len(h.samples), len(same.Audio.Data), text)
		}
	})
}

// media.Source has the room ask at any time.
var _ media.Source = (*voice)(nil)
