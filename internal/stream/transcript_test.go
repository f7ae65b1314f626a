package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"strowger/internal/call"
	"strowger/internal/media/mixer"
	"strowger/internal/speech/recognition"
)

// ears are those that a transcript has made.
type ears struct {
	t     testing.TB
	made  chan *ear
	mu    sync.Mutex
	fails error // the next are refused with it
}

// ear is one that a test speaks for.
type ear struct {
	wish   recognition.Wish
	tell   func(recognition.News)
	heard  chan bool // one for each 20 ms: whether it was sound
	closed chan struct{}
	ended  chan struct{}

	mu      sync.Mutex
	change  []string
	last    []recognition.News // told when it ends
	endless bool               // it ends when it is closed
}

func (e *ears) Listen(w recognition.Wish, told func(recognition.News)) (Ear, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fails != nil {
		return nil, e.fails
	}
	made := &ear{wish: w, tell: told, heard: make(chan bool, 1000), closed: make(chan struct{}), ended: make(chan struct{})}
	e.made <- made
	return made, nil
}

func (e *ear) Hear(frame []int16, _ int) { e.heard <- frame != nil }

func (e *ear) Change(language, model string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.change = append(e.change, language+" "+model)
}

func (e *ear) End() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, n := range e.last {
		e.tell(n)
	}
	close(e.ended)
	if e.endless {
		<-e.closed
	}
}

func (e *ear) Close() {
	select {
	case <-e.closed:
	default:
		close(e.closed)
	}
}

// reading is a room in which an application reads what is said.
type reading struct {
	scene
	ears        *ears
	transcripts *Transcripts
	transcript  *Transcript
}

func newReading(t testing.TB, e call.OpenTranscript) *reading {
	r := &reading{
		scene: scene{application: newApplication(t), room: mixer.NewRoom(), signals: make(chan call.Signal, 100)},
		ears:  &ears{t: t, made: make(chan *ear, 10)},
	}
	r.begin(e)
	return r
}

func (r *reading) begin(e call.OpenTranscript) {
	r.t.Helper()
	e.Connection, e.Subscription, e.Run, e.URL = testConnection, subscriptionID, 3, strings.Replace(r.server.URL, "http", "ws", 1)+"/words?call=1"
	r.transcripts = NewTranscripts(Config{
		Client: r.server.Client(), Token: func() (string, error) { return "token", nil }, Signals: r, Log: slog.New(slog.NewTextHandler(&r.log, nil)),
	}, r.ears)
	r.transcript = r.transcripts.Open(testCall, e, r.room)
	r.t.Cleanup(func() {
		r.transcript.Close()
		if r.socket != nil {
			_ = r.socket.CloseNow()
		}
		r.transcripts.Wait()
	})
}

// opened waits for the socket and gives its first message.
func (r *reading) opened(again bool) string {
	r.t.Helper()
	r.socket = await(r.t, r.sockets)
	first := r.reads()
	want := call.TranscriptOpened{Connection: testConnection, Run: 3, Again: again}
	if got := await(r.t, r.signals); got != want {
		r.t.Fatalf("got %+v, want %+v", got, want)
	}
	return first
}

// reads is the next message.
func (r *reading) reads() string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	kind, b, err := r.socket.Read(ctx)
	if err != nil || kind != websocket.MessageText {
		r.t.Fatal(kind, err)
	}
	return string(b)
}

// readsText is who has said what, of the next message.
func (r *reading) readsText() string {
	r.t.Helper()
	var m struct{ TranscriptionData transcriptionData }
	if err := json.Unmarshal([]byte(r.reads()), &m); err != nil {
		r.t.Fatal(err)
	}
	return m.TranscriptionData.ParticipantRawID + ": " + m.TranscriptionData.Text
}

// over waits for the end of the socket, as the transcript says it.
func (r *reading) over() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if _, b, err := r.socket.Read(ctx); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		r.t.Errorf("the socket ends with %q, %v", b, err)
	}
}

// enters has somebody come into the room, and gives what listens to them.
func (r *reading) enters(name call.Address) (*steady, *mixer.Member, *ear) {
	r.t.Helper()
	p := &steady{rateHz: 8000, level: 1000}
	m := r.room.Add(p, p)
	r.transcript.Joined(m, name)
	return p, m, await(r.t, r.ears.made)
}

// ticks has so many go by.
func (r *reading) ticks(n int) {
	for range n {
		r.room.Tick()
	}
}

// hears is how many of the next n frames were sound.
func (e *ear) hears(t testing.TB, n int) (sound int) {
	t.Helper()
	for range n {
		if await(t, e.heard) {
			sound++
		}
	}
	return sound
}

