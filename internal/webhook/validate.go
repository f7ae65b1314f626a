package webhook

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"strowger/internal/outbound"
	"strowger/internal/wire"
	"strowger/internal/wire/eventgrid"
)

// ValidationPath is where ValidationHandler is to be mounted, below the public URL.
const ValidationPath = "/eventgrid/validate"

// handshakePause bounds the pause between handshakes: an application that has
// just started should not miss a call that is ringing already.
const handshakePause = 3 * time.Second

const validationAdvice = "start the application at this address, and have it answer the validation event with status 200 and {\"validationResponse\": its code}"

// manualPause is the pause after an endpoint answered 200 without the code: somebody
// may open the validation URL, or mend the application.
const manualPause = 10 * time.Second

// errNoCode: the endpoint took the validation event, and did not answer with its code.
var errNoCode = errors.New("the endpoint answered 200 without the code")

// validate performs the handshake, again and again until it succeeds. Only a
// new reason of failure is worth a line in the log.
func (c *Courier) validate(ctx context.Context, s *subscription) {
	log := c.config.Log.With(slog.String("subscription", s.name), slog.String("host", outbound.Host(s.URL)))
	told := ""
	for try := 1; ctx.Err() == nil; try++ {
		err := c.handshake(ctx, s)
		pause, advice := min(backoff(try), handshakePause), validationAdvice
		if errors.Is(err, errNoCode) && c.config.PublicURL != "" {
			pause, advice = manualPause, validationAdvice+", or open the event's validationUrl"
		}
		if why := whyNot(err); ctx.Err() == nil && why != "" && why != told {
			told = why
			log.Warn("the subscription is not validated and gets no events yet; trying on", slog.String("why", told),
				slog.String("advice", advice))
		}
		select {
		case <-s.validated:
			log.Info("the subscription is validated")
			return
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// whyNot is what may be shown of an error, "" for none.
func whyNot(err error) string {
	if err == nil {
		return ""
	}
	return outbound.WithoutURL(err).Error()
}

// handshake sends the validation event, and has the subscription confirmed by the
// answer.
func (c *Courier) handshake(ctx context.Context, s *subscription) error {
	body, err := c.validationEvent(s)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(eventgrid.HeaderEventType, eventgrid.SubscriptionValidation)
	answer, err := c.config.Client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK { // published: 202 is not accepted
		return fmt.Errorf("the endpoint answered %s", answer.Status)
	}
	var response eventgrid.SubscriptionValidationResponse
	if json.NewDecoder(io.LimitReader(answer.Body, answerMost)).Decode(&response) == nil && sameSecret(response.ValidationResponse, s.code) {
		s.confirm()
		return nil
	}
	return errNoCode
}

func (c *Courier) validationEvent(s *subscription) ([]byte, error) {
	data := eventgrid.SubscriptionValidationData{ValidationCode: s.code, ValidationURL: c.validationURL(s)}
	e, err := eventgrid.NewEvent(eventgrid.Head{
		ID: uuid.NewString(), Topic: eventgrid.Topic(c.config.ResourceID),
		EventType: eventgrid.TypeSubscriptionValidation, At: wire.Time{Time: time.Now()},
	}, data)
	if err != nil {
		return nil, err
	}
	return eventgrid.Encode(e)
}

func (c *Courier) validationURL(s *subscription) string {
	if c.config.PublicURL == "" {
		return ""
	}
	for i, known := range c.subscriptions {
		if known == s {
			query := url.Values{"subscription": {strconv.Itoa(i)}, "code": {s.code}}
			return strings.TrimSuffix(c.config.PublicURL, "/") + ValidationPath + "?" + query.Encode()
		}
	}
	return ""
}

// ValidationHandler is what a validation URL opens. The code in it is the
// credential.
func (c *Courier) ValidationHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		i, err := strconv.Atoi(query.Get("subscription"))
		if err != nil || i < 0 || i >= len(c.subscriptions) || !sameSecret(query.Get("code"), c.subscriptions[i].code) {
			http.Error(w, "This is no validation URL of this server, or of an earlier start of it.", http.StatusNotFound)
			return
		}
		c.subscriptions[i].confirm()
		fmt.Fprintln(w, "The subscription is validated.")
	})
}

func sameSecret(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
