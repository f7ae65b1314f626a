package pocketsphinx

import (
	"context"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"time"

	"strowger/internal/speech"
	"strowger/internal/speech/recognition"
)

// Engine is pocketsphinx. It is safe for concurrent use.
type Engine struct {
	log     *slog.Logger
	workers *pool

	mu         sync.Mutex
	complained map[string]bool // of words
}

// The bounds of an engine.
const (
	waitingMost    = 64
	idleTime       = 5 * time.Minute
	settleTime     = 2 * time.Second
	complainedMost = 100
)

// languages are those that the model knows.
var languages = speech.Languages{"en"}

// New makes the engine, whether its libraries are there or not. It takes half of the
// processors at most; a process is started for each when there is something to recognise.
func New(log *slog.Logger) *Engine {
	return &Engine{log: log, workers: newPool(max(runtime.GOMAXPROCS(0)/2, 1), waitingMost, idleTime, settleTime), complained: map[string]bool{}}
}

// Name is the engine's.
func (e *Engine) Name() string { return recognition.PocketsphinxEngine }

// Hears reports whether it is English and the libraries are there.
func (e *Engine) Hears(language string) bool { return languages.Have(language) && e.Open() == nil }

// Open opens the libraries. Its error says what to install.
func (e *Engine) Open() error {
	_, _, err := libraries()
	return err
}

// Begin implements recognition.Engine. Phrases of which none can be said are a Failure.
func (e *Engine) Begin(ctx context.Context, t recognition.Task) (recognition.Utterance, error) {
	if err := e.Open(); err != nil {
		return nil, &recognition.Failure{Why: recognition.Broken, Detail: err.Error()}
	}
	expected := vocabularyOf(t.Phrases)
	if len(t.Phrases) > 0 && len(expected.distinct()) == 0 {
		return nil, unsayable(t.Phrases)
	}
	return recognition.NewBatch(ctx, t, func(ctx context.Context, said []int16) (recognition.Heard, error) {
		if len(expected) > 0 {
			return e.choose(ctx, expected, said)
		}
		return e.write(ctx, said)
	}), nil
}

// Close ends what the engine started. Nothing is recognised after it.
func (e *Engine) Close() { e.workers.close() }

func unsayable(words []string) error {
	all := strings.ToValidUTF8(shortened(strings.Join(words, ", ")), "")
	return &recognition.Failure{Why: recognition.Broken, Detail: "pocketsphinx does not know how to say " + all}
}

// shortened is a text for a log.
func shortened(text string) string {
	if len(text) > 100 {
		return text[:100] + "…"
	}
	return text
}

// choose is which of the phrases was said, as it was given; none is no text.
func (e *Engine) choose(ctx context.Context, expected vocabulary, said []int16) (recognition.Heard, error) {
	cepstra := features(said)
	answer, err := e.ask(ctx, &Request{Cepstra: cepstra, Phrases: expected.distinct()})
	if err != nil {
		return recognition.Heard{}, err
	}
	e.complain(answer.Unknown)
	if len(answer.Unknown) > 0 && !expected.anySayable(answer.Unknown) {
		return recognition.Heard{}, unsayable(answer.Unknown)
	}
	return expected.chosen(answer), nil
}

// chosen is the phrase that an answer is taken for; none is no text.
func (v vocabulary) chosen(answer Response) recognition.Heard {
	words := wordsOf(answer.Heard)
	phrase, ok := v.phrase(texts(words))
	if !ok {
		return recognition.Heard{}
	}
	sure := verify(answer.Heard, answer.Sounds)
	if sure < 0.5 {
		return recognition.Heard{}
	}
	return recognition.Heard{Text: phrase, Confidence: sure, Words: words}
}

// write is what was said, whatever it was.
func (e *Engine) write(ctx context.Context, said []int16) (recognition.Heard, error) {
	answer, err := e.ask(ctx, &Request{Cepstra: features(said)})
	if err != nil {
		return recognition.Heard{}, err
	}
	words := wordsOf(answer.Heard)
	return recognition.Heard{Text: strings.Join(texts(words), " "), Words: words}, nil
}

// ask asks a worker. Where there is nothing to be heard nobody is asked.
func (e *Engine) ask(ctx context.Context, q *Request) (Response, error) {
	if len(q.Cepstra) == 0 {
		return Response{}, nil
	}
	answer, err := e.workers.ask(ctx, q)
	if err == nil && answer.Failure != "" {
		err = &recognition.Failure{Why: recognition.Broken, Detail: answer.Failure}
	}
	return answer, err
}

// anySayable reports whether a phrase has none of the words that nobody can say.
func (v vocabulary) anySayable(unknown []string) bool {
	never := map[string]bool{}
	for _, word := range unknown {
		never[word] = true
	}
search:
	for _, words := range v.distinct() {
		for _, word := range words {
			if never[word] {
				continue search
			}
		}
		return true
	}
	return false
}

// complain says once of a word that it is never heard.
func (e *Engine) complain(unknown []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, word := range unknown {
		if !e.complained[word] && len(e.complained) < complainedMost {
			e.complained[word] = true
			e.log.Warn("pocketsphinx does not know how a word is said: phrases with it are never heard", "word", shortened(word),
				"help", "write the phrase as it is said, or have another engine listen (docs/speech.md)")
		}
	}
}

// wordsOf are the words of what was found, without pauses, and with their times.
func wordsOf(found Decoding) (words []recognition.Word) {
	for _, s := range found {
		if s.pause() {
			continue
		}
		text, _, _ := strings.Cut(s.Word, "(")
		words = append(words, recognition.Word{Text: text, At: frameTime(s.First), Duration: frameTime(s.Last + 1 - s.First)})
	}
	return words
}

func texts(words []recognition.Word) (all []string) {
	for _, w := range words {
		all = append(all, w.Text)
	}
	return all
}

// frameTime is how long some frames last.
func frameTime(frames int) time.Duration {
	return time.Duration(frames) * time.Second / framesPerSec
}
