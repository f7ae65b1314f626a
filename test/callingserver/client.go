package callingserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Version is an api-version.
type Version string

// The versions of the original preview.
const (
	June     Version = "2021-06-15-preview"
	August   Version = "2021-08-30-preview"
	November Version = "2021-11-15-preview"
)

// Config says how a client is to speak. Its zero value is for the cloud.
type Config struct {
	// HTTP sends the requests; http.DefaultClient where nil.
	HTTP *http.Client
	// Now is what requests are dated with; time.Now where nil.
	Now func() time.Time
	// NewID names a request; where nil, requests have no name.
	NewID func() string
	// EscapedColons are sent as %3A, as some clients do.
	EscapedColons bool
	// DecodedSignature is over the path with its escapes undone, as one kind of
	// Python client signs.
	DecodedSignature bool
	// OverwrittenHost names the resource to the host of recordings in Host, as
	// Python did at first, and not in x-ms-host.
	OverwrittenHost bool
}

// Client speaks one version to one resource. It may be used by several goroutines.
type Client struct {
	endpoint *url.URL
	key      []byte
	version  Version
	config   Config
	http     http.Client
}

// FromConnectionString makes a client of what the resource's owner was given:
// "endpoint=https://…/;accesskey=…".
func FromConnectionString(connectionString string, version Version, config Config) (*Client, error) {
	endpoint, key, err := parseConnectionString(connectionString)
	if err != nil {
		return nil, fmt.Errorf("read the connection string: %w", err)
	}
	c := &Client{endpoint: endpoint, key: key, version: version, config: config, http: *http.DefaultClient}
	if config.HTTP != nil {
		c.http = *config.HTTP
	}
	// A redirect leads to another host, for which a request is signed anew.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if c.config.Now == nil {
		c.config.Now = time.Now
	}
	return c, nil
}

// Request is one operation.
type Request struct {
	Method string
	// Path begins with a slash. What stands in for ids is escaped: see [Segment].
	Path string
	// Body is sent as JSON; nothing is where nil.
	Body any
	// Status is the one that the operation is published with.
	Status int
	// Result takes the answer; where nil, the answer is to have no body.
	Result any
}

// Segment is an id as a path has it.
func Segment(id string) string { return strings.ReplaceAll(url.PathEscape(id), "=", "%3D") }

// Error is an answer other than the one that an operation is published with.
type Error struct {
	Status        int
	Code, Message string // empty where the body is none of the published shape
	Body          string
}

func (e *Error) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Body) }

// Do sends an operation and reads its answer. What the service refuses is an *Error.
func (c *Client) Do(ctx context.Context, r Request) error {
	request, body, err := c.make(ctx, r)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	c.sign(request, body, request.URL.Host, c.signedPath(request.URL)+"?"+request.URL.RawQuery)
	response, answer, err := c.send(request)
	if err != nil {
		return err
	}
	if id := request.Header.Get("x-ms-client-request-id"); response.Header.Get("x-ms-client-request-id") != id {
		return fmt.Errorf("%s was answered as %q", id, response.Header.Get("x-ms-client-request-id"))
	}
	if response.Header.Get("X-Microsoft-Skype-Chain-Id") == "" {
		return fmt.Errorf("%s %s was answered %d without X-Microsoft-Skype-Chain-ID", r.Method, r.Path, response.StatusCode)
	}
	if response.StatusCode != r.Status {
		return refusal(response.StatusCode, answer)
	}
	return r.read(response, answer)
}

func (c *Client) make(ctx context.Context, r Request) (*http.Request, []byte, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = encode(r.Body); err != nil {
			return nil, nil, err
		}
	}
	path := r.Path
	if c.config.EscapedColons {
		path = strings.ReplaceAll(path, ":", "%3A")
	}
	u, err := url.Parse(c.endpoint.Scheme + "://" + c.endpoint.Host + path + "?api-version=" + string(c.version))
	if err != nil {
		return nil, nil, err
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Accept", "application/json")
	if r.Body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	c.name(request)
	return request, body, nil
}

// name lets the service's log and this one be put side by side.
func (c *Client) name(request *http.Request) {
	request.Header.Set("User-Agent", "callingserver")
	if c.config.NewID != nil {
		request.Header.Set("x-ms-client-request-id", c.config.NewID())
		request.Header.Set("x-ms-return-client-request-id", "true")
	}
}

// encode leaves "&" in addresses as it is, as every SDK does.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func (c *Client) send(request *http.Request) (*http.Response, []byte, error) {
	response, err := c.http.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("read the answer: %w", err)
	}
	return response, answer, nil
}

func (r Request) read(response *http.Response, answer []byte) error {
	contentType := response.Header.Get("Content-Type")
	if r.Result == nil {
		if len(answer) > 0 || contentType != "" || response.ContentLength != 0 {
			return fmt.Errorf("%s %s was answered with %d bytes of %q: %s", r.Method, r.Path, response.ContentLength, contentType, answer)
		}
		return nil
	}
	if contentType != "application/json; charset=utf-8" {
		return fmt.Errorf("%s %s was answered with %q", r.Method, r.Path, contentType)
	}
	if err := decode(answer, r.Result); err != nil {
		return fmt.Errorf("%s %s was answered with %s: %w", r.Method, r.Path, answer, err)
	}
	return nil
}

// decode takes published members only, and none that is null: the SDK for .NET
// could not read "phoneNumber": null.
func decode(text []byte, into any) error {
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return err
	}
	if hasNull(plain) {
		return errors.New("a member is null")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func hasNull(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		for _, member := range v {
			if hasNull(member) {
				return true
			}
		}
	case []any:
		for _, element := range v {
			if hasNull(element) {
				return true
			}
		}
	}
	return false
}

func refusal(status int, answer []byte) *Error {
	var published struct {
		Error struct{ Code, Message string }
	}
	_ = json.Unmarshal(answer, &published)
	return &Error{Status: status, Code: published.Error.Code, Message: published.Error.Message, Body: string(answer)}
}
