package bridge

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/player"
	"strowger/internal/outbound"
)

const (
	rate     = 8000
	halfHour = 30 * 60 * rate // samples
)

// radio serves WAV files that are as long as their name says in samples, made while
// they are sent, and counts what was asked for and sent.
type radio struct {
	*httptest.Server
	policy *outbound.Policy
	asked  atomic.Int64
	sent   atomic.Int64 // bytes
}

func newRadio(t *testing.T) *radio {
	t.Helper()
	r := &radio{policy: outbound.NewPolicy([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.asked.Add(1)
		var samples int
		if _, err := fmt.Sscanf(req.URL.Path, "/%d", &samples); err != nil {
			http.NotFound(w, req)
			return
		}
		head := player.WAV(&player.Audio{RateHz: rate})
		binary.LittleEndian.PutUint32(head[4:], uint32(36+2*samples))
		binary.LittleEndian.PutUint32(head[40:], uint32(2*samples))
		for block := append(head, make([]byte, 32<<10)...); samples > 0; samples -= len(block) / 2 {
			n, err := w.Write(block[:min(len(block), 2*samples+44)])
			r.sent.Add(int64(n))
			if err != nil {
				return
			}
			block = block[44:]
			if len(block) < 1024 {
				block = make([]byte, 32<<10+44)[44:]
			}
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// client is one as the server has it.
func (r *radio) client(t *testing.T) *http.Client {
	c := r.policy.NewClient(outbound.ClientConfig{Timeout: 20 * time.Second, ConnectionsMax: 1024})
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func (r *radio) source(samples, n int) call.PlaySource {
	return call.PlaySource{File: fmt.Sprintf("%s/%d?%d", r.URL, samples, n)}
}

// hall is a bridge with real sources and any number of calls.
type hall struct {
	*Bridge
	signals chan call.Signal
}

func (h *hall) Media(call.LegID) (Media, bool)    { return newEar(1), true }
func (h *hall) Signal(_ call.ID, sig call.Signal) { h.signals <- sig }

func openHall(t *testing.T, l *Library) *hall {
	t.Helper()
	h := &hall{signals: make(chan call.Signal, 1024)}
	clock := media.NewClock(1)
	h.Bridge = New(Config{Clock: clock, Legs: h, Signals: h, Sources: l, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { _ = clock.Run(ctx) })
	run.Go(func() { _ = h.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		run.Wait()
		if h.plays.used != 0 || l.fetches.used != 0 {
			t.Errorf("%d bytes of plays and %d of fetches were not given back", h.plays.used, l.fetches.used)
		}
	})
	return h
}

// started waits until so many plays are heard.
func (h *hall) started(t *testing.T, plays int) {
	t.Helper()
	for range plays {
		select {
		case sig := <-h.signals:
			if _, ok := sig.(call.PlayerStarted); !ok {
				t.Fatalf("%T%+v", sig, sig)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("nothing is heard")
		}
	}
}

// heap is how much memory is in use.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Eight sources of half an hour took 400 MB before the first sound, and a hundred
// 3.3 GB.
func TestLongSourcesCostNoMoreMemoryThanTheBoundsSay(t *testing.T) {
	const sources, calls = 100, 50
	for _, cacheID := range []string{"", "kept"} {
		t.Run("id "+cacheID, func(t *testing.T) {
			r := newRadio(t)
			h := openHall(t, NewLibrary(r.client(t), nil))
			before := heap()
			for n := range calls {
				id := call.NewID([16]byte{byte(n)})
				e := call.StartPlayer{Operation: 1}
				for i := range sources {
					e.Sources = append(e.Sources, r.source(halfHour, n*sources+i))
					e.Sources[i].CacheID = cacheID
				}
				h.Perform(id, call.Join{Leg: call.NewLegID(id, 1)})
				h.Perform(id, e)
			}
			h.started(t, calls)
			grown := heap() - before
			t.Logf("%d plays of %d half hours each: %d KiB of memory, %d KiB sent", calls, sources, grown>>10, r.sent.Load()>>10)
			if most := serverMost + fetchesMost + calls*(leastAhead+512<<10); grown > most {
				t.Errorf("%d MiB of memory, want at most %d", grown>>20, most>>20)
			}
			if asked := r.asked.Load(); asked > 2*calls {
				t.Errorf("%d files were asked for before the first of %d was heard", asked, calls)
			}
		})
	}
}

// shelf opens sources from memory, and counts.
type shelf struct {
	length  map[string]int // samples
	openErr map[string]error
	pieces  func(name string, n int) error // called before each piece

	mu     sync.Mutex
	opens  []string
	open   int
	opened int
}

func (s *shelf) Open(_ context.Context, src call.PlaySource) (Sound, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opens = append(s.opens, src.File)
	if err := s.openErr[src.File]; err != nil {
		return nil, err
	}
	s.open++
	s.opened = max(s.opened, s.open)
	return &book{shelf: s, name: src.File, levels: levels{s.length[src.File], 5}}, nil
}

func (s *shelf) isOpen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

func (b *budget) taken() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

type book struct {
	levels
	shelf *shelf
	name  string
	n     int
}

func (b *book) Next() (Piece, error) {
	b.n++
	if b.shelf.pieces != nil {
		if err := b.shelf.pieces(b.name, b.n); err != nil {
			return Piece{}, err
		}
	}
	return b.levels.Next()
}

func (b *book) Close() {
	b.shelf.mu.Lock()
	defer b.shelf.mu.Unlock()
	b.shelf.open--
}

// run feeds a tape that a clock plays, in a bubble, and gives what came of it.
func (s *shelf) run(t *testing.T, ctx context.Context, budget *budget, loop bool, names ...string) (played int, source int, err error) {
	t.Helper()
	f := &feed{loop: loop, open: s.Open, tape: player.NewTape(rate), budget: budget}
	for _, n := range names {
		f.sources = append(f.sources, call.PlaySource{File: n})
	}
	most := 0
	done := make(chan struct{})
	begun := make(chan struct{})
	f.begun = func() { close(begun) }
	go func() {
		defer close(done)
		select {
		case <-begun:
		case <-ctx.Done():
			return
		}
		ticks := time.NewTicker(media.FrameDuration)
		defer ticks.Stop()
		for frame := make([]int16, rate/50); f.tape.ReadFrame(frame) && ctx.Err() == nil; <-ticks.C {
			played += len(frame)
			most = max(most, 2*f.tape.Waiting())
		}
	}()
	source, err = f.run(ctx)
	f.end(ctx)
	if f.begun == nil {
		<-done
	}
	if most > aheadMost+2*pieceSamples {
		t.Errorf("%d bytes were ahead of the clock", most)
	}
	if budget.used != 0 || s.open != 0 {
		t.Errorf("%d bytes and %d sources were not given back", budget.used, s.open)
	}
	if starved := f.tape.Starved(); starved > 0 && s.pieces == nil {
		t.Errorf("there was nothing to play for %v", starved)
	}
	return played, source, err
}

func TestSourcesAreOpenedOneAheadAndPlayedWithoutAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{length: map[string]int{"a": 3 * rate, "b": 100, "c": 0, "d": 60 * rate, "e": rate}}
		played, _, err := s.run(t, t.Context(), &budget{most: callMost}, false, "a", "b", "c", "d", "e")
		if want := 64*rate + 100; err != nil || played < want || played > want+rate/50 {
			t.Errorf("%d samples were played, want %d: %v", played, want, err)
		}
		if s.opened > 2 {
			t.Errorf("%d sources were open at once", s.opened)
		}
		// d is long, so that e had to wait, was let go and opened again.
		slices.Sort(s.opens)
		if want := "a b c d e e"; strings.Join(s.opens, " ") != want {
			t.Errorf("opened %v", s.opens)
		}
	})
}

func TestWithoutRoomAPlayIsHeardAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{length: map[string]int{"a": 20 * rate, "b": 20 * rate}}
		played, _, err := s.run(t, t.Context(), &budget{most: 0}, false, "a", "b")
		if want := 40 * rate; err != nil || played < want || played > want+rate/50 {
			t.Errorf("%d samples were played, want %d: %v", played, want, err)
		}
	})
}

func TestAFailureIsThatOfItsSource(t *testing.T) {
	broken := errors.New("broken")
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{length: map[string]int{"a": rate, "c": rate}, openErr: map[string]error{"b": broken}}
		played, source, err := s.run(t, t.Context(), &budget{most: callMost}, false, "a", "b", "c")
		if err != broken || source != 1 || played != rate {
			t.Errorf("source %d: %v, after %d samples", source, err, played)
		}
		s = &shelf{length: map[string]int{"a": rate, "b": 10 * rate}, pieces: func(name string, n int) error {
			if name == "b" && n == 3 {
				return broken
			}
			return nil
		}}
		played, source, err = s.run(t, t.Context(), &budget{most: callMost}, false, "a", "b", "c")
		if err != broken || source != 1 || played < rate+2*pieceSamples {
			t.Errorf("source %d: %v, after %d samples", source, err, played)
		}
	})
}

