package content_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"strowger/internal/access"
	"strowger/internal/access/accesstest"
	"strowger/internal/call"
	"strowger/internal/recording"
	"strowger/internal/recording/content"
	"strowger/internal/recording/store"
	"strowger/test/client"
)

// resource is the host that clients sign for.
const resource = "resource.communication.example.org"

var (
	key      = access.Key("a key of 32 bytes for these tests")
	document = recording.DocumentOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), call.NewRecordingID(call.NewID([16]byte{7}), 1), 0)
	sound    = []byte("0123456789abcdefghij")
)

// shop is a handler over a folder with one document.
type shop struct {
	t       testing.TB
	dir     string
	store   *store.Store
	log     *bytes.Buffer
	issuer  *accesstest.Provider
	handler *content.Handler
	client  *client.Client
}

func newShop(t testing.TB) *shop {
	t.Helper()
	s := &shop{t: t, dir: t.TempDir(), log: &bytes.Buffer{}, issuer: accesstest.NewProvider(t)}
	var err error
	if s.store, err = store.Open(context.Background(), "", s.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.store.Close() })
	s.client = client.New(t, "https://"+resource, base64.StdEncoding.EncodeToString(key))
	issuer := access.NewIssuer(s.issuer.Issuer(), []string{accesstest.Audience}, s.issuer.Client(), time.Now)
	s.handler = content.New(access.NewVerifier([]access.Key{key}, issuer, time.Now), content.In(s.store, slog.New(slog.NewTextHandler(s.log, nil))), []string{"8080", "8443"})
	s.put(document.Content(call.WAV), sound)
	s.put(document.Metadata(), s.metadata("wav"))
	return s
}

func (s *shop) metadata(format string) []byte {
	about := recording.Metadata{ChunkDocumentID: string(document), ContentSHA256: "5ba3", ContentLength: int64(len(sound))}
	about.Info.Format = format
	b, err := json.Marshal(about)
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (s *shop) put(name string, b []byte) {
	s.t.Helper()
	file := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, b, 0o600)); err != nil {
		s.t.Fatal(err)
	}
}

// request is signed as the SDKs sign it: for the resource, without the query. It is
// sent to the host that serves recordings.
func (s *shop) request(method, path string, headers ...string) *http.Request {
	s.t.Helper()
	signed := &http.Request{Method: method, URL: &url.URL{Scheme: "https", Host: resource, Path: path}, Header: http.Header{}}
	s.client.Sign(signed)
	r := httptest.NewRequest(http.MethodGet, "https://recordings.example.org/", nil)
	r.Method, r.Header = method, signed.Header
	r.URL.Path, r.URL.RawQuery = path, "api-version=x"
	r.RequestURI = r.URL.RequestURI()
	r.Header.Set("x-ms-host", resource)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func (s *shop) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func (s *shop) get(path string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.do(s.request(http.MethodGet, path, headers...))
}

// refused checks the form of a refusal.
func (s *shop) refused(w *httptest.ResponseRecorder, status int) (message string) {
	s.t.Helper()
	var body struct {
		Status  int    `json:"status"`
		Message string `json:"message"`
	}
	err := json.Unmarshal(w.Body.Bytes(), &body)
	if w.Code != status || err != nil || body.Status != status || body.Message == "" || w.Header().Get("Content-Type") != "application/json" {
		s.t.Errorf("got %d %v %s, want %d with status and message", w.Code, w.Header(), w.Body, status)
	}
	return body.Message
}

var (
	whole = content.Path + string(document)
	audio = whole + "/content/audio"
	about = whole + "/content/acsmetadata"
)

func TestTheContentIsGivenAndDeletedForATokenOfTheIssuer(t *testing.T) {
	s := newShop(t)
	ask := func(method, path, token string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		return s.do(r)
	}
	if w := ask(http.MethodGet, audio, s.issuer.Token(time.Now())); w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), sound) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		path := map[string]string{http.MethodGet: audio, http.MethodDelete: whole}[method]
		if said := s.refused(ask(method, path, s.issuer.Token(time.Now().Add(-2*time.Hour))), http.StatusUnauthorized); !strings.Contains(said, "it ended at") {
			t.Errorf("%s: %s", method, said)
		}
	}
	if w := ask(http.MethodDelete, whole, s.issuer.Token(time.Now())); w.Code != http.StatusOK {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	s.refused(ask(http.MethodGet, audio, s.issuer.Token(time.Now())), http.StatusNotFound)
}

