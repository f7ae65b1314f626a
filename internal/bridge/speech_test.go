package bridge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"

	"strowger/internal/call"
	"strowger/internal/media"
)

// reciter speaks so many samples at 16 kHz, and then ends as it is told.
type reciter struct {
	samples int
	end     error
	spoken  []call.Speech
	closed  int
}

func (r *reciter) Speak(_ context.Context, s call.Speech) (Reader, error) {
	r.spoken = append(r.spoken, s)
	return &recital{r, r.samples}, nil
}

type recital struct {
	*reciter
	left int
}

func (r *recital) RateHz() int { return media.Wideband }

func (r *recital) Read(samples []int16) (int, error) {
	n := min(len(samples), r.left)
	for i := range n {
		samples[i] = 1000
	}
	if r.left -= n; n < len(samples) {
		return n, r.end
	}
	return n, nil
}

func (r *recital) Close() { r.closed++ }

func words(text string) call.PlaySource { return call.PlaySource{Speech: &call.Speech{Text: text}} }

func TestWhatWasSpokenIsKept(t *testing.T) {
	r := &reciter{samples: 16000, end: io.EOF}
	l := NewLibrary(http.DefaultClient, r)
	first, err := heard(t, l, words("hello"), media.Narrowband)
	if err != nil || len(first) < 7900 {
		t.Fatalf("%d samples are heard, %v", len(first), err)
	}
	again, err := heard(t, l, words("hello"), media.Narrowband)
	if err != nil || len(r.spoken) != 1 || !slices.Equal(first[200:7000], again[200:7000]) {
		t.Errorf("said again, it is spoken %d times, %v", len(r.spoken), err)
	}
	other := call.PlaySource{Speech: &call.Speech{Text: "hello", Gender: "male"}}
	if _, err := heard(t, l, other, media.Narrowband); err != nil || len(r.spoken) != 2 {
		t.Errorf("in another voice it is spoken %d times in all, %v", len(r.spoken), err)
	}
	if l.fetches.used != 0 || r.closed != 2 {
		t.Errorf("%d bytes are still held, %d of 2 are closed", l.fetches.used, r.closed)
	}
}

func TestWhatIsTooLongToBeKeptIsSpokenAllTheSame(t *testing.T) {
	r := &reciter{samples: keptMost/2 + 16000, end: io.EOF}
	l := NewLibrary(http.DefaultClient, r)
	for range 2 {
		if got, err := heard(t, l, words("long"), media.Wideband); err != nil || len(got) != r.samples {
			t.Fatalf("%d of %d samples are heard, %v", len(got), r.samples, err)
		}
	}
	if len(r.spoken) != 2 || l.fetches.used != 0 {
		t.Errorf("it is spoken %d times, and %d bytes are held", len(r.spoken), l.fetches.used)
	}
}

func TestWhatFailedInTheMiddleIsNotKept(t *testing.T) {
	r := &reciter{samples: 8000, end: &SpeechError{call.SpeechLate, "slow"}}
	l := NewLibrary(http.DefaultClient, r)
	for range 2 {
		unspoken := new(SpeechError)
		if _, err := heard(t, l, words("slow"), media.Narrowband); !errors.As(err, &unspoken) || unspoken.Reason != call.SpeechLate {
			t.Errorf("it ends with %v", err)
		}
	}
	if len(r.spoken) != 2 || l.fetches.used != 0 || len(l.kept) != 0 {
		t.Errorf("it is spoken %d times, %d bytes are held, %d are kept", len(r.spoken), l.fetches.used, len(l.kept))
	}
}