func TestALoopThatFitsIsFetchedOnceAndALongerOneEachTime(t *testing.T) {
	for name, c := range map[string]struct {
		length int
		room   int
		opens  int // at least, in ten minutes
		most   int
	}{
		"short":          {rate, callMost, 2, 2},
		"long":           {2 * 60 * rate, callMost, 4, 14},
		"short, no room": {30 * rate, 0, 12, 45},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				s := &shelf{length: map[string]int{"a": c.length, "b": c.length}}
				played, _, err := s.run(t, ctx, &budget{most: c.room}, true, "a", "b")
				if !errors.Is(err, context.DeadlineExceeded) || played < 599*rate {
					t.Errorf("%d samples were played: %v", played, err)
				}
				if n := len(s.opens); n < c.opens || n > c.most {
					t.Errorf("opened %d times: %v", n, s.opens)
				}
			})
		})
	}
}

func TestALoopOverNothingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		if played, _, err := s.run(t, t.Context(), &budget{most: callMost}, true, "a", "b"); played != 0 || err != nil {
			t.Errorf("%d samples, %v", played, err)
		}
	})
}

func TestASlowSourceIsSilenceAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{length: map[string]int{"a": 4 * pieceSamples}, pieces: func(_ string, n int) error {
			if n == 3 {
				<-time.After(5 * time.Second)
			}
			return nil
		}}
		played, _, err := s.run(t, t.Context(), &budget{most: callMost}, false, "a")
		if silence := played - 4*pieceSamples; err != nil || silence < 3*rate || silence > 5*rate {
			t.Errorf("%d samples of silence, %v", silence, err)
		}
	})
}