func TestTheContentIsGivenToWhoSignedForTheResource(t *testing.T) {
	s := newShop(t)
	for _, view := range []string{"audio", "video"} { // in an audioVideo recording there is sound alone
		w := s.get(whole + "/content/" + view)
		h := w.Header()
		if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), sound) {
			t.Errorf("%s: %d %s", view, w.Code, w.Body)
		}
		if h.Get("Content-Range") != "bytes 0-19/20" || h.Get("Content-Length") != "20" || h.Get("ETag") != `"5ba3"` || h.Get("Accept-Ranges") != "bytes" || !strings.Contains(h.Get("Cache-Control"), "private") {
			t.Errorf("%s: %v", view, h)
		}
	}
	if w := s.get(about); w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), s.metadata("wav")) || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("metadata: %d %s", w.Code, w.Body)
	}
}

// Python's SDK names the endpoint's host without its port, and signs it with its port.
func TestThePortOfTheResourceNeedNotBeNamed(t *testing.T) {
	s := newShop(t)
	for _, c := range []struct {
		signed, named string
		status        int
	}{
		{resource + ":8443", resource + ":8443", 200},
		{resource + ":8443", resource, 200},
		{"[::1]:8080", "::1", 200},
		{resource + ":9443", resource, 401},
		{resource + ":8443", "other.example.org", 401},
	} {
		signed := &http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "https", Host: c.signed, Path: audio}, Header: http.Header{}}
		s.client.Sign(signed)
		r := s.request(http.MethodGet, audio)
		r.Header = signed.Header
		r.Header.Set("x-ms-host", c.named)
		if w := s.do(r); w.Code != c.status {
			t.Errorf("%+v: %d %s", c, w.Code, w.Body)
		}
	}
}

