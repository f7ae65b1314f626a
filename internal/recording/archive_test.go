package recording_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/mixer"
	"strowger/internal/recording"
	"strowger/internal/recording/store"
	"strowger/test/wait"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	testCall = call.NewID([16]byte{7})
	first    = call.NewRecordingID(testCall, 1)
	alice    = call.Address("8:acs:r_alice")
	bob      = call.Address("8:acs:r_bob")
)

// shelf is a store in memory, which fails as often as it is told to.
type shelf struct {
	mu    sync.Mutex
	files map[string][]byte
	fails int
}

func (s *shelf) Put(_ context.Context, name, _ string, content io.Reader) error {
	b, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails > 0 {
		s.fails--
		return errors.New("the store is away")
	}
	s.files[name] = b
	return nil
}

// containers are those of applications, in memory. Each Put takes the next of answers;
// the last one stays.
type containers struct {
	shelf
	answers []error
}

func (c *containers) Put(ctx context.Context, containerURL, name, contentType string, content io.Reader) error {
	c.mu.Lock()
	answer := c.answers[0]
	c.answers = c.answers[min(1, len(c.answers)-1):]
	c.mu.Unlock()
	if answer != nil {
		return answer
	}
	return c.shelf.Put(ctx, containerURL+"/"+name, contentType, content)
}

// world is an archive, a room with voices, and what becomes of it.
type world struct {
	t       *testing.T
	cfg     recording.Config
	archive *recording.Archive
	stop    func()
	shelf   *shelf
	theirs  *containers
	signals chan call.Signal
	log     lines // when the world is told to keep one
	// patience is for how long a signal is awaited.
	patience time.Duration
	room     *mixer.Room
	members  map[call.Address]*mixer.Member
}

func newWorld(t *testing.T, limits recording.Limits) *world {
	w := &world{t: t, shelf: &shelf{files: map[string][]byte{}}, theirs: &containers{shelf{files: map[string][]byte{}}, []error{nil}}, patience: 20 * time.Second, signals: make(chan call.Signal, 16), room: mixer.NewRoom(), members: map[call.Address]*mixer.Member{}}
	w.cfg = recording.Config{Dir: t.TempDir(), Resource: "r", Limits: limits, Store: w.shelf, Containers: w.theirs, Signals: w, Log: slog.New(slog.DiscardHandler)}
	w.begin()
	t.Cleanup(func() { w.stop() })
	return w
}

// begin starts an archive over the folder.
func (w *world) begin() {
	archive, err := recording.New(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = archive.Run(ctx)
	}()
	w.archive = archive
	w.stop = func() { cancel(); <-done }
}

func (w *world) Signal(_ call.ID, sig call.Signal) { w.signals <- sig }

func (w *world) Deliver(_ context.Context, _ call.ID, sig call.Signal) error {
	w.signals <- sig
	return nil
}

// level is a voice of one level at a rate.
type level struct {
	says   int16
	rateHz int
}

func (l *level) SampleRateHz() int { return l.rateHz }

func (l *level) ReadFrame(dst []int16) bool {
	for i := range dst {
		dst[i] = l.says
	}
	return l.says != 0
}

func (w *world) join(whose call.Address, says int16, rateHz int) {
	m := w.room.Add(&level{says, rateHz}, nil)
	w.members[whose] = m
	w.archive.Joined(first, w.room.Ticks(), m, whose)
}

func (w *world) leave(whose call.Address) {
	w.room.Remove(w.members[whose])
	w.archive.Left(first, w.room.Ticks(), w.members[whose])
}

func (w *world) start(spec call.RecordingSpec) {
	w.archive.Start(testCall, call.StartRecorder{Recording: first, Spec: spec}, w.room.Tap(mixer.TapConfig{Ticks: 1000, Every: 25, Voices: spec.Unmixed}))
	if sig := w.next(); sig != call.Signal(call.RecorderStarted{Recording: first}) {
		w.t.Fatalf("got %#v", sig)
	}
}

func (w *world) ticks(n int) {
	for range n {
		w.room.Tick()
	}
}

