package catalog_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/recording"
	"strowger/internal/recording/catalog"
	"strowger/internal/recording/content"
	"strowger/internal/recording/store"
)

// archive has what is not in the store.
type archive []recording.Unfinished

func (a archive) Unfinished() []recording.Unfinished { return a }

// world is a catalog of a folder.
type world struct {
	t       *testing.T
	store   *store.Store
	archive archive
}

func newWorld(t *testing.T) *world {
	s, err := store.Open(t.Context(), "", t.TempDir())
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return &world{t: t, store: s}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func id(n byte) call.ID { return call.NewID([16]byte{n}) }

// keep puts a chunk of the call n into the store.
func (w *world) keep(n byte, began time.Time, chunk int) recording.Document {
	d := recording.DocumentOf(began, call.NewRecordingID(id(n), 1), chunk)
	about, err := json.Marshal(recording.Metadata{CallID: id(n).ServerCallID(), ChunkIndex: chunk, Info: recording.Info{Format: "wav"}})
	must(w.t, err)
	must(w.t, w.store.Put(w.t.Context(), d.Content(call.WAV), "audio/wav", strings.NewReader("sound")))
	must(w.t, w.store.Put(w.t.Context(), d.Metadata(), "application/json", strings.NewReader(string(about))))
	return d
}

const here = "127.0.0.1:4000"

func (w *world) ask(method, path, from string) (status int, body string) {
	r := httptest.NewRequest(method, path, nil)
	r.RemoteAddr, r.Host = from, "127.0.0.1:8081"
	answer := httptest.NewRecorder()
	catalog.New(content.In(w.store, slog.New(slog.DiscardHandler)), w.archive).Handler().ServeHTTP(answer, r)
	return answer.Code, answer.Body.String()
}

func (w *world) list(query url.Values) (all catalog.Recordings) {
	w.t.Helper()
	status, body := w.ask("GET", "/recordings?"+query.Encode(), here)
	if err := json.Unmarshal([]byte(body), &all); err != nil || status != 200 {
		w.t.Fatalf("%v: %d %s", query, status, body)
	}
	return all
}

func ids(all catalog.Recordings) (ids []recording.Document) {
	for _, d := range all.Documents {
		ids = append(ids, d.ID)
	}
	return ids
}

func TestRecordingsAreListedTheNewestFirst(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	old := w.keep(1, now.Add(-2000*time.Hour*24), 0)
	tenth := w.keep(2, now.Add(-time.Hour), 10)
	second := w.keep(2, now.Add(-time.Hour), 2)
	last := w.keep(3, now, 0)
	must(t, w.store.Put(t.Context(), "2026/01/01/readme.json", "application/json", strings.NewReader("{}"))) // of somebody else
	w.archive = archive{{Recording: call.NewRecordingID(id(4), 1), Call: id(4), Started: now, Trouble: "the store is away"}}

	all := w.list(nil)
	if got, want := ids(all), []recording.Document{last, second, tenth, old}; fmt.Sprint(got) != fmt.Sprint(want) || all.More != 0 {
		t.Errorf("listed %v and %d more, want %v", got, all.More, want)
	}
	if all.Documents[0].Call != id(3) || len(all.Unfinished) != 1 || all.Unfinished[0].Trouble != "the store is away" {
		t.Errorf("listed %+v", all)
	}

	of := id(2)
	connection, err := call.NewConnectionID(of.Key(), [8]byte{1})
	must(t, err)
	for _, name := range []string{string(of), of.ServerCallID(), string(connection), string(of)[:8], strings.ToUpper(string(of)[:12])} {
		all := w.list(url.Values{"call": {name}})
		if got, want := ids(all), []recording.Document{second, tenth}; fmt.Sprint(got) != fmt.Sprint(want) || len(all.Unfinished) != 0 {
			t.Errorf("of call %s: %v, want %v", name, all, want)
		}
	}
	for since, want := range map[time.Duration]int{time.Minute: 1, 2 * time.Hour: 3, 1000 * time.Hour * 24: 3, 3000 * time.Hour * 24: 4} {
		if got := ids(w.list(url.Values{"since": {now.Add(-since).Format(time.RFC3339)}})); len(got) != want {
			t.Errorf("since %v: %v, want %d", since, got, want)
		}
	}
}

func TestAListIsBounded(t *testing.T) {
	w := newWorld(t)
	began := time.Now()
	for n := range 250 {
		w.keep(1, began, n)
	}
	all := w.list(nil)
	if len(all.Documents) != 100 || all.More != 150 || all.Documents[99].ID.Chunk() != 99 {
		t.Errorf("%d and %d more, the last %v", len(all.Documents), all.More, all.Documents[99].ID)
	}
}

func TestARecordingIsGotAndDeleted(t *testing.T) {
	w := newWorld(t)
	d := string(w.keep(1, time.Now(), 0))
	for _, step := range []struct {
		question string
		status   int
		body     string
	}{
		{"GET /recordings/" + d + "/content/audio", 200, "sound"},
		{"GET /recordings/" + d + "/content/acsmetadata", 200, `"chunkIndex":0`},
		{"GET /recordings/" + d + "/content/smell", 404, "audio, video or acsmetadata"},
		{"GET /recordings/..%2f..%2fsecret/content/audio", 404, "no such document"},
		{"GET /recordings?since=yesterday", 400, "since"},
		{"DELETE /recordings/" + d, 200, d},
		{"GET /recordings/" + d + "/content/audio", 404, "no such document"},
		{"DELETE /recordings/" + d, 404, "no such document"},
	} {
		method, path, _ := strings.Cut(step.question, " ")
		if status, body := w.ask(method, path, here); status != step.status || !strings.Contains(body, step.body) {
			t.Errorf("%s: %d %s, want %d %s", step.question, status, body, step.status, step.body)
		}
	}
	if left := ids(w.list(nil)); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestADocumentWithoutReadableMetadataIsListed(t *testing.T) {
	w := newWorld(t)
	d := w.keep(1, time.Now(), 0)
	must(t, w.store.Put(t.Context(), d.Metadata(), "application/json", strings.NewReader("{")))
	if all := w.list(nil); len(all.Documents) != 1 || all.Documents[0].Trouble == "" {
		t.Errorf("listed %+v", all)
	}
}

func TestOtherHostsGetNoRecording(t *testing.T) {
	w := newWorld(t)
	d := string(w.keep(1, time.Now(), 0))
	for _, question := range []string{"GET /recordings", "GET /recordings/" + d + "/content/audio", "DELETE /recordings/" + d} {
		method, path, _ := strings.Cut(question, " ")
		if status, _ := w.ask(method, path, "192.0.2.1:4000"); status != 403 {
			t.Errorf("%s is answered %d", question, status)
		}
	}
}