func TestABudgetIsBoundedByTheWiderOne(t *testing.T) {
	server := &budget{most: 100}
	a, b := &budget{most: 80, wider: server}, &budget{most: 80, wider: server}
	for i, c := range []struct {
		b    *budget
		n    int
		want bool
	}{{a, 81, false}, {a, 60, true}, {b, 41, false}, {b, 40, true}, {a, 1, false}} {
		if got := c.b.take(c.n); got != c.want {
			t.Errorf("take %d: %v", i, got)
		}
	}
	a.give(60)
	if !b.take(40) || server.used != 80 || b.used != 80 || a.used != 0 {
		t.Errorf("%d, %d, %d", server.used, a.used, b.used)
	}
}

// stalling serves a file of which it sends a part, and then nothing.
func stalling(t *testing.T, part int) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/good") {
			_, _ = w.Write(wav())
			return
		}
		file := player.WAV(&player.Audio{RateHz: rate, Samples: make([]int16, 10*rate)})
		w.Header().Set("Content-Length", fmt.Sprint(len(file)))
		_, _ = w.Write(file[:part])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	return s
}

func TestAStallingServerFailsItsOwnPlayAndHoldsUpNobody(t *testing.T) {
	for _, part := range []int{0, 20, 44, 1000, 9000} {
		for _, id := range []string{"", "x"} {
			t.Run(fmt.Sprintf("%d bytes %s", part, id), func(t *testing.T) {
				s := stalling(t, part)
				client := s.Client()
				client.Timeout = 150 * time.Millisecond
				h := openHall(t, NewLibrary(client, nil))
				one, other := call.NewID([16]byte{1}), call.NewID([16]byte{2})
				for _, id := range []call.ID{one, other} {
					h.Perform(id, call.Join{Leg: call.NewLegID(id, 1)})
				}
				h.Perform(one, call.StartPlayer{Operation: 1, Sources: []call.PlaySource{{File: s.URL + "/bad", CacheID: id}}})
				h.Perform(other, call.StartPlayer{Operation: 2, Sources: []call.PlaySource{{File: s.URL + "/good", CacheID: id}, {File: s.URL + "/good"}}})
				var got []string
				for len(got) < 2 {
					switch sig := (<-h.signals).(type) {
					case call.PlayerFailed:
						got = append(got, fmt.Sprintf("failed %d %s", sig.Operation, sig.Reason))
					case call.PlayerFinished:
						got = append(got, fmt.Sprintf("finished %d", sig.Operation))
					}
				}
				slices.Sort(got)
				if want := []string{"failed 1 " + string(call.PlayDownload), "finished 2"}; !slices.Equal(got, want) {
					t.Errorf("%v, want %v", got, want)
				}
			})
		}
	}
}

