package speech

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"strowger/internal/media/player"
)

// HTTP is an engine behind a server that takes what OpenAI's POST /v1/audio/speech
// takes and answers with a WAV file.
type HTTP struct {
	Client    *http.Client
	URL       string // of the whole operation
	Model     string // empty: "tts-1"
	Voice     string // that is asked for when nothing says which
	Key       string // sent as a bearer token; may be empty
	Languages Languages
}

// Name is the engine's.
func (h *HTTP) Name() string { return "http" }

// Speaks reports whether the server is asked for a language.
func (h *HTTP) Speaks(v Voice) bool { return h.Languages.Have(v.Language) }

// speechRequest is the body of OpenAI's create speech.
type speechRequest struct {
	Model          string  `json:"model"`
	Input          string  `json:"input"`
	Voice          string  `json:"voice"`
	ResponseFormat string  `json:"response_format"`
	Speed          float64 `json:"speed"`
}

// Say has the server make a line.
func (h *HTTP) Say(ctx context.Context, l Line) (*player.Audio, error) {
	asked := speechRequest{Model: h.Model, Input: l.Text, Voice: l.ownName(h.Voice), ResponseFormat: "wav", Speed: l.rate()}
	if asked.Model == "" {
		asked.Model = "tts-1"
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lineTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if h.Key != "" {
		request.Header.Set("Authorization", "Bearer "+h.Key)
	}
	a, err := h.do(request)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, &Failure{Late, "the server took longer than " + lineTime.String()}
	}
	return a, err
}

func (h *HTTP) do(request *http.Request) (*player.Audio, error) {
	response, err := h.Client.Do(request)
	if err != nil {
		return nil, &Failure{Broken, "the server cannot be reached"}
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, Refusal(response, request.Header.Get("Authorization"))
	}
	a, err := wav(io.LimitReader(response.Body, lineBytes))
	if err != nil {
		return nil, &Failure{Broken, "the server's answer is no sound: " + err.Error()}
	}
	return a, nil
}

// Refusal says how a server refused a request with an authorization, which it does not
// repeat even if the server does.
func Refusal(r *http.Response, authorization string) *Failure {
	said, _ := io.ReadAll(io.LimitReader(r.Body, 200))
	detail := strings.TrimSpace(fmt.Sprintf("the server answered %s %s", r.Status, strings.Join(strings.Fields(string(said)), " ")))
	if _, key, ok := strings.Cut(authorization, " "); ok && key != "" {
		detail = strings.ReplaceAll(detail, key, "…")
	}
	switch r.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return &Failure{Denied, detail}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return &Failure{Busy, detail}
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return &Failure{Late, detail}
	}
	return &Failure{Broken, detail}
}
