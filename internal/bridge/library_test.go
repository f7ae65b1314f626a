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
	"strowger/internal/media"
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
	l := NewLibrary(s.Client())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := l.Prompt(t.Context(), call.PlaySource{File: s.URL + "/a.wav", CacheID: "greeting"}, media.Narrowband); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := asked.Load(); n != 1 {
		t.Fatalf("fetched %d times", n)
	}
	for range 2 { // another file under the same id is another sound
		if _, err := l.Prompt(t.Context(), call.PlaySource{File: s.URL + "/b.wav", CacheID: "greeting"}, media.Narrowband); err != nil {
			t.Fatal(err)
		}
	}
	if n := asked.Load(); n != 2 {
		t.Fatalf("fetched %d times", n)
	}
}

func TestAKeptPromptIsBroughtToEachRateOnceAndWithinTheBound(t *testing.T) {
	const frames = 4410 // a tenth of a second
	s, asked := host(t, map[string][]byte{
		"/a.wav": player.WAV(&player.Audio{RateHz: 44100, Samples: make([]int16, frames)}),
		"/b.wav": player.WAV(&player.Audio{RateHz: 8000, Samples: make([]int16, 800)}),
	})
	l := NewLibrary(s.Client())
	at := func(name string, rateHz int) *player.Prompt {
		t.Helper()
		p, err := l.Prompt(t.Context(), call.PlaySource{File: s.URL + name, CacheID: "x"}, rateHz)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	holds := func(bytes int) {
		t.Helper()
		if l.bytes != bytes {
			t.Errorf("%d bytes are kept, want %d", l.bytes, bytes)
		}
	}
	narrow, wide := at("/a.wav", media.Narrowband), at("/a.wav", media.Wideband)
	holds(2*frames + narrow.Bytes() + wide.Bytes())
	if at("/a.wav", media.Narrowband) != narrow || at("/a.wav", media.Wideband) != wide {
		t.Error("it was brought to a rate twice")
	}
	at("/b.wav", media.Narrowband) // its own rate: nothing more is kept
	holds(2*frames + narrow.Bytes() + wide.Bytes() + 1600)
	if n := asked.Load(); n != 2 {
		t.Errorf("fetched %d times", n)
	}
	l.most = 2000
	at("/b.wav", media.Wideband) // 4,800 bytes in all: more than is kept
	holds(0)
	at("/b.wav", media.Narrowband)
	holds(1600)
	if n := asked.Load(); n != 3 {
		t.Errorf("fetched %d times", n)
	}
}

func TestWithoutACacheIDEachPlayFetches(t *testing.T) {
	s, asked := host(t, map[string][]byte{"/a.wav": wav()})
	l := NewLibrary(s.Client())
	for range 3 {
		if _, err := l.Prompt(t.Context(), call.PlaySource{File: s.URL + "/a.wav"}, media.Narrowband); err != nil {
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
	l := NewLibrary(s.Client())
	src := call.PlaySource{File: s.URL + "/late.wav", CacheID: "x"}
	if _, err := l.Prompt(t.Context(), src, media.Narrowband); err == nil {
		t.Fatal("found what is not there")
	}
	files["/late.wav"] = wav()
	if _, err := l.Prompt(t.Context(), src, media.Narrowband); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCannotBePlayedSaysWhy(t *testing.T) {
	s, _ := host(t, map[string][]byte{"/page.html": []byte("<html>"), "/huge.wav": make([]byte, fileMost+1)})
	l := NewLibrary(s.Client())
	for path, want := range map[string]call.Reason{"/page.html": call.PlayFormat, "/huge.wav": call.PlayDownload, "/nothing": call.PlayDownload} {
		_, err := l.Prompt(t.Context(), call.PlaySource{File: s.URL + path}, media.Narrowband)
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
	l := NewLibrary(s.Client())
	for _, uri := range []string{s.URL + "/a.wav?sig=secret", closed.URL + "/a.wav?sig=secret", "http://127.0.0.1/%zz?sig=secret"} {
		_, err := l.Prompt(t.Context(), call.PlaySource{File: uri}, media.Narrowband)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", uri, err)
		}
	}
}
