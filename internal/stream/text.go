package stream

import (
	"context"
	"io"
	"sync"
	"time"

	"strowger/internal/speech/recognition"
)

// metadata is the first message of a transcript.
func (t *Transcript) metadata() []byte {
	type transcriptionMetadata struct {
		SubscriptionID   string `json:"subscriptionId"`
		Locale           string `json:"locale"`
		CallConnectionID string `json:"callConnectionId"`
		CorrelationID    string `json:"correlationId"`
		Model            string `json:"speechRecognitionModelEndpointId,omitempty"`
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return encoded(struct {
		Kind string                `json:"kind"`
		Data transcriptionMetadata `json:"transcriptionMetadata"`
	}{"TranscriptionMetadata", transcriptionMetadata{t.spec.Subscription, t.wish.Language, string(t.spec.Connection), string(t.line.call), t.wish.Model}})
}

// Whether a text may still change.
const (
	final        = "Final"
	intermediate = "Intermediate"
)

// transcriptionData is what somebody has said.
type transcriptionData struct {
	Text             string  `json:"text"`
	Format           string  `json:"format"`
	Confidence       float64 `json:"confidence"`
	Offset           uint64  `json:"offset"`   // since the transcript began, in 100 ns
	Duration         uint64  `json:"duration"` // in 100 ns
	Words            []word  `json:"words"`    // never null: applications go through it
	ParticipantRawID string  `json:"participantRawID"`
	ResultStatus     string  `json:"resultStatus"`
}

type word struct {
	Text     string `json:"text"`
	Offset   uint64 `json:"offset"` // since the transcript began too
	Duration uint64 `json:"duration"`
}

// text is the message of what somebody has said: when the ear had been hearing for so
// long, and for how long.
func (s *speaker) text(h recognition.Heard, at, duration time.Duration, status string) []byte {
	at += ticks(s.since.Load())
	said := transcriptionData{
		Text: h.Text, Format: "display", Confidence: h.Confidence, Offset: units(at), Duration: units(duration),
		Words: make([]word, 0, len(h.Words)), ParticipantRawID: string(*s.whose.Load()), ResultStatus: status,
	}
	for _, w := range h.Words {
		said.Words = append(said.Words, word{w.Text, units(at + w.At), units(w.Duration)})
	}
	return encoded(struct {
		Kind string            `json:"kind"`
		Data transcriptionData `json:"transcriptionData"`
	}{"TranscriptionData", said})
}

// units is a time as applications are told it: in 100 ns.
func units(d time.Duration) uint64 { return uint64(max(d, 0) / 100) }

// textsMost is how many messages may wait for an application. Those of what may still
// change have half of the room.
const textsMost = 512

// texts are messages on their way to an application, in order. Whoever has something to
// say waits for nobody: what finds no room is dropped and counted.
type texts struct {
	news chan struct{} // holds a token when there may be something to read

	mu      sync.Mutex
	waiting [][]byte
	lost    int
	closed  bool
}

func newTexts() *texts { return &texts{news: make(chan struct{}, 1)} }

func (t *texts) add(message []byte, final bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.waiting); n >= textsMost || !final && n >= textsMost/2 {
		t.lost++
		return
	}
	t.waiting = append(t.waiting, message)
	t.wake()
}

// close says that nothing more comes.
func (t *texts) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.wake()
}

func (t *texts) wake() {
	select {
	case t.news <- struct{}{}:
	default:
	}
}

// first waits for the next message, which stays until it is taken: a socket that breaks
// has not told it. It gives io.EOF when there are no more.
func (t *texts) first(ctx context.Context) ([]byte, error) {
	for {
		t.mu.Lock()
		waiting, closed := t.waiting, t.closed
		t.mu.Unlock()
		switch {
		case len(waiting) > 0:
			return waiting[0], nil
		case closed:
			return nil, io.EOF
		}
		select {
		case <-t.news:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// taken: the first message has been told.
func (t *texts) taken() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting[0] = nil
	t.waiting = t.waiting[1:]
}

// dropped is how many messages found no room.
func (t *texts) dropped() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lost
}