func (w *world) next() call.Signal {
	select {
	case sig := <-w.signals:
		return sig
	case <-time.After(w.patience):
		w.t.Fatal("nothing is signalled")
		return nil
	}
}

func (w *world) finished() call.RecordedFile {
	w.t.Helper()
	sig, ok := w.next().(call.RecordingFinished)
	if !ok || sig.Recording != first {
		w.t.Fatalf("got %#v", sig)
	}
	return sig.File
}

// end stops the recording and gives its file.
func (w *world) end() call.RecordedFile {
	w.archive.Stop(testCall, call.StopRecorder{Recording: first, Reason: call.EndedByApplication})
	return w.finished()
}

// metadata of a chunk, with a check that its content is as it says.
func (w *world) metadata(c call.RecordedChunk) (about recording.Metadata, content []byte) {
	w.t.Helper()
	w.shelf.mu.Lock()
	defer w.shelf.mu.Unlock()
	d := recording.Document(c.Document)
	if err := json.Unmarshal(w.shelf.files[d.Metadata()], &about); err != nil {
		w.t.Fatalf("metadata of %s among %v: %v", c.Document, slices.Collect(maps.Keys(w.shelf.files)), err)
	}
	content = w.shelf.files[d.Content(call.RecordingFormat(about.Info.Format))]
	sum := sha256.Sum256(content)
	if about.ContentLength != int64(len(content)) || about.ContentSHA256 != hex.EncodeToString(sum[:]) || len(content) == 0 {
		w.t.Errorf("the metadata says %d bytes, %s; there are %d, %x", about.ContentLength, about.ContentSHA256, len(content), sum)
	}
	return about, content
}

// levels are the levels of a channel, each once while it lasts, with for how many
// ticks it does. The edges of sound are left out.
func levels(wav []byte, channels, channel int) string {
	at := bytes.Index(wav, []byte("data")) + 8
	samples := make([]int16, (len(wav)-at)/2)
	if _, err := binary.Decode(wav[at:], binary.LittleEndian, samples); err != nil {
		return err.Error()
	}
	const frame = 320
	var s strings.Builder
	last, n := int16(-1), 0
	flush := func() {
		if n > 0 {
			fmt.Fprintf(&s, "%d×%d ", last, n)
		}
	}
	for tick := range len(samples) / channels / frame {
		v := samples[(tick*frame+frame/2)*channels+channel]
		if v != last {
			flush()
			last, n = v, 0
		}
		n++
	}
	flush()
	return strings.TrimSpace(s.String())
}

func (w *world) expect(c call.RecordedChunk, want ...string) recording.Metadata {
	w.t.Helper()
	about, content := w.metadata(c)
	if about.Info.Audio.Channels != len(want) {
		w.t.Fatalf("%d channels, want %d", about.Info.Audio.Channels, len(want))
	}
	for i := range want {
		if got := levels(content, len(want), i); got != want[i] {
			w.t.Errorf("channel %d: %s, want %s", i, got, want[i])
		}
	}
	return about
}

func TestARecordingIsWhatTheRoomSoundsLike(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.start(call.RecordingSpec{Format: call.WAV})
	w.ticks(10)
	w.join(alice, 1000, 8000)
	w.ticks(30)
	w.join(bob, 200, 16000)
	w.ticks(60)
	w.leave(alice)
	w.ticks(20)
	file := w.end()
	if len(file.Chunks) != 1 || file.Duration != 120*media.FrameDuration || file.Reason != call.EndedByApplication || file.Chunks[0].EndReason != call.ChunkSessionEnded {
		t.Errorf("got %+v", file)
	}
	about := w.expect(file.Chunks[0], "0×10 1000×30 1200×60 200×20")
	if about.ChunkDuration != 2400 || about.CallID != testCall.ServerCallID() || about.ChunkDocumentID != file.Chunks[0].Document {
		t.Errorf("metadata: %+v", about)
	}
	people := about.Participants
	if len(people) != 2 || people[0].ParticipantID != string(alice) || people[1].ParticipantID != string(bob) {
		t.Fatalf("participants: %+v", people)
	}
	if people[0].LeftTime.Sub(people[0].JoinedTime) != 90*media.FrameDuration || people[1].JoinedTime.Sub(people[0].JoinedTime) != 30*media.FrameDuration {
		t.Errorf("they were there: %+v", people)
	}
	if err := wait.Until(20*time.Second, nil, func() bool { return w.archive.Finishing() == 0 }); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(w.cfg.Dir); len(left) > 0 {
		t.Errorf("left in the spool: %v", left)
	}
}

