package bridge

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// heard opens a source and reads it to its end.
func heard(t *testing.T, l *Library, src call.PlaySource, rateHz int) ([]int16, error) {
	s, err := l.Open(t.Context(), src, rateHz)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var all []int16
	for {
		p, err := s.Next()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, p.Samples...)
	}
}

func TestACacheIDFetchesOnceAndAlsoWhenManyAskAtOnce(t *testing.T) {
	s, asked := host(t, map[string][]byte{"/a.wav": wav(), "/b.wav": wav()})
	l := NewLibrary(s.Client(), nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := heard(t, l, call.PlaySource{File: s.URL + "/a.wav", CacheID: "greeting"}, media.Narrowband); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := asked.Load(); n != 1 {
		t.Fatalf("fetched %d times", n)
	}
	for range 2 { // another file under the same id is another sound
		if _, err := heard(t, l, call.PlaySource{File: s.URL + "/b.wav", CacheID: "greeting"}, media.Narrowband); err != nil {
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
	l := NewLibrary(s.Client(), nil)
	at := func(name string, rateHz int) []int16 {
		t.Helper()
		sound, err := l.Open(t.Context(), call.PlaySource{File: s.URL + name, CacheID: "x"}, rateHz)
		if err != nil {
			t.Fatal(err)
		}
		p, err := sound.Next()
		if err != nil || !p.Kept {
			t.Fatalf("%+v, %v", p, err)
		}
		return p.Samples
	}
	holds := func(bytes int) {
		t.Helper()
		if l.bytes != bytes {
			t.Errorf("%d bytes are kept, want %d", l.bytes, bytes)
		}
	}
	narrow, wide := at("/a.wav", media.Narrowband), at("/a.wav", media.Wideband)
	holds(2*frames + 2*len(narrow) + 2*len(wide))
	if &at("/a.wav", media.Narrowband)[0] != &narrow[0] || &at("/a.wav", media.Wideband)[0] != &wide[0] {
		t.Error("it was brought to a rate twice")
	}
	at("/b.wav", media.Narrowband) // its own rate: nothing more is kept
	holds(2*frames + 2*len(narrow) + 2*len(wide) + 1600)
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
	l := NewLibrary(s.Client(), nil)
	for range 3 {
		if _, err := heard(t, l, call.PlaySource{File: s.URL + "/a.wav"}, media.Narrowband); err != nil {
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
	l := NewLibrary(s.Client(), nil)
	src := call.PlaySource{File: s.URL + "/late.wav", CacheID: "x"}
	if _, err := heard(t, l, src, media.Narrowband); err == nil {
		t.Fatal("found what is not there")
	}
	files["/late.wav"] = wav()
	if _, err := heard(t, l, src, media.Narrowband); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCannotBePlayedSaysWhy(t *testing.T) {
	s, _ := host(t, map[string][]byte{"/page.html": []byte("<html>"), "/empty": nil})
	l := NewLibrary(s.Client(), nil)
	for path, want := range map[string]string{
		"/page.html": "read play source: not a WAV file but a page or document (HTML or XML)",
		"/empty":     "read play source: not a WAV file but an empty file",
		"/nothing":   "fetch play source: 404 Not Found",
	} {
		for _, id := range []string{"", "x"} {
			_, err := heard(t, l, call.PlaySource{File: s.URL + path, CacheID: id}, media.Narrowband)
			if err == nil || err.Error() != want || errors.As(err, new(*player.FormatError)) != strings.HasPrefix(want, "read") {
				t.Errorf("%s: %v, want %s", path, err, want)
			}
		}
	}
}

func TestTheSecretsOfURLsAreNotInErrors(t *testing.T) {
	s, _ := host(t, nil)
	closed := httptest.NewServer(nil)
	closed.Close()
	l := NewLibrary(s.Client(), nil)
	for _, uri := range []string{s.URL + "/a.wav?sig=secret", closed.URL + "/a.wav?sig=secret", "http://127.0.0.1/%zz?sig=secret"} {
		_, err := heard(t, l, call.PlaySource{File: uri}, media.Narrowband)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// Whoever is put on hold hears music at once, and whoever is transferred the ringback
// tone, at the rate of the room; for however many it is made once.
func TestOwnSoundsAreThereAtEveryRateWithoutAFetch(t *testing.T) {
	l := NewLibrary(http.DefaultClient, nil)
	for own, sound := range map[call.OwnSound]*player.Audio{call.HoldMusic: player.HoldMusic(), call.Ringback: player.Ringback()} {
		for _, rateHz := range []int{8000, 16000, 8000} {
			s, err := l.Open(t.Context(), call.PlaySource{Own: own}, rateHz)
			if err != nil {
				t.Fatal(err)
			}
			p, err := s.Next()
			if want := sound.Duration(); err != nil || time.Duration(len(p.Samples))*time.Second/time.Duration(rateHz) != want {
				t.Errorf("%s: %d samples at %d Hz, want %v: %v", own, len(p.Samples), rateHz, want, err)
			}
			again, _ := l.Open(t.Context(), call.PlaySource{Own: own}, rateHz)
			if q, _ := again.Next(); &q.Samples[0] != &p.Samples[0] {
				t.Errorf("the %s was made again for %d Hz", own, rateHz)
			}
		}
	}
}

// An id is chosen by an application, and so is everything else that a kept sound goes by:
// however it is written, it names no other sound.
func TestNothingKeptAnswersForAnotherSound(t *testing.T) {
	const at = "http://127.0.0.1/a.wav"
	sources := []call.PlaySource{
		{File: at, CacheID: "speech\n\n\n\n"}, {Speech: &call.Speech{Text: at}},
		{File: at, CacheID: "a\n" + at}, {File: at + "\n" + at, CacheID: "a"},
		{Speech: &call.Speech{SSML: "\n<speak/>"}}, {Speech: &call.Speech{Text: "<speak/>\n"}},
		{Speech: &call.Speech{Language: "en", Voice: "x\n"}}, {Speech: &call.Speech{Language: "en", Voice: "x"}},
	}
	seen := map[any]int{}
	for i, src := range sources {
		if j, ok := seen[keyOf(src)]; ok {
			t.Errorf("%q is kept as %q", src, sources[j])
		}
		seen[keyOf(src)] = i
	}
}
