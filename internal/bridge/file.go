package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"strowger/internal/media/codec"
	"strowger/internal/media/player"
	"strowger/internal/outbound"
)

// errStalled is why a file is given up whose server sends nothing any more.
var errStalled = errors.New("the server sends too slowly")

// file is the sound of an audio file while it is fetched, at the file's own rate.
type file struct {
	cancel   context.CancelCauseFunc
	ctx      context.Context
	patience *time.Timer
	limit    time.Duration // of patience
	body     io.ReadCloser
	wav      *player.Reader
}

// openFile begins to fetch a file, and returns when its sound begins. The server
// may take no longer than limit for that, nor for any next piece.
func openFile(ctx context.Context, client *http.Client, uri string, limit time.Duration) (*file, error) {
	f := &file{limit: limit}
	f.ctx, f.cancel = context.WithCancelCause(ctx)
	f.patience = time.AfterFunc(limit, func() { f.cancel(errStalled) })
	err := f.fetch(client, uri)
	if err == nil {
		f.wav, err = player.NewReader(f.body)
	}
	f.patience.Stop()
	if err != nil {
		f.Close()
		return nil, f.explain(err)
	}
	return f, nil
}

func (f *file) fetch(client *http.Client, uri string) error {
	req, err := http.NewRequestWithContext(f.ctx, http.MethodGet, uri, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	f.body = resp.Body
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}

// RateHz is the rate of its samples.
func (f *file) RateHz() int { return f.wav.RateHz() }

// Read implements Reader.
func (f *file) Read(samples []int16) (int, error) {
	f.patience.Reset(f.limit)
	defer f.patience.Stop()
	n, err := f.wav.Read(samples)
	return n, f.explain(err)
}

// notFetched begins what is said of a file that did not come.
const notFetched = "fetch play source: "

// explain tells a file that is no sound from one that did not come.
func (f *file) explain(err error) error {
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.As(err, new(*player.FormatError)):
		return fmt.Errorf("read play source: %w", err)
	case errors.Is(context.Cause(f.ctx), errStalled):
		return fmt.Errorf(notFetched+"%w", errStalled)
	}
	return fmt.Errorf(notFetched+"%w", outbound.WithoutURL(err))
}

// Close lets go of the file's connection.
func (f *file) Close() {
	f.patience.Stop()
	if f.body != nil {
		_ = f.body.Close()
	}
	f.cancel(nil)
}

// Reader is sound while it comes, at its own rate. It belongs to one goroutine.
type Reader interface {
	RateHz() int
	// Read fills samples. With fewer comes io.EOF or why there are no more.
	Read(samples []int16) (int, error)
	Close()
}

// stream is sound that comes at the rate at which it is played, piece by piece.
type stream struct {
	Reader
	converter *codec.Converter // nil when it comes at that rate
	own       []int16          // a piece at the rate at which it comes
	over      bool

	begun []taken // what was read already
}

// taken is a piece that was taken from a budget.
type taken struct {
	samples []int16
	from    *budget
}

func newStream(r Reader, rateHz int) *stream {
	s := &stream{Reader: r}
	if from := r.RateHz(); from != rateHz {
		s.converter = codec.NewConverter(from, rateHz)
		s.own = make([]int16, max(pieceSamples*from/rateHz, 1))
	}
	return s
}

// Next reads half a second, unless it ends before.
func (s *stream) Next() (Piece, error) {
	for !s.over {
		samples, err := s.next()
		switch {
		case err == io.EOF:
			s.over = true
			if s.converter != nil {
				samples = s.converter.End(samples)
			}
		case err != nil:
			return Piece{}, err
		}
		if len(samples) > 0 {
			return Piece{Samples: samples}, nil
		}
	}
	return Piece{}, io.EOF
}

func (s *stream) next() ([]int16, error) {
	if len(s.begun) > 0 {
		t := s.begun[0]
		s.begun = s.begun[1:]
		t.from.give(2 * len(t.samples))
		return s.converted(t.samples), nil
	}
	if s.converter == nil {
		samples := make([]int16, pieceSamples)
		n, err := s.Read(samples)
		return samples[:n], err
	}
	n, err := s.Read(s.own)
	return s.converted(s.own[:n]), err
}

func (s *stream) converted(samples []int16) []int16 {
	if s.converter == nil {
		return samples
	}
	return s.converter.Convert(make([]int16, 0, pieceSamples+pieceSamples/8), samples)
}

// Close gives everything back.
func (s *stream) Close() {
	for _, t := range s.begun {
		t.from.give(2 * len(t.samples))
	}
	s.begun = nil
	s.Reader.Close()
}
