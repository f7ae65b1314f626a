package bridge

import (
	"container/list"
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"strowger/internal/call"
	"strowger/internal/media/player"
)

// Library opens audio files over HTTP, and words that are spoken. It keeps the small
// files that are to be kept, and all that is spoken and small: decoded once, and
// brought once to each rate at which it is played. It is safe for concurrent use.
type Library struct {
	client  *http.Client // bounds where it may go
	limit   time.Duration
	speaker Speaker
	most    int     // of bytes kept
	fetches *budget // under way, to be kept
	own     map[call.OwnSound]func() *recording

	mu    sync.Mutex
	kept  map[soundKey]*list.Element
	order *list.List // of *recording, most recently played first
	bytes int
	now   map[soundKey]*fetching // cacheable fetches under way, shared by all who want them
}

// Speaker makes sound of words, and returns when the sound begins. An error is a
// SpeechError.
type Speaker interface {
	Speak(context.Context, call.Speech) (Reader, error)
}

// recording is the sound of one file, or of what was spoken.
type recording struct {
	key   soundKey
	audio *player.Audio
	bytes int // of audio and prompts, as the library counts them

	// mu is held while the sound is brought to a rate, so that others who want
	// the same wait instead of doing it too.
	mu      sync.Mutex
	prompts map[int]*player.Prompt // by rate
}

// soundKey names what is kept by all that decides how it sounds: the words and the voice
// that speaks them, or the file and the id that it may be kept under. Who does not know
// the whole of it, a signed URL for instance, does not get what is kept.
type soundKey struct {
	file, id string
	speech   call.Speech
}

func keyOf(src call.PlaySource) soundKey {
	if src.Speech != nil {
		return soundKey{speech: *src.Speech}
	}
	return soundKey{file: src.File, id: src.CacheID}
}

// fetching is a fetch under way. When it is done without a recording, the file was
// too large to be kept, or could not be fetched.
type fetching struct {
	done      chan struct{}
	recording *recording
	large     bool
}

// NewLibrary makes a library. The client's time-out is the longest that a server
// may take to send the beginning of a file, and each next piece of it; the whole of
// a file takes as long as it is played. The client has to allow two connections at
// once for each play.
func NewLibrary(client *http.Client, speaker Speaker) *Library {
	patient := *client
	patient.Timeout = 0
	l := &Library{
		client: &patient, limit: client.Timeout, speaker: speaker, most: libraryMost, fetches: &budget{most: fetchesMost},
		kept: map[soundKey]*list.Element{}, order: list.New(), now: map[soundKey]*fetching{},
		own: map[call.OwnSound]func() *recording{call.HoldMusic: once(player.HoldMusic), call.Ringback: once(player.Ringback)},
	}
	if l.limit == 0 {
		l.limit = 30 * time.Second
	}
	return l
}

// once makes a sound when it is first played, and keeps it.
func once(made func() *player.Audio) func() *recording {
	return sync.OnceValue(func() *recording {
		return &recording{audio: made(), prompts: map[int]*player.Prompt{}}
	})
}

// Open begins to fetch a source, to be played at a rate, and returns when its sound
// begins. One with a CacheID is fetched once while it is kept: its ID and URI name
// it, so that another file never answers for it. What is our own is there at once.
func (l *Library) Open(ctx context.Context, src call.PlaySource, rateHz int) (Sound, error) {
	switch {
	case src.Speech != nil:
		return l.openSpeech(ctx, src, rateHz)
	case src.Own != "":
		return &keptSound{samples: l.at(l.own[src.Own](), rateHz).Samples()}, nil
	case src.CacheID != "":
		return l.openKept(ctx, src, rateHz)
	}
	return l.openStream(ctx, src.File, rateHz)
}

func (l *Library) openStream(ctx context.Context, uri string, rateHz int) (Sound, error) {
	f, err := openFile(ctx, l.client, uri, l.limit)
	if err != nil {
		return nil, err
	}
	return newStream(f, rateHz), nil
}