func TestWhatWasNotHeardIsSilenceOfTheSameLength(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.start(call.RecordingSpec{Format: call.WAV})
	w.join(alice, 1000, 8000)
	w.ticks(10)
	w.room.Skip(30)
	w.ticks(20)
	w.room.Skip(5) // at the end
	file := w.end()
	w.expect(file.Chunks[0], "1000×10 0×30 1000×20 0×5")
}

// TestARecordingOfNoTimeHasAFile: it was told to be active, and somebody waits for it.
func TestARecordingOfNoTimeHasAFile(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.start(call.RecordingSpec{Format: call.WAV})
	file := w.end()
	if len(file.Chunks) != 1 || file.Duration != media.FrameDuration {
		t.Fatalf("got %+v", file)
	}
	w.expect(file.Chunks[0], "0×1")
}

func TestWhatIsPausedIsAbsentAndListed(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.start(call.RecordingSpec{Format: call.WAV})
	w.join(alice, 1000, 8000)
	w.ticks(40)
	w.archive.Pause(call.PauseRecorder{Recording: first, Paused: true}, w.room.Ticks())
	w.ticks(33)
	w.archive.Pause(call.PauseRecorder{Recording: first}, w.room.Ticks())
	w.ticks(10)
	file := w.end()
	about := w.expect(file.Chunks[0], "1000×50")
	if len(about.Pauses) != 1 || about.Pauses[0].Duration != 660 || about.Pauses[0].StartTime.Sub(about.ChunkStartTime) != 40*media.FrameDuration {
		t.Errorf("pauses %+v of what began at %v", about.Pauses, about.ChunkStartTime)
	}
}

func TestEachVoiceHasItsChannelAndWhatIsPlayedHasOne(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.start(call.RecordingSpec{Format: call.WAV, Unmixed: true, Channels: []call.Address{"", bob}})
	w.join(alice, 1000, 8000)
	w.ticks(30)
	w.join(bob, 200, 8000)
	w.ticks(30)
	w.room.Play(mixer.Play{Player: &level{says: 7, rateHz: 8000}})
	w.members[alice].SetMuted(true)
	w.ticks(30)
	file := w.end()
	about := w.expect(file.Chunks[0], "1000×60 0×30", "0×30 200×60", "0×60 7×30")
	if at := about.Participants[1].Channel; at == nil || *at != 1 {
		t.Errorf("bob's channel: %v", at)
	}
}

func TestARecordingGoesOnInChunks(t *testing.T) {
	w := newWorld(t, recording.Limits{Duration: time.Second})
	w.start(call.RecordingSpec{Format: call.WAV})
	w.join(alice, 1000, 8000)
	w.ticks(120)
	file := w.end()
	if len(file.Chunks) != 3 || file.Duration != 120*media.FrameDuration || file.Chunks[0].EndReason != call.ChunkLong {
		t.Fatalf("got %+v", file)
	}
	for i, want := range []string{"1000×50", "1000×50", "1000×20"} {
		if about := w.expect(file.Chunks[i], want); about.ChunkIndex != i {
			t.Errorf("chunk %d says that it is %d", i, about.ChunkIndex)
		}
	}
}

