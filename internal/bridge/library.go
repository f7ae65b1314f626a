package bridge

import (
	"container/list"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"

	"strowger/internal/call"
	"strowger/internal/media/player"
	"strowger/internal/outbound"
)

const (
	// fileMost bounds a file that is fetched: ten minutes of 16 kHz stereo.
	fileMost = 40 << 20
	// libraryMost bounds the bytes of sound that are kept for sources with a
	// playSourceCacheId, at all rates; the least recently played goes first.
	libraryMost = 128 << 20
)

// Library fetches audio files over HTTP and keeps those that are to be kept:
// decoded once, and brought once to each rate at which they are played. It is
// safe for concurrent use.
type Library struct {
	client *http.Client // bounds time and where it may go
	most   int          // of bytes

	mu    sync.Mutex
	kept  map[string]*list.Element
	order *list.List // of *recording, most recently played first
	bytes int
	now   map[string]*fetching // cacheable fetches under way, shared by all who want them
}

// recording is the sound of one file.
type recording struct {
	key   string
	audio *player.Audio
	bytes int // of audio and prompts, as the library counts them

	// mu is held while the sound is brought to a rate, so that others who want
	// the same wait instead of doing it too.
	mu      sync.Mutex
	prompts map[int]*player.Prompt // by rate
}

type fetching struct {
	done      chan struct{}
	recording *recording
	err       error
}

// NewLibrary makes a library that keeps libraryMost bytes of sound. The client's
// time-out is the longest that a fetch may take.
func NewLibrary(client *http.Client) *Library {
	return &Library{client: client, most: libraryMost, kept: map[string]*list.Element{}, order: list.New(), now: map[string]*fetching{}}
}

// Prompt fetches a source and brings it to a rate. One with a CacheID is fetched
// once while it is kept: its ID and URI name it, so that another file never
// answers for it.
func (l *Library) Prompt(ctx context.Context, src call.PlaySource, rateHz int) (*player.Prompt, error) {
	if src.CacheID == "" {
		audio, err := l.fetch(ctx, src.File)
		if err != nil {
			return nil, err
		}
		return audio.Prompt(rateHz), nil
	}
	r, err := l.recording(ctx, src)
	if err != nil {
		return nil, err
	}
	return l.at(r, rateHz), nil
}

// recording finds what is kept of a source, or fetches it.
func (l *Library) recording(ctx context.Context, src call.PlaySource) (*recording, error) {
	key := src.CacheID + "\n" + src.File
	for {
		r, f, mine := l.look(key)
		switch {
		case r != nil:
			return r, nil
		case mine:
			l.fill(ctx, f, key, src.File)
			return f.recording, f.err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if f.err == nil {
			return f.recording, nil
		} // whoever fetched it may have been stopped: try ourselves
	}
}

// look finds what is kept, or joins the fetch that is under way, or begins one.
func (l *Library) look(key string) (r *recording, f *fetching, mine bool) {
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

// fill does a fetch and keeps what came of it.
func (l *Library) fill(ctx context.Context, f *fetching, key, uri string) {
	audio, err := l.fetch(ctx, uri)
	l.mu.Lock()
	defer l.mu.Unlock()
	defer close(f.done)
	delete(l.now, key)
	if f.err = err; err != nil {
		return
	}
	f.recording = &recording{key: key, audio: audio, prompts: map[int]*player.Prompt{}}
	l.kept[key] = l.order.PushFront(f.recording)
	l.grow(f.recording, audio.Bytes())
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

// fetch gets and decodes a file.
func (l *Library) fetch(ctx context.Context, uri string) (*player.Audio, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, fmt.Errorf("play source: %w", outbound.WithoutURL(err))
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch play source: %w", outbound.WithoutURL(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch play source: %s", resp.Status)
	}
	file, err := io.ReadAll(io.LimitReader(resp.Body, fileMost+1))
	if err != nil {
		return nil, fmt.Errorf("fetch play source: %w", err)
	}
	if len(file) > fileMost {
		return nil, fmt.Errorf("fetch play source: larger than %d bytes", fileMost)
	}
	audio, err := player.ParseWAV(file)
	if err != nil {
		return nil, formatError{fmt.Errorf("read play source: %w", err)}
	}
	return audio, nil
}
