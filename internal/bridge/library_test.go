package bridge

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"strowger/internal/call"
	"strowger/internal/media/player"
)

// host serves files and counts how often each was asked for.
func host(t *testing.T, files map[string][]byte) (*httptest.Server, *atomic.Int64) {
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s, &asked
}

func wav() []byte { return player.WAV(&player.Audio{RateHz: 8000, Samples: make([]int16, 800)}) }

func TestACacheIDFetchesOnceAndAlsoWhenManyAskAtOnce(t *testing.T) {
	s, asked := host(t, map[string][]byte{"/a.wav": wav(), "/b.wav": wav()})
	l := NewLibrary(s.Client(), 8000)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := l.Prompt(t.Context(), call.PlaySource{File: s.URL + "/a.wav", CacheID: "greeting"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := asked.Load(); n != 1 {
		t.Fatalf("fetched %d times", n)
	}
	for range 2 { // another file under the same id is another sound
		if _, err := l.Prompt(t.Context(), call.PlaySource{File: s.URL + "/b.wav", CacheID: "greeting"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := asked.Load(); n != 2 {
		t.Fatalf("fetched %d times", n)
	}
}

func TestWithoutACacheIDEachPlayFetches(t *testing.T) {
	s, asked := host(t, map[string][]byte{"/a.wav": wav()})
	l := NewLibrary(s.Client(), 8000)
	for range 3 {
		if _, err := l.Prompt(t.Context(), call.PlaySource{File: s.URL + "/a.wav"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := asked.Load(); n != 3 {
		t.Fatalf("fetched %d times", n)
	}
}

func TestAFailedFetchIsNotKept(t *testing.T) {
	files := map[string][]byte{}
	s, _ := host(t, files)
	l := NewLibrary(s.Client(), 8000)
	src := call.PlaySource{File: s.URL + "/late.wav", CacheID: "x"}
	if _, err := l.Prompt(t.Context(), src); err == nil {
		t.Fatal("found what is not there")
	}
	files["/late.wav"] = wav()
	if _, err := l.Prompt(t.Context(), src); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCannotBePlayedSaysWhy(t *testing.T) {
	s, _ := host(t, map[string][]byte{"/page.html": []byte("<html>"), "/huge.wav": make([]byte, fileMost+1)})
	l := NewLibrary(s.Client(), 8000)
	for path, want := range map[string]call.Reason{"/page.html": call.PlayFormat, "/huge.wav": call.PlayDownload, "/nothing": call.PlayDownload} {
		_, err := l.Prompt(t.Context(), call.PlaySource{File: s.URL + path})
		if err == nil || reason(err) != want {
			t.Errorf("%s: %v is %s, want %s", path, err, reason(err), want)
		}
		if got := errors.As(err, new(formatError)); got != (want == call.PlayFormat) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestTheSecretsOfURLsAreNotInErrors(t *testing.T) {
	s, _ := host(t, nil)
	closed := httptest.NewServer(nil)
	closed.Close()
	l := NewLibrary(s.Client(), 8000)
	for _, uri := range []string{s.URL + "/a.wav?sig=secret", closed.URL + "/a.wav?sig=secret", "http://127.0.0.1/%zz?sig=secret"} {
		_, err := l.Prompt(t.Context(), call.PlaySource{File: uri})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", uri, err)
		}
	}
	if got := hostOf("https://files.example.com/a.wav?sig=secret"); got != "files.example.com" {
		t.Errorf("the log shows %s", got)
	}
}