func TestTheChunksOfEveryFormatAreTogetherAsLongAsTheCall(t *testing.T) {
	for _, format := range []call.RecordingFormat{call.WAV, call.MP3, call.MP4} {
		w := newWorld(t, recording.Limits{Duration: time.Second, Bytes: 16000})
		w.start(call.RecordingSpec{Format: format})
		w.join(alice, 1000, 8000)
		w.ticks(130)
		file := w.end()
		var chunks time.Duration
		for i, c := range file.Chunks {
			about, _ := w.metadata(c)
			if d := time.Duration(about.ChunkDuration) * time.Millisecond; d > time.Second || about.ChunkIndex != i {
				t.Errorf("%s: chunk %d of %v says that it is %d", format, i, d, about.ChunkIndex)
			} else {
				chunks += d
			}
		}
		if want := 130 * media.FrameDuration; file.Duration != want || chunks != want || len(file.Chunks) < 3 {
			t.Errorf("%s: %d chunks of %v, %v in all, want %v", format, len(file.Chunks), chunks, file.Duration, want)
		}
	}
}

func TestAChunkThatIsInTheStoreLeavesTheDisk(t *testing.T) {
	w := newWorld(t, recording.Limits{Duration: time.Second})
	w.start(call.RecordingSpec{Format: call.MP3})
	w.join(alice, 1000, 8000)
	w.ticks(175)
	var names []string
	err := wait.Until(20*time.Second, nil, func() bool {
		left, _ := os.ReadDir(filepath.Join(w.cfg.Dir, string(first)))
		names = names[:0]
		for _, e := range left {
			names = append(names, e.Name())
		}
		return slices.Equal(names, []string{"3-0.wav", "3.mp3", "recording.json"})
	})
	if err != nil {
		t.Errorf("while the fourth chunk grows there are %v: %v", names, err)
	}
	if file := w.end(); len(file.Chunks) != 4 || file.Duration != 175*media.FrameDuration {
		t.Errorf("got %+v", file)
	}
}

func TestAStoreThatIsAwayIsTriedAgain(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.shelf.fails = 1
	w.start(call.RecordingSpec{Format: call.WAV})
	w.join(alice, 1000, 8000)
	w.ticks(25)
	w.expect(w.end().Chunks[0], "1000×25")
}

func (w *world) recordedFor(container string) call.RecordedFile {
	w.start(call.RecordingSpec{Format: call.WAV, Container: container})
	w.join(alice, 1000, 8000)
	w.ticks(25)
	return w.end()
}

func TestARecordingGoesToTheApplicationsContainerToo(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.theirs.answers = []error{errors.New("away"), errors.New("away"), nil}
	c := w.recordedFor("https://example.org/calls").Chunks[0]
	if c.EndReason != call.ChunkSessionEnded {
		t.Errorf("it ended as %q", c.EndReason)
	}
	w.expect(c, "1000×25")
	for name, content := range w.shelf.files {
		if !bytes.Equal(w.theirs.files["https://example.org/calls/"+name], content) {
			t.Errorf("%s is not there as it is here", name)
		}
	}
	if len(w.theirs.files) != 2 {
		t.Errorf("there are %v", slices.Collect(maps.Keys(w.theirs.files)))
	}
}

func TestAContainerThatRefusesIsTold(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.theirs.answers = []error{fmt.Errorf("%w: 403", store.ErrRefused)}
	c := w.recordedFor("https://example.org/calls").Chunks[0]
	if c.EndReason != call.ChunkNotDelivered {
		t.Errorf("it ended as %q", c.EndReason)
	}
	w.expect(c, "1000×25")
}

func TestAContainerThatDoesNotAnswerIsNotTriedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, recording.Limits{})
		w.patience = time.Hour
		w.theirs.answers = []error{errors.New("away")}
		began := time.Now()
		file := w.recordedFor("https://example.org/calls")
		if took := time.Since(began); took < 15*time.Minute || took > 18*time.Minute {
			t.Errorf("it was tried for %v", took)
		}
		for _, c := range file.Chunks {
			if c.EndReason != call.ChunkNotDelivered {
				t.Errorf("%s ended as %q", c.Document, c.EndReason)
			}
		}
		w.stop()
	})
}