func TestAFileThatIsCutShortFailsThePlay(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		file := player.WAV(&player.Audio{RateHz: rate, Samples: make([]int16, 10*rate)})
		w.Header().Set("Content-Length", fmt.Sprint(len(file)))
		_, _ = w.Write(file[:len(file)/2])
	}))
	t.Cleanup(s.Close)
	l := NewLibrary(s.Client(), nil)
	for _, id := range []string{"", "x"} {
		if _, err := heard(t, l, call.PlaySource{File: s.URL, CacheID: id}, media.Narrowband); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v", err)
		}
	}
}

func TestAFileTooLargeToBeKeptIsPlayedByAllWhoWantIt(t *testing.T) {
	r := newRadio(t)
	l := NewLibrary(r.client(t), nil)
	const samples = keptMost // twice as many bytes
	src := r.source(samples, 1)
	src.CacheID = "large"
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			got, err := heard(t, l, src, media.Narrowband)
			if err != nil || len(got) != samples {
				t.Errorf("%d samples, %v", len(got), err)
			}
		})
	}
	all.Wait()
	if l.bytes != 0 || l.fetches.used != 0 {
		t.Errorf("%d bytes are kept and %d held", l.bytes, l.fetches.used)
	}
}

func TestAFileIsPlayedAtTheRateAskedFor(t *testing.T) {
	tone := player.NewTone(44100, 9000, 440).Audio(3 * time.Second)
	s, _ := host(t, map[string][]byte{"/a.wav": player.WAV(tone)})
	l := NewLibrary(s.Client(), nil)
	for _, rateHz := range []int{media.Narrowband, media.Wideband} {
		want := tone.Prompt(rateHz).Samples()
		for _, id := range []string{"", "x"} {
			got, err := heard(t, l, call.PlaySource{File: s.URL + "/a.wav", CacheID: id}, rateHz)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("at %d Hz: %d samples, want %d: %v", rateHz, len(got), len(want), err)
			}
		}
	}
}
