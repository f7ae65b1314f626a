package bridge

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"

	"strowger/internal/call"
	"strowger/internal/media/player"
)

const (
	// fileMost bounds a file that is fetched: ten minutes of 16 kHz stereo.
	fileMost = 40 << 20
	// libraryMost bounds the sound that is kept for sources with a
	// playSourceCacheId; the least recently played goes first.
	libraryMost = 128 << 20
)

// Library fetches audio files over HTTP and keeps those that are to be kept.
// It is safe for concurrent use.
type Library struct {
	client *http.Client // bounds time and where it may go
	rateHz int

	mu    sync.Mutex
	kept  map[string]*list.Element
	order *list.List // of *keptPrompt, most recently played first
	bytes int
	now   map[string]*fetching // cacheable fetches under way, shared by all who want them
}

type keptPrompt struct {
	key    string
	prompt *player.Prompt
	bytes  int
}

type fetching struct {
	done   chan struct{}
	prompt *player.Prompt
	err    error
}

// NewLibrary makes a library of prompts at a rate. The client's time-out is
// the longest that a fetch may take.
func NewLibrary(client *http.Client, rateHz int) *Library {
	return &Library{client: client, rateHz: rateHz, kept: map[string]*list.Element{}, order: list.New(), now: map[string]*fetching{}}
}

// Prompt fetches a source. One with a CacheID is fetched once while it is
// kept: its ID and URI name it, so that another file never answers for it.
func (l *Library) Prompt(ctx context.Context, src call.PlaySource) (*player.Prompt, error) {
	if src.CacheID == "" {
		return l.fetch(ctx, src.File)
	}
	key := src.CacheID + "\n" + src.File
	for {
		if p, f, mine := l.look(key); p != nil {
			return p, nil
		} else if mine {
			f.prompt, f.err = l.fetch(ctx, src.File)
			l.keep(key, f)
			return f.prompt, f.err
		} else {
			select {
			case <-f.done:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			if f.err == nil {
				return f.prompt, nil
			} // whoever fetched it may have been stopped: try ourselves
		}
	}
}

// look finds a kept prompt, or joins the fetch that is under way, or begins one.
func (l *Library) look(key string) (p *player.Prompt, f *fetching, mine bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.kept[key]; e != nil {
		l.order.MoveToFront(e)
		return e.Value.(*keptPrompt).prompt, nil, false
	}
	if f := l.now[key]; f != nil {
		return nil, f, false
	}
	f = &fetching{done: make(chan struct{})}
	l.now[key] = f
	return nil, f, true
}

func (l *Library) keep(key string, f *fetching) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.now, key)
	close(f.done)
	if f.err != nil {
		return
	}
	k := &keptPrompt{key: key, prompt: f.prompt, bytes: f.prompt.Bytes()}
	l.kept[key] = l.order.PushFront(k)
	for l.bytes += k.bytes; l.bytes > libraryMost; {
		oldest := l.order.Back()
		gone := l.order.Remove(oldest).(*keptPrompt)
		delete(l.kept, gone.key)
		l.bytes -= gone.bytes
	}
}

func (l *Library) fetch(ctx context.Context, uri string) (*player.Prompt, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, fmt.Errorf("play source: %w", withoutURL(err))
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch play source: %w", withoutURL(err))
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
	return audio.Prompt(l.rateHz), nil
}

// withoutURL is what net/http says without the URL: the queries of audio files
// carry secrets, and errors are logged.
func withoutURL(err error) error {
	var inURL *url.Error
	if errors.As(err, &inURL) {
		return inURL.Err
	}
	return err
}

// hostOf is what may be shown of a URL.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}
