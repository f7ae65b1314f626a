package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/recording"
	"strowger/internal/recording/catalog"
	"strowger/internal/recording/content"
	"strowger/internal/recording/store"
)

// recorded is a server with recordings.
type recorded struct {
	t          *testing.T
	store      *store.Store
	unfinished []recording.Unfinished
	at         string
}

func (r *recorded) Unfinished() []recording.Unfinished { return r.unfinished }

func newRecorded(t *testing.T) *recorded {
	s, err := store.Open(t.Context(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &recorded{t: t, store: s}
	server := httptest.NewServer(catalog.New(content.In(s, slog.New(slog.DiscardHandler)), r).Handler())
	t.Cleanup(func() { server.Close(); _ = s.Close() })
	r.at = server.URL
	return r
}

// keep stores a chunk whose sound is a text.
func (r *recorded) keep(chunk int, sound string) recording.Document {
	of := call.NewID([16]byte{1})
	name := call.NewRecordingID(of, 1)
	began := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	d := recording.DocumentOf(began, name, chunk)
	sum := sha256.Sum256([]byte(sound))
	about, err := json.Marshal(recording.Metadata{
		CallID: of.ServerCallID(), RecordingID: string(name), ChunkDocumentID: string(d), ChunkIndex: chunk, ChunkStartTime: began, ChunkDuration: 200_400,
		Info:          recording.Info{Format: "wav", ChannelType: "unmixed"},
		Participants:  []recording.Participant{{ParticipantID: "4:+15550100"}, {ParticipantID: "8:acs:r_alice"}, {ParticipantID: "4:+15550100"}},
		ContentLength: 6_412_844, ContentSHA256: hex.EncodeToString(sum[:]),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	for name, content := range map[string]string{d.Content(call.WAV): sound, d.Metadata(): string(about)} {
		if err := r.store.Put(r.t.Context(), name, "application/octet-stream", strings.NewReader(content)); err != nil {
			r.t.Fatal(err)
		}
	}
	return d
}

func (r *recorded) run(args ...string) (code int, out, err string) {
	r.t.Helper()
	return strowger(r.t, nil, slices.Concat([]string{"recordings"}, args, []string{"--operator", r.at})...)
}

func TestRecordingsAreListedWithWhatPeopleLookFor(t *testing.T) {
	r := newRecorded(t)
	if code, out, _ := r.run(); code != 0 || out != "no recordings, or none of these\n" {
		t.Errorf("%d %s", code, out)
	}
	d := r.keep(0, "sound")
	began := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	r.unfinished = []recording.Unfinished{
		{Call: call.NewID([16]byte{2}), Started: began, Format: call.MP3, Participants: []call.Address{"8:acs:r_bob"}, Recorded: 62 * time.Second, Chunks: 1},
		{Call: call.NewID([16]byte{3}), Started: began, Format: call.WAV, Ended: true, Chunks: 2, Stored: 1, Trouble: "the store is away\nfor now"},
	}
	when := began.Local().Format(time.DateTime)
	code, out, _ := r.run()
	want := when + "  1m2s  mp3  1 chunk  call 02000000  8:acs:r_bob  being recorded\n" +
		when + "  0s  wav  2 chunks  call 03000000  nobody in it  over, being stored (1 of 2 are stored); it cannot be stored now, and is tried again: the store is away for now\n" +
		when + "  3m20s  wav unmixed  6.4 MB  call 01000000  +15550100, 8:acs:r_alice  " + string(d) + "\n" +
		"`strowger recordings get DOCUMENT` fetches one; --metadata tells who took part, and when\n"
	if code != 0 || out != want {
		t.Errorf("%d\n%s\nwant\n%s", code, out, want)
	}
	r.unfinished = nil
	r.keep(1, "more")
	if _, out, _ := r.run("list", "--call", "01000000"); !strings.Contains(out, "wav unmixed  chunk 2 of 2  6.4 MB") {
		t.Errorf("listed %s", out)
	}
	if _, out, _ := r.run("--since", "2026-04-02"); out != "no recordings, or none of these\n" {
		t.Errorf("listed %s", out)
	}
	if code, _, err := r.run("--since", "yesterday"); code != exitUsage || !strings.Contains(err, "24h") {
		t.Errorf("%d %s", code, err)
	}
}

func TestARecordingIsFetchedToAFileOfItsName(t *testing.T) {
	r := newRecorded(t)
	d := string(r.keep(0, "sound"))
	t.Chdir(t.TempDir())
	if code, out, err := r.run("get", d); code != 0 || !strings.HasPrefix(out, d+".wav  ") {
		t.Fatalf("%d %s %s", code, out, err)
	}
	if got, _ := os.ReadFile(d + ".wav"); string(got) != "sound" {
		t.Errorf("fetched %q", got)
	}
	elsewhere := filepath.Join(t.TempDir(), "a.wav")
	if code, _, _ := r.run("get", d, "-o", elsewhere); code != 0 {
		t.Errorf("ends with %d", code)
	}
	if got, _ := os.ReadFile(elsewhere); !bytes.Equal(got, []byte("sound")) {
		t.Errorf("fetched %q", got)
	}
	if code, out, _ := r.run("get", d, "-o", "-"); code != 0 || out != "sound" {
		t.Errorf("%d %s", code, out)
	}
	if code, out, _ := r.run("get", d, "--metadata"); code != 0 || !strings.Contains(out, `"chunkDocumentId":"`+d) {
		t.Errorf("%d %s", code, out)
	}
}

func TestARecordingThatHasChangedIsNotKept(t *testing.T) {
	r := newRecorded(t)
	d := r.keep(0, "sound")
	if err := r.store.Put(t.Context(), d.Content(call.WAV), "audio/wav", strings.NewReader("noise")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "a.wav")
	if code, _, err := r.run("get", string(d), "-o", name); code != exitFailed || !strings.Contains(err, "SHA-256") {
		t.Errorf("%d %s", code, err)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("it is kept")
	}
}

func TestRecordingsAreDeleted(t *testing.T) {
	r := newRecorded(t)
	first, second := string(r.keep(0, "sound")), string(r.keep(1, "more"))
	if code, out, _ := r.run("delete", first, second); code != 0 || out != first+"  deleted\n"+second+"  deleted\n" {
		t.Errorf("%d %s", code, out)
	}
	for _, args := range [][]string{{"delete", first}, {"get", first}, {"get", "a/b"}} {
		if code, _, err := r.run(args...); code != exitFailed || !strings.Contains(err, "no such document") {
			t.Errorf("%v: %d %s", args, code, err)
		}
	}
}
