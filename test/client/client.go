package client

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
)

// Version is the api-version that the client asks for.
const Version = "2026-03-12"

// Client talks to one server.
type Client struct {
	t        testing.TB
	endpoint string
	key      []byte
	http     *http.Client
}

// New makes a client for an endpoint without a slash at its end.
func New(t testing.TB, endpoint, accessKey string) *Client {
	t.Helper()
	return NewTrusting(t, endpoint, accessKey, nil)
}

// NewTrusting is New for an https endpoint of an authority of one's own.
func NewTrusting(t testing.TB, endpoint, accessKey string, authority *x509.CertPool) *Client {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(accessKey)
	if err != nil {
		t.Fatalf("decode the access key: %v", err)
	}
	c := &Client{t: t, endpoint: endpoint, key: key, http: &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: 32, TLSClientConfig: &tls.Config{RootCAs: authority}},
		Timeout:   30 * time.Second,
	}}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

// Response is an answer as it came.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	At     time.Time // when its head was read
}

// Object is the body as JSON; nil where it is none.
func (r Response) Object() map[string]any {
	var o map[string]any
	_ = json.Unmarshal(r.Body, &o)
	return o
}

// Text is one string of the body, by the path of its keys.
func (r Response) Text(path ...string) string {
	s, _ := dig(r.Object(), path).(string)
	return s
}

// ErrorCode is the published code of a refusal.
func (r Response) ErrorCode() string { return r.Text("error", "code") }

// String is what a failing test prints.
func (r Response) String() string { return fmt.Sprintf("%d %s", r.Status, r.Body) }

func dig(v any, path []string) any {
	for _, key := range path {
		o, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = o[key]
	}
	return v
}

// Option changes a request before it is signed.
type Option func(*http.Request)

// Repeatable marks the request with an id of its own.
func Repeatable(id string, first time.Time) Option {
	return func(r *http.Request) {
		r.Header.Set("Repeatability-Request-ID", id)
		r.Header.Set("Repeatability-First-Sent", first.UTC().Format(http.TimeFormat))
	}
}

// Header sets a header.
func Header(name, value string) Option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// Date signs the request as of another time.
func Date(at time.Time) Option {
	return func(r *http.Request) { r.Header.Set("x-ms-date", at.UTC().Format(http.TimeFormat)) }
}

// Do sends a signed request; path begins with a slash and may be escaped, and
// gets the api-version where it names none.
func (c *Client) Do(method, path string, body any, options ...Option) Response {
	c.t.Helper()
	response, err := c.Try(method, path, body, options...)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return response
}

// Try is Do for requests whose server may die: it returns the error.
func (c *Client) Try(method, path string, body any, options ...Option) (Response, error) {
	request, err := c.request(method, path, body)
	if err != nil {
		return Response{}, err
	}
	for _, option := range options {
		option(request)
	}
	if err := c.sign(request); err != nil {
		return Response{}, err
	}
	return c.Send(request)
}

// Request makes an unsigned request; Sign and Send finish it. Tests that
// send wrong signatures use them.
func (c *Client) Request(method, path string, body any) *http.Request {
	c.t.Helper()
	request, err := c.request(method, path, body)
	if err != nil {
		c.t.Fatalf("make request: %v", err)
	}
	return request
}

func (c *Client) request(method, path string, body any) (*http.Request, error) {
	var reader io.Reader = http.NoBody
	switch body := body.(type) {
	case nil:
	case []byte:
		reader = bytes.NewReader(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode the body: %w", err)
		}
		reader = bytes.NewReader(text)
	}
	u, err := url.Parse(c.endpoint + path)
	if err != nil {
		return nil, fmt.Errorf("parse the path: %w", err)
	}
	if !u.Query().Has("api-version") {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += "api-version=" + Version
	}
	request, err := http.NewRequest(method, u.String(), reader)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("x-ms-client-request-id", uuid.NewString())
	return request, nil
}

// Sign signs a request, as the access key scheme says.
func (c *Client) Sign(request *http.Request) {
	c.t.Helper()
	if err := c.sign(request); err != nil {
		c.t.Fatalf("sign: %v", err)
	}
}

func (c *Client) sign(request *http.Request) error {
	var body []byte
	if request.Body != nil && request.Body != http.NoBody {
		var err error
		if body, err = io.ReadAll(request.Body); err != nil {
			return fmt.Errorf("read the body to sign: %w", err)
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	hash := sha256.Sum256(body)
	content := base64.StdEncoding.EncodeToString(hash[:])
	date := request.Header.Get("x-ms-date")
	if date == "" {
		date = time.Now().UTC().Format(http.TimeFormat)
		request.Header.Set("x-ms-date", date)
	}
	mac := hmac.New(sha256.New, c.key)
	fmt.Fprintf(mac, "%s\n%s\n%s;%s;%s", request.Method, request.URL.RequestURI(), date, request.URL.Host, content)
	request.Header.Set("x-ms-content-sha256", content)
	request.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="+
		base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return nil
}

// Send sends a request as it is.
func (c *Client) Send(request *http.Request) (Response, error) {
	answer, err := c.http.Do(request)
	if err != nil {
		return Response{}, fmt.Errorf("send: %w", err)
	}
	at := time.Now()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return Response{}, fmt.Errorf("read the answer: %w", err)
	}
	return Response{Status: answer.StatusCode, Header: answer.Header, Body: body, At: at}, nil
}
