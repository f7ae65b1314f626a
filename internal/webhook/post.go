package webhook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"strowger/internal/outbound"
	"strowger/internal/wire/eventgrid"
)

// result is what came of one try.
type result struct {
	ok         bool
	final      bool // trying again would not help
	odd        bool // trying again helps where an event is worth trying for a day
	absent     bool // trying again helps for a while, if at all
	why        string
	advice     string // what the operator can do
	retryAfter time.Duration

	status int // of the answer, 0 when there was none
	began  time.Time
	took   time.Duration
}

// answerMost is how much of an answer is read: an answer that is read to its
// end leaves the connection for the next event.
const answerMost = 64 << 10

// try posts an event once.
func (c *Courier) try(ctx context.Context, d *delivery) result {
	if to, err := url.Parse(d.url); err != nil || to.Host == "" {
		return result{final: true, why: "its URL leads nowhere", advice: "the application has to name an absolute callback URL"}
	}
	answer, err := c.post(ctx, d)
	if err != nil {
		return result{why: outbound.WithoutURL(err).Error(), advice: "see that the application listens at this address, can be reached from here, and answers in time"}
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, answerMost))
	if d.subscription != nil {
		return published(answer, d.limits)
	}
	r := resultOf(answer)
	r.final = r.final || r.odd
	return r
}

// published is the result of publishing: Event Grid, as published, tries again but
// after 400, 401, 403 and 413, and gives some statuses more time.
func published(answer *http.Response, l limits) result {
	r := resultOf(answer)
	least := map[int]time.Duration{http.StatusServiceUnavailable: 30 * time.Second, http.StatusRequestTimeout: 2 * time.Minute}
	if l.tries == 0 {
		r.retryAfter = max(r.retryAfter, least[answer.StatusCode])
	}
	return r
}

func (c *Courier) post(ctx context.Context, d *delivery) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, bytes.NewReader(d.message.Body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if d.subscription != nil {
		request.Header.Set(eventgrid.HeaderEventType, eventgrid.Notification)
		return c.config.Client.Do(request)
	}
	token, err := c.config.Signer.Token(c.config.ResourceID)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return c.config.Client.Do(request)
}

func resultOf(answer *http.Response) result {
	r := result{why: "the endpoint answered " + answer.Status, status: answer.StatusCode}
	switch status := answer.StatusCode; {
	case status >= 200 && status < 300:
		return result{ok: true, status: status}
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		r.retryAfter = retryAfter(answer.Header.Get("Retry-After"))
		r.advice = "see the application's log: its endpoint fails"
	case status >= 300 && status < 400:
		r.odd = true
		r.why += redirection(answer.Header.Get("Location"))
		r.advice = "name the URL that the endpoint redirects to as that of the webhook: redirects are not followed"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		r.final, r.advice = true, "the application refuses us: its endpoint has to accept this server's issuer, audience and signing keys"
	case status == http.StatusNotFound, status == http.StatusGone:
		r.absent, r.advice = true, "nothing takes events at this path: see that the URL is right, and that the application is up"
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge:
		r.final, r.advice = true, "the application refuses this event: its log should say why"
	default:
		r.odd, r.advice = true, "the endpoint does not take this event: see that the URL is right and leads to the application itself"
	}
	return r
}

// redirection says where an answer leads, without what may be secret in a URL.
func redirection(location string) string {
	to, err := url.Parse(location)
	if err != nil || location == "" {
		return ""
	}
	if to.Host == "" {
		return " to another path of its own"
	}
	return " to " + to.Scheme + "://" + to.Host
}

// retryAfter reads seconds or a date (RFC 9110 10.2.3); 0 when it is neither.
func retryAfter(value string) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