// openKept finds what is kept of a source, or fetches it.
func (l *Library) openKept(ctx context.Context, src call.PlaySource, rateHz int) (Sound, error) {
	key := keyOf(src)
	for {
		r, f, mine := l.look(key)
		switch {
		case r != nil:
			return &keptSound{samples: l.at(r, rateHz).Samples()}, nil
		case mine:
			return l.fill(ctx, f, key, src.File, rateHz)
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		switch {
		case f.recording != nil:
			return &keptSound{samples: l.at(f.recording, rateHz).Samples()}, nil
		case f.large:
			return l.openStream(ctx, src.File, rateHz)
		} // whoever fetched it may have been stopped: try ourselves
	}
}

// look finds what is kept, or joins the fetch that is under way, or begins one.
func (l *Library) look(key soundKey) (r *recording, f *fetching, mine bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.kept[key]; e != nil {
		l.order.MoveToFront(e)
		return e.Value.(*recording), nil, false
	}
	if f := l.now[key]; f != nil {
		return nil, f, false
	}
	f = &fetching{done: make(chan struct{})}
	l.now[key] = f
	return nil, f, true
}

// fill does a fetch and keeps what came of it. What is too large to be kept is
// played as it comes.
func (l *Library) fill(ctx context.Context, f *fetching, key soundKey, uri string, rateHz int) (Sound, error) {
	defer l.filled(f, key)
	file, err := openFile(ctx, l.client, uri, l.limit)
	if err != nil {
		return nil, err
	}
	s := newStream(file, rateHz)
	for size := 0; ; {
		piece := taken{make([]int16, pieceSamples), l.fetches}
		if size += 2 * pieceSamples; size > keptMost || !l.fetches.take(2*pieceSamples) {
			f.large = true
			return s, nil
		}
		s.begun = append(s.begun, piece)
		n, err := file.Read(piece.samples)
		if err == io.EOF {
			f.recording = l.keep(key, joined(file.RateHz(), s.begun, n))
			s.Close()
			return &keptSound{samples: l.at(f.recording, rateHz).Samples()}, nil
		}
		if err != nil {
			s.Close()
			return nil, err
		}
	}
}

// filled lets those go on who wait for a fetch.
func (l *Library) filled(f *fetching, key soundKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.now, key)
	close(f.done)
}

// joined is what was read of a file to its end, of whose last piece n samples are
// sound.
func joined(rateHz int, pieces []taken, n int) *player.Audio {
	last := len(pieces) - 1
	a := &player.Audio{RateHz: rateHz, Samples: make([]int16, 0, last*pieceSamples+n)}
	for i, t := range pieces {
		if i == last {
			t.samples = t.samples[:n]
		}
		a.Samples = append(a.Samples, t.samples...)
	}
	return a
}

// keep keeps sound. What was kept under the same key before is let go.
func (l *Library) keep(key soundKey, a *player.Audio) *recording {
	r := &recording{key: key, audio: a, prompts: map[int]*player.Prompt{}}
	l.mu.Lock()
	defer l.mu.Unlock()
	if was := l.kept[key]; was != nil {
		l.bytes -= l.order.Remove(was).(*recording).bytes
	}
	l.kept[key] = l.order.PushFront(r)
	l.grow(r, a.Bytes())
	return r
}

// at is a recording at a rate.
func (l *Library) at(r *recording, rateHz int) *player.Prompt {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.prompts[rateHz]; p != nil {
		return p
	}
	p := r.audio.Prompt(rateHz)
	r.prompts[rateHz] = p
	if rateHz != r.audio.RateHz { // else they share their samples
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.kept[r.key] != nil && l.kept[r.key].Value == r {
			l.grow(r, p.Bytes())
		}
	}
	return p
}

// grow counts the bytes of a recording that is kept, and lets go of those played
// longest ago until there is room for them. It is called with mu held.
func (l *Library) grow(r *recording, bytes int) {
	r.bytes += bytes
	for l.bytes += bytes; l.bytes > l.most; {
		gone := l.order.Remove(l.order.Back()).(*recording)
		delete(l.kept, gone.key)
		l.bytes -= gone.bytes
	}
}

// keptSound is a recording that is played, all in one piece.
type keptSound struct{ samples []int16 }

func (s *keptSound) Next() (Piece, error) {
	if len(s.samples) == 0 {
		return Piece{}, io.EOF
	}
	p := Piece{Samples: slices.Clip(s.samples), Kept: true}
	s.samples = nil
	return p, nil
}

func (s *keptSound) Close() {}