func TestWhatIsNotInTheStoreIsKnownWithWhatKeepsIt(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.shelf.fails = 1
	w.start(call.RecordingSpec{Format: call.WAV, Unmixed: true})
	w.join(alice, 1000, 8000)
	w.join(bob, 200, 8000)
	w.ticks(25)
	w.leave(bob)
	w.join(bob, 200, 8000)
	w.ticks(25)
	is := func(fits func(recording.Unfinished) bool) {
		t.Helper()
		fit := func() bool { all := w.archive.Unfinished(); return len(all) == 1 && fits(all[0]) }
		if err := wait.Until(20*time.Second, nil, fit); err != nil {
			t.Fatalf("%v: %+v", err, w.archive.Unfinished())
		}
	}
	is(func(u recording.Unfinished) bool {
		return u.Recording == first && u.Call == testCall && u.Recorded == time.Second && u.Chunks == 1 && u.Stored == 0 && !u.Ended &&
			slices.Equal(u.Participants, []call.Address{alice, bob}) && u.Format == call.WAV && u.Unmixed && u.Trouble == ""
	})
	w.archive.Stop(testCall, call.StopRecorder{Recording: first, Reason: call.EndedByApplication})
	is(func(u recording.Unfinished) bool { return u.Ended && strings.Contains(u.Trouble, "the store is away") })
	w.finished()
	if err := wait.Until(20*time.Second, nil, func() bool { return len(w.archive.Unfinished()) == 0 }); err != nil {
		t.Error(err)
	}
}

// A process that dies leaves its folder; what it wrote is copied here as a killed
// process would leave it, with half a sample at the end.
func TestTheNextProcessFinishesWhatTheLastHasLeft(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.start(call.RecordingSpec{Format: call.WAV})
	w.join(alice, 1000, 8000)
	w.ticks(50)
	wav := w.written("0-0.wav", 2*16000)
	left := copied(t, filepath.Join(w.cfg.Dir, string(first)))
	if err := os.WriteFile(filepath.Join(left, string(first), "0-0.wav"), append(wav, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	w.end()
	w.stop()
	w.cfg.Dir = left
	clear(w.shelf.files)
	w.begin()
	file := w.finished()
	if file.Reason != call.NodeLost || file.Duration != time.Second {
		t.Errorf("got %+v", file)
	}
	w.expect(file.Chunks[0], "1000×50")
}

// written waits until a file of the spool has so many bytes of sound.
func (w *world) written(name string, sound int) (b []byte) {
	err := wait.Until(20*time.Second, nil, func() bool {
		var err error
		b, err = os.ReadFile(filepath.Join(w.cfg.Dir, string(first), name))
		return err == nil && len(b) > sound
	})
	if err != nil {
		w.t.Fatal("the spool does not grow:", err)
	}
	return b
}

// copied is a folder with a copy of dir in it.
func copied(t *testing.T, dir string) string {
	to := t.TempDir()
	if err := os.CopyFS(filepath.Join(to, filepath.Base(dir)), os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestARecordingOfWhichNothingIsLeftIsToldSo(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.archive.Stop(testCall, call.StopRecorder{Recording: first, Reason: call.NodeLost})
	if file := w.finished(); len(file.Chunks) != 0 {
		t.Errorf("got %+v", file)
	}
}

func TestADiskThatIsFullEndsTheRecordingAndKeepsWhatThereIs(t *testing.T) {
	w := newWorld(t, recording.Limits{})
	w.cfg.Dir = filepath.Join(w.cfg.Dir, "gone")
	w.stop()
	w.begin()
	if err := os.RemoveAll(w.cfg.Dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.cfg.Dir, nil, 0o600); err != nil { // no folder can be made there
		t.Fatal(err)
	}
	w.archive.Start(testCall, call.StartRecorder{Recording: first, Spec: call.RecordingSpec{Format: call.WAV}}, w.room.Tap(mixer.TapConfig{Ticks: 10}))
	if sig, ok := w.next().(call.RecorderFailed); !ok || sig.Recording != first {
		t.Errorf("got %#v", sig)
	}
	if file := w.finished(); len(file.Chunks) != 0 {
		t.Errorf("got %+v", file)
	}
}
