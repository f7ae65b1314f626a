package recognition

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"strings"
	"sync/atomic"

	"strowger/internal/media/player"
	"strowger/internal/speech"
)

// HTTP is an engine behind a server that takes what OpenAI's POST
// /v1/audio/transcriptions takes: whisper's, and others.
type HTTP struct {
	Client    *http.Client
	URL       string // of the whole operation
	Model     string // empty: "whisper-1"
	Key       string // sent as a bearer token; may be empty
	Languages speech.Languages

	brief atomic.Bool // the server does not answer with more than the text
}

// Name is the engine's.
func (h *HTTP) Name() string { return HTTPEngine }

// Hears reports whether the server is asked for a language.
func (h *HTTP) Hears(language string) bool { return h.Languages.Have(language) }

// Begin implements Engine.
func (h *HTTP) Begin(ctx context.Context, t Task) (Utterance, error) {
	return NewBatch(ctx, t, func(ctx context.Context, said []int16) (Heard, error) {
		return h.transcribe(ctx, t, said)
	}), nil
}

// The forms of the answer: verbose has words and confidence, and not every model has
// it.
const (
	verboseForm = "verbose_json"
	briefForm   = "json"
)

func (h *HTTP) transcribe(ctx context.Context, t Task, said []int16) (Heard, error) {
	sound := player.WAV(&player.Audio{RateHz: RateHz, Samples: said})
	if h.brief.Load() {
		heard, _, err := h.ask(ctx, t, sound, briefForm)
		return heard, err
	}
	heard, status, err := h.ask(ctx, t, sound, verboseForm)
	if status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
		return heard, err
	}
	again, _, errAgain := h.ask(ctx, t, sound, briefForm)
	if errAgain != nil {
		return heard, err
	}
	h.brief.Store(true)
	return again, nil
}

// ask asks once, and says with which status it was answered; 0: with none.
func (h *HTTP) ask(ctx context.Context, t Task, sound []byte, form string) (heard Heard, status int, err error) {
	body, kind, err := h.form(t, sound, form)
	if err != nil {
		return Heard{}, 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, body)
	if err != nil {
		return Heard{}, 0, errors.New("the server's address is none")
	}
	request.Header.Set("Content-Type", kind)
	if h.Key != "" {
		request.Header.Set("Authorization", "Bearer "+h.Key)
	}
	response, err := h.Client.Do(request)
	if err != nil {
		return Heard{}, 0, errors.New("the server cannot be reached") // the error has the URL, and that may have a secret
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		refusal := speech.Refusal(response, request.Header.Get("Authorization"))
		return Heard{}, response.StatusCode, &Failure{Why(refusal.Why), refusal.Detail}
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, answerMost))
	if err != nil {
		return Heard{}, 0, errors.New("the server's answer breaks off")
	}
	heard, err = transcription(answer)
	return heard, response.StatusCode, err
}

// form is the body of a request, with its type.
func (h *HTTP) form(t Task, sound []byte, form string) (io.Reader, string, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	fields := [][2]string{{"model", t.Model}, {"language", primary(t.Language)}, {"response_format", form}, {"temperature", "0"}}
	switch {
	case t.Model != "":
	case h.Model != "":
		fields[0][1] = h.Model
	default:
		fields[0][1] = "whisper-1"
	}
	if form == verboseForm {
		fields = append(fields, [2]string{"timestamp_granularities[]", "word"}, [2]string{"timestamp_granularities[]", "segment"})
	}
	if len(t.Phrases) > 0 {
		fields = append(fields, [2]string{"prompt", strings.Join(t.Phrases, ", ")})
	}
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			return nil, "", err
		}
	}
	file, err := w.CreateFormFile("file", "speech.wav")
	if err == nil {
		_, err = file.Write(sound)
	}
	if err == nil {
		err = w.Close()
	}
	return &body, w.FormDataContentType(), err
}

// primary is the language without its region, as these servers want it: "en" of
// "en-US".
func primary(language string) string {
	first, _, _ := strings.Cut(language, "-")
	return strings.ToLower(first)
}

// verbose is OpenAI's verbose_json, and its json, which has the text alone.
type verbose struct {
	Text     *string `json:"text"`
	Segments []struct {
		Start      float64 `json:"start"`
		End        float64 `json:"end"`
		LogAverage float64 `json:"avg_logprob"` // of the tokens, natural
	} `json:"segments"`
	Words []struct {
		Word  string  `json:"word"`
		Start float64 `json:"start"`
		End   float64 `json:"end"`
	} `json:"words"`
}

// transcription reads a server's answer.
func transcription(answer []byte) (Heard, error) {
	var v verbose
	if err := json.Unmarshal(answer, &v); err != nil || v.Text == nil {
		return Heard{}, fmt.Errorf("the server's answer is no transcription: %.60q", answer)
	}
	h := Heard{Text: plain(*v.Text)}
	var lasts, sum float64
	for _, s := range v.Segments {
		if d := s.End - s.Start; d > 0 && s.LogAverage < 0 {
			lasts += d
			sum += d * math.Exp(s.LogAverage)
		}
	}
	if lasts > 0 {
		h.Confidence = probability(sum / lasts)
	}
	for _, w := range v.Words {
		if one := word(w.Word, w.Start, w.End); one.Text != "" {
			h.Words = append(h.Words, one)
		}
	}
	return h, nil
}