func ended(text string) recognition.Ended {
	return recognition.Ended{Heard: recognition.Heard{Text: text}}
}

func TestTheMetadataOfATranscriptComeFirst(t *testing.T) {
	for model, more := range map[string]string{"": "", "phone": `,"speechRecognitionModelEndpointId":"phone"`} {
		r := newReading(t, call.OpenTranscript{Language: "en-US", Model: model})
		want := fmt.Sprintf(`{"kind":"TranscriptionMetadata","transcriptionMetadata":{"subscriptionId":%q,"locale":"en-US","callConnectionId":%q,"correlationId":%q%s}}`,
			subscriptionID, testConnection, testCall, more)
		if got := r.opened(false); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		header := await(t, r.headers)
		if header.Get("Authorization") != "Bearer token" || header.Get("x-ms-call-connection-id") != string(testConnection) || header.Get("x-ms-call-correlation-id") != string(testCall) {
			t.Errorf("got %v", header)
		}
	}
}

func TestWhatIsSaidIsToldWithItsTimesSinceTheTranscriptBegan(t *testing.T) {
	r := newReading(t, call.OpenTranscript{Language: "en-US", Intermediate: true})
	r.opened(false)
	_, _, bob := r.enters("8:acs:bob")
	r.ticks(50)
	bob.hears(t, 50)
	_, _, alice := r.enters("4:+1")
	if !alice.wish.Partials || alice.wish.Language != "en-US" || alice.wish.Model != "" {
		t.Errorf("an ear for %+v", alice.wish)
	}
	r.ticks(100)
	alice.hears(t, 100)
	alice.tell(recognition.Began{At: 500 * time.Millisecond})
	alice.tell(recognition.Partial{At: 500 * time.Millisecond, Heard: recognition.Heard{Text: "good"}})
	alice.tell(recognition.Ended{At: 500 * time.Millisecond, Duration: 900 * time.Millisecond, Heard: recognition.Heard{
		Text: "Good morning.", Confidence: 0.75, Words: []recognition.Word{{Text: "Good", At: 0, Duration: 300 * time.Millisecond}, {Text: "morning.", At: 350 * time.Millisecond, Duration: time.Microsecond}},
	}})
	alice.tell(ended("")) // nothing was recognised
	for _, want := range []string{
		`{"kind":"TranscriptionData","transcriptionData":{"text":"good","format":"display","confidence":0,"offset":15000000,"duration":15000000,"words":[],"participantRawID":"4:+1","resultStatus":"Intermediate"}}`,
		`{"kind":"TranscriptionData","transcriptionData":{"text":"Good morning.","format":"display","confidence":0.75,"offset":15000000,"duration":9000000,"words":[{"text":"Good","offset":15000000,"duration":3000000},{"text":"morning.","offset":18500000,"duration":10}],"participantRawID":"4:+1","resultStatus":"Final"}}`,
	} {
		if got := r.reads(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	alice.tell(ended("Bye."))
	if got := r.readsText(); got != "4:+1: Bye." {
		t.Errorf("after nothing: %s", got)
	}
}

func TestWhatSpeakersSayIsToldInTheOrderInWhichTheyEnd(t *testing.T) {
	r := newReading(t, call.OpenTranscript{Language: "en-US"})
	r.opened(false)
	_, _, alice := r.enters("8:acs:alice")
	_, _, bob := r.enters("4:+1")
	if alice.wish.Partials {
		t.Error("what may still change was not asked for")
	}
	alice.tell(recognition.Began{})
	bob.tell(ended("Yes."))
	alice.tell(ended("Is it you?"))
	bob.tell(ended("It is."))
	for _, want := range []string{"4:+1: Yes.", "8:acs:alice: Is it you?", "4:+1: It is."} {
		if got := r.readsText(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestWhoIsMutedOrIsolatedIsNotListenedTo(t *testing.T) {
	r := newReading(t, call.OpenTranscript{Language: "en-US"})
	r.opened(false)
	_, m, alice := r.enters("8:acs:alice")
	for _, c := range []struct {
		does func()
		want int
	}{
		{func() {}, 10}, {func() { m.SetMuted(true) }, 0}, {func() { m.SetMuted(false) }, 10}, {func() { m.SetIsolated(true) }, 0},
	} {
		c.does()
		r.ticks(10)
		if got := alice.hears(t, 10); got != c.want {
			t.Errorf("%d frames of 10 are heard, want %d", got, c.want)
		}
	}
}

func TestWhoLeavesIsHeardToTheEnd(t *testing.T) {
	r := newReading(t, call.OpenTranscript{Language: "en-US"})
	r.opened(false)
	_, m, alice := r.enters("8:acs:alice")
	_, _, bob := r.enters("8:acs:bob")
	alice.last = []recognition.News{ended("Bye.")}
	r.ticks(5)
	r.room.Remove(m)
	r.transcript.Left(m)
	r.ticks(5)
	if got := alice.hears(t, 5); got != 5 {
		t.Errorf("%d frames of 5 are heard", got)
	}
	if got := r.readsText(); got != "8:acs:alice: Bye." {
		t.Errorf("got %s", got)
	}
	await(t, alice.closed)
	if got := bob.hears(t, 10); got != 10 {
		t.Errorf("of who is still there %d frames of 10 are heard", got)
	}
	if len(alice.heard) != 0 {
		t.Error("an ear hears on that has ended")
	}
}

func TestWhoseVoiceItIsMayChange(t *testing.T) {
	r := newReading(t, call.OpenTranscript{Language: "en-US"})
	r.opened(false)
	_, m, ear := r.enters("8:acs:alice")
	ear.tell(ended("One moment."))
	r.transcript.Joined(m, "8:acs:bob")
	ear.tell(ended("Hello."))
	for _, want := range []string{"8:acs:alice: One moment.", "8:acs:bob: Hello."} {
		if got := r.readsText(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAnotherLanguageIsOfWhatIsSaidFromThenOn(t *testing.T) {
	r := newReading(t, call.OpenTranscript{Language: "en-US"})
	r.opened(false)
	_, _, alice := r.enters("8:acs:alice")
	r.transcript.Switch(call.SwitchTranscript{Connection: testConnection, Language: "es-ES", Model: "other"})
	if !slices.Equal(alice.change, []string{"es-ES other"}) {
		t.Errorf("an ear is changed to %q", alice.change)
	}
	if _, _, bob := r.enters("8:acs:bob"); bob.wish.Language != "es-ES" || bob.wish.Model != "other" {
		t.Errorf("who comes then is listened to in %+v", bob.wish)
	}
	_ = r.socket.CloseNow()
	if got := r.opened(true); !strings.Contains(got, `"locale":"es-ES"`) || !strings.Contains(got, `"speechRecognitionModelEndpointId":"other"`) {
		t.Errorf("a new socket is for %s", got)
	}
}

func TestWhatIsSaidWhileASocketIsBrokenIsToldOnTheNext(t *testing.T) {
	r := newReading(t, call.OpenTranscript{Language: "en-US"})
	r.opened(false)
	_, _, alice := r.enters("8:acs:alice")
	_ = r.socket.CloseNow()
	for n := range 3 {
		alice.tell(ended(fmt.Sprint(n)))
	}
	r.opened(true)
	// The first may have been written to the socket that had gone.
	for got := r.readsText(); got != "8:acs:alice: 2"; {
		got = r.readsText()
	}
	select {
	case <-alice.closed:
		t.Error("nobody is listened to any more")
	default:
	}
}

func TestWhatWasSaidBeforeItsEndIsTold(t *testing.T) {
	r := newReading(t, call.OpenTranscript{Language: "en-US"})
	r.opened(false)
	_, _, alice := r.enters("8:acs:alice")
	_, _, bob := r.enters("8:acs:bob")
	alice.last = []recognition.News{ended("Good-bye.")}
	r.ticks(7)
	r.transcript.Close()
	if got := r.readsText(); got != "8:acs:alice: Good-bye." {
		t.Errorf("got %s", got)
	}
	r.over()
	r.transcripts.Wait()
	if got := alice.hears(t, 7); got != 7 {
		t.Errorf("%d frames of 7 are heard", got)
	}
	await(t, alice.closed)
	await(t, bob.closed)
	if len(r.signals) != 0 || r.transcripts.Live() != 0 {
		t.Errorf("it ends with %+v, and %d are left", <-r.signals, r.transcripts.Live())
	}
	r.transcript.Joined(r.room.Add(&steady{rateHz: 8000}, nil), "8:acs:late")
	if len(r.ears.made) != 0 {
		t.Error("who comes then is listened to")
	}
}

func TestASocketThatBreaksAfterTheEndIsNotOpenedAgain(t *testing.T) {
	r := newReading(t, call.OpenTranscript{Language: "en-US"})
	r.opened(false)
	_, _, alice := r.enters("8:acs:alice")
	alice.endless = true
	r.transcript.Close()
	await(t, alice.ended)
	_ = r.socket.CloseNow()
	r.transcripts.Wait()
	if len(r.sockets) != 0 || len(r.signals) != 0 {
		t.Error("it is opened again, or something is told of it")
	}
}

func TestAnEarThatDoesNotEndIsClosed(t *testing.T) {
	e := &ear{closed: make(chan struct{}), ended: make(chan struct{}), endless: true}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&speaker{ear: e}).end(ctx)
	}()
	await(t, e.ended)
	cancel()
	await(t, done)
}

// failed waits for how a transcript fails.
func (r *reading) failed() call.TranscriptFailed {
	r.t.Helper()
	got, ok := await(r.t, r.signals).(call.TranscriptFailed)
	if !ok || got.Connection != testConnection || got.Run != 3 {
		r.t.Errorf("got %+v", got)
	}
	return got
}

func TestAnEngineThatFailsEndsTheTranscript(t *testing.T) {
	for why, want := range map[recognition.Why]call.Reason{
		recognition.Broken: call.HearingFailed, recognition.Denied: call.HearingDenied, recognition.Busy: call.HearingBusy, recognition.Late: call.HearingLate,
	} {
		r := newReading(t, call.OpenTranscript{Language: "en-US"})
		r.opened(false)
		_, _, alice := r.enters("8:acs:alice")
		_, _, bob := r.enters("8:acs:bob")
		alice.tell(ended("Hello."))
		alice.tell(recognition.Failed{Failure: recognition.Failure{Why: why, Detail: "so it is"}})
		if got := r.readsText(); got != "8:acs:alice: Hello." {
			t.Errorf("got %s", got)
		}
		r.over()
		if got := r.failed(); got.Reason != want || got.Detail != "so it is" || got.Status != 0 {
			t.Errorf("%v: %+v", why, got)
		}
		await(t, alice.closed)
		await(t, bob.closed)
	}
}

func TestThatTooMuchIsListenedToIsToldAtOnce(t *testing.T) {
	r := &reading{
		scene: scene{application: newApplication(t), room: mixer.NewRoom(), signals: make(chan call.Signal, 100)},
		ears:  &ears{t: t, made: make(chan *ear, 10), fails: &recognition.Failure{Why: recognition.Busy, Detail: "20 voices are listened to"}},
	}
	r.refuse(503) // there would be no socket for a while
	r.begin(call.OpenTranscript{Language: "en-US"})
	r.transcript.Joined(r.room.Add(&steady{rateHz: 8000}, nil), "8:acs:alice")
	if got := r.failed(); got.Reason != call.HearingBusy || got.Detail != "20 voices are listened to" {
		t.Errorf("got %+v", got)
	}
}

func TestATranscriptWithoutASocketFails(t *testing.T) {
	r := &reading{
		scene: scene{application: newApplication(t), room: mixer.NewRoom(), signals: make(chan call.Signal, 100)},
		ears:  &ears{t: t, made: make(chan *ear, 10)},
	}
	r.refuse(403)
	r.begin(call.OpenTranscript{Language: "en-US"})
	_, _, alice := r.enters("8:acs:alice")
	if got := r.failed(); got.Reason != call.StreamUnopened || got.Status != 403 {
		t.Errorf("got %+v", got)
	}
	await(t, alice.closed)
	if !strings.Contains(r.log.String(), "a transcription ends: its socket cannot be opened") {
		t.Error(r.log.String())
	}
}

func TestDroppedTicksAreSilence(t *testing.T) {
	e := &ear{heard: make(chan bool, 100)}
	m := &mixer.Member{}
	s := &speaker{member: m, ear: e}
	sound := []mixer.Said{{Member: m, Samples: make([]int16, 160), Heard: true}}
	before := uint64(10)
	for _, tick := range []uint64{15, 16, 20} { // it came with the fifteenth
		if !s.hear(&mixer.Heard{Tick: tick, RateHz: 8000, Said: sound}, 11, before) {
			t.Fatal("somebody who speaks has left")
		}
		before = tick
	}
	if got := e.hears(t, 6); got != 3 || len(e.heard) != 0 || s.since.Load() != 4 || s.ticks.Load() != 6 {
		t.Errorf("%d frames of 6 are sound, %d are left, from tick %d on, %d ticks", got, len(e.heard), s.since.Load(), s.ticks.Load())
	}
}

func TestTextsThatFindNoRoomAreDroppedAndCounted(t *testing.T) {
	texts := newTexts()
	for n := range textsMost {
		texts.add(fmt.Appendf(nil, "i%d", n), false)
	}
	for n := range textsMost {
		texts.add(fmt.Appendf(nil, "f%d", n), true)
	}
	texts.close()
	if got := texts.dropped(); got != textsMost {
		t.Errorf("%d of %d were dropped", got, 2*textsMost)
	}
	var got []string
	for {
		text, err := texts.first(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		got = append(got, string(text))
		texts.taken()
	}
	if len(got) != textsMost || got[0] != "i0" || got[textsMost/2] != "f0" || got[textsMost-1] != fmt.Sprint("f", textsMost/2-1) {
		t.Errorf("what is left is %q", got)
	}
}