func TestWhoAsksTheServerItselfSignsForIt(t *testing.T) {
	s := newShop(t)
	r := s.request(http.MethodGet, audio)
	r.Header.Del("x-ms-host")
	s.refused(s.do(r), http.StatusUnauthorized)
	r.Host = resource
	if w := s.do(r); w.Code != http.StatusOK {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestNobodyElseGetsAnything(t *testing.T) {
	s := newShop(t)
	for name, spoil := range map[string]func(*http.Request){
		"no signature":       func(r *http.Request) { r.Header.Del("Authorization") },
		"another resource":   func(r *http.Request) { r.Header.Set("x-ms-host", "other.example.org") },
		"another method":     func(r *http.Request) { r.Method = http.MethodDelete; r.URL.Path = whole; r.RequestURI = whole },
		"another path":       func(r *http.Request) { r.URL.Path = about; r.RequestURI = about },
		"an old date":        func(r *http.Request) { r.Header.Set("x-ms-date", "Thu, 01 Jan 2026 00:00:00 GMT") },
		"a document unknown": func(r *http.Request) { r.URL.Path += "0"; r.RequestURI = r.URL.Path },
	} {
		r := s.request(http.MethodGet, audio)
		spoil(r)
		w := s.do(r)
		if message := s.refused(w, http.StatusUnauthorized); message == "" || strings.Contains(w.Body.String(), "0123") {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
	if w := s.get(audio); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d", w.Code)
	}
}

func TestRanges(t *testing.T) {
	s := newShop(t)
	for _, c := range []struct {
		asked  string
		status int
		given  string
		said   string
	}{
		{"bytes=0-", 206, "0123456789abcdefghij", "bytes 0-19/20"},
		{"bytes=5-9", 206, "56789", "bytes 5-9/20"},
		{"bytes=15-100", 206, "fghij", "bytes 15-19/20"},
		{"bytes=-4", 206, "ghij", "bytes 16-19/20"},
		{"bytes=-100", 206, "0123456789abcdefghij", "bytes 0-19/20"},
		{"bytes=undefined", 200, "0123456789abcdefghij", "bytes 0-19/20"},
		{"bytes=0-1,3-4", 200, "0123456789abcdefghij", "bytes 0-19/20"},
		{"bytes=99999999999999999999-", 200, "0123456789abcdefghij", "bytes 0-19/20"},
		{"lines=1-2", 200, "0123456789abcdefghij", "bytes 0-19/20"},
		{"bytes=20-", 416, "", "bytes */20"},
		{"bytes=9-5", 416, "", ""},
	} {
		w := s.get(audio, "Range", c.asked)
		if w.Code != c.status || w.Header().Get("Content-Range") != c.said {
			t.Errorf("%s: %d %v", c.asked, w.Code, w.Header())
		}
		if c.status == 416 {
			s.refused(w, 416)
		} else if w.Body.String() != c.given {
			t.Errorf("%s: %q", c.asked, w.Body)
		}
	}
	if w := s.get(audio, "Range", "bytes=5-9", "If-Range", `"other"`); w.Code != 200 || w.Body.Len() != 20 {
		t.Errorf("the range of another content: %d %q", w.Code, w.Body)
	}
}

func TestAContentThatTheClientHasIsNotSentAgain(t *testing.T) {
	s := newShop(t)
	if w := s.get(audio, "If-None-Match", `"5ba3"`); w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("Content-Range") != "" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	s.refused(s.get(audio, "If-Match", `"other"`), http.StatusPreconditionFailed)
}

func TestHeadSaysHowLongItIs(t *testing.T) {
	s := newShop(t)
	w := s.do(s.request(http.MethodHead, audio))
	if w.Code != http.StatusOK || w.Header().Get("Content-Length") != "20" || w.Header().Get("Content-Range") != "bytes 0-19/20" || w.Body.Len() > 0 {
		t.Errorf("got %d %v %q", w.Code, w.Header(), w.Body)
	}
}

func TestADocumentIsDeletedOnce(t *testing.T) {
	s := newShop(t)
	if w := s.do(s.request(http.MethodDelete, whole)); w.Code != http.StatusOK {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	s.refused(s.do(s.request(http.MethodDelete, whole)), http.StatusNotFound)
	s.refused(s.get(audio), http.StatusNotFound)
	s.refused(s.get(about), http.StatusNotFound)
	for _, name := range []string{document.Content(call.WAV), document.Metadata()} {
		if _, err := s.store.Open(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A deletion that failed half-way has removed the content and left the metadata.
func TestWhatIsLeftOfADocumentCanBeDeleted(t *testing.T) {
	s := newShop(t)
	if err := s.store.Delete(t.Context(), document.Content(call.WAV)); err != nil {
		t.Fatal(err)
	}
	s.refused(s.get(audio), http.StatusNotFound)
	if w := s.do(s.request(http.MethodDelete, whole)); w.Code != http.StatusOK {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestWhatIsNoDocumentIsNotLookedFor(t *testing.T) {
	s := newShop(t)
	if err := os.WriteFile(filepath.Join(s.dir, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		content.Path, content.Path + "secret", content.Path + "../secret/content/audio", content.Path + "../../secret",
		content.Path + "/etc/passwd/content/audio", audio + "/", audio + "/../acsmetadata", whole + "/content/secret", whole + "/content/",
		content.Path + strings.ToUpper(string(document)) + "/content/audio", content.Path + string(document) + "\x00/content/audio",
	} {
		s.refused(s.get(path), http.StatusNotFound)
	}
}

func TestOtherMethodsAreNotAllowed(t *testing.T) {
	s := newShop(t)
	for _, r := range []*http.Request{s.request(http.MethodPut, audio), s.request(http.MethodDelete, audio), s.request(http.MethodGet, whole)} {
		w := s.do(r)
		s.refused(w, http.StatusMethodNotAllowed)
		if w.Header().Get("Allow") == "" {
			t.Error("nothing says what is allowed")
		}
	}
}

// Whoever may write to the bucket cannot have other files of it given away.
func TestDamagedMetadataGivesNothing(t *testing.T) {
	for _, damaged := range [][]byte{nil, []byte("{"), []byte(`[]`), newShop(t).metadata("wav/../../../../secret"), newShop(t).metadata("")} {
		s := newShop(t)
		s.put(document.Metadata(), damaged)
		s.refused(s.get(audio), http.StatusInternalServerError)
		s.refused(s.do(s.request(http.MethodDelete, whole)), http.StatusInternalServerError)
		if !strings.Contains(s.log.String(), "damaged") {
			t.Errorf("logged: %s", s.log)
		}
	}
}

func TestAStoreThatIsAwayIsSaidToBe(t *testing.T) {
	s := newShop(t)
	_ = s.store.Close()
	s.refused(s.get(audio), http.StatusServiceUnavailable)
	if !strings.Contains(s.log.String(), "recording.storage") {
		t.Errorf("logged: %s", s.log)
	}
}

// stalled is a client that takes the first piece and no more, until it is let go.
type stalled struct {
	*httptest.ResponseRecorder
	began, resume chan struct{}
}

func (s *stalled) Write(b []byte) (int, error) {
	select {
	case <-s.began:
		return 0, io.ErrClosedPipe
	default:
		close(s.began)
		<-s.resume
		return len(b), nil
	}
}

func TestASlowClientHoldsNoFileInMemory(t *testing.T) {
	s := newShop(t)
	const size = 256 << 20 // sparse
	if err := os.Truncate(filepath.Join(s.dir, document.Content(call.WAV)), size); err != nil {
		t.Fatal(err)
	}
	before := inUse()
	w := &stalled{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.handler.ServeHTTP(w, s.request(http.MethodGet, audio))
	}()
	<-w.began
	if held := inUse() - before; held > size/16 {
		t.Errorf("it holds %d bytes", held)
	}
	close(w.resume)
	<-done
}

// inUse is how many bytes of the heap are.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// patient notes until when it may be written.
type patient struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
}

func (p *patient) SetWriteDeadline(at time.Time) error {
	p.deadlines = append(p.deadlines, at)
	return nil
}

func TestAClientHasTimeForEachPiece(t *testing.T) {
	s := newShop(t)
	if err := os.Truncate(filepath.Join(s.dir, document.Content(call.WAV)), 1<<20); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	w := &patient{ResponseRecorder: httptest.NewRecorder()}
	s.handler.ServeHTTP(w, s.request(http.MethodGet, audio))
	if len(w.deadlines) < 8 || w.deadlines[0].Before(began) || !slices.IsSortedFunc(w.deadlines, time.Time.Compare) {
		t.Errorf("deadlines: %v", w.deadlines)
	}
}

func FuzzAnyRequestIsAnsweredAndGivesNothingElse(f *testing.F) {
	f.Add(http.MethodGet, audio, "bytes=3-7", "")
	f.Add(http.MethodHead, about, "bytes=undefined", `"5ba3"`)
	f.Add(http.MethodDelete, whole+"0", "", "")
	f.Add(http.MethodGet, content.Path+"../x", "bytes=-1", "*")
	f.Fuzz(func(t *testing.T, method, path, asked, ifMatch string) {
		if method == http.MethodDelete && path == whole || !strings.HasPrefix(path, content.Path) {
			return
		}
		s := newShop(t)
		w := s.get(path, "Range", asked, "If-None-Match", ifMatch)
		if method != http.MethodGet {
			w = s.do(s.request(method, path, "Range", asked))
		}
		switch {
		case w.Code >= 500 || w.Code < 200:
			t.Fatalf("got %d %s", w.Code, w.Body)
		case w.Code < 300 && path != audio && path != about && path != whole+"/content/video":
			t.Fatalf("%s gives %d %s", path, w.Code, w.Body)
		case w.Code == http.StatusPartialContent && path == audio && !bytes.Contains(sound, w.Body.Bytes()):
			t.Fatalf("%s gives %s", strconv.Quote(asked), w.Body)
		}
	})
}
