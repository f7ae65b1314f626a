package apitest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/internal/access"
	"strowger/internal/api"
)

// Now is the time at the door.
var Now = time.Date(2026, 9, 15, 11, 36, 15, 0, time.UTC)

// Key opens the door.
var Key = access.Key("0123456789abcdef0123456789abcdef")

// Door is a server with a client that signs.
type Door struct {
	Calls *Calls
	Gate  *Gate
	Log   *Log
	API   *api.API
	URL   string

	t *testing.T
}

// NewDoor opens a door to families on loopback, until the test ends.
func NewDoor(t *testing.T, families ...api.Family) *Door {
	t.Helper()
	signer, err := oneSigner(t)
	if err != nil {
		t.Fatal(err)
	}
	d := &Door{Calls: &Calls{}, Gate: &Gate{}, Log: &Log{}, t: t}
	d.API = api.New(api.Options{
		Verifier: access.NewVerifier([]access.Key{Key}, func() time.Time { return Now }),
		Signer:   signer, Calls: d.Calls, Gate: d.Gate, Health: http.NotFoundHandler(), Families: families,
		Log: slog.New(slog.NewTextHandler(d.Log, nil)),
	})
	server := httptest.NewServer(d.API)
	t.Cleanup(server.Close)
	d.URL = server.URL
	return d
}

var signers struct {
	once   sync.Once
	signer *access.Signer
	err    error
}

// oneSigner serves all doors: making its key takes longer than most tests.
func oneSigner(t *testing.T) (*access.Signer, error) {
	signers.once.Do(func() {
		signers.signer, signers.err = access.OpenSigner(t.TempDir(), access.SignerOptions{PublicURL: "https://calls.example", Now: time.Now})
	})
	return signers.signer, signers.err
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Error is the code, message and target of a refusal.
func (a Answer) Error() (code, message, target string) {
	var body struct {
		Error struct{ Code, Message, Target string }
	}
	if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
		return "", a.Body, ""
	}
	return body.Error.Code, body.Error.Message, body.Error.Target
}

// Send signs and sends a request. A header is written "Name: value".
func (d *Door) Send(method, target, body string, headers ...string) Answer {
	d.t.Helper()
	r, err := http.NewRequest(method, d.URL+target, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	Sign(r, target, body)
	return d.Do(r, headers...)
}

// Do sends a request as it is, but for the headers.
func (d *Door) Do(r *http.Request, headers ...string) Answer {
	d.t.Helper()
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return Answer{Status: answer.StatusCode, Header: answer.Header, Body: string(content)}
}

// Sign signs a request whose path and query go over the wire as target.
func Sign(r *http.Request, target, body string) {
	sum := sha256.Sum256([]byte(body))
	hash := base64.StdEncoding.EncodeToString(sum[:])
	date := Now.Format(http.TimeFormat)
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	mac := hmac.New(sha256.New, Key)
	_, _ = io.WriteString(mac, r.Method+"\n"+target+"\n"+date+";"+host+";"+hash)
	r.Header.Set("x-ms-date", date)
	r.Header.Set("x-ms-content-sha256", hash)
	r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="+
		base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// Log keeps what was logged.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// Errors counts the lines at level Error.
func (l *Log) Errors() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), "level=ERROR")
}
