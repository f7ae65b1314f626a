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

// Now is the time at a Server.
var Now = time.Date(2026, 9, 15, 11, 36, 15, 0, time.UTC)

// Key is the one that a Server knows.
var Key = access.Key("0123456789abcdef0123456789abcdef")

// Server is the API on loopback, with a client that signs.
type Server struct {
	Calls *Calls
	Log   *Log
	API   *api.API
	URL   string

	t *testing.T
}

// NewServer serves families until the test ends.
func NewServer(t *testing.T, families ...api.Family) *Server {
	t.Helper()
	signer, err := oneSigner(t)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Calls: &Calls{}, Log: &Log{}, t: t}
	s.API = api.New(api.Config{
		Verifier: access.NewVerifier([]access.Key{Key}, nil, func() time.Time { return Now }),
		Signer:   signer, Calls: s.Calls, Health: http.NotFoundHandler(), Families: families,
		Log: slog.New(slog.NewTextHandler(s.Log, nil)),
	})
	over := httptest.NewServer(s.API)
	t.Cleanup(over.Close)
	s.URL = over.URL
	return s
}

var signers struct {
	once   sync.Once
	signer *access.Signer
	err    error
}

// oneSigner serves all of them: making its key takes longer than most tests.
func oneSigner(t *testing.T) (*access.Signer, error) {
	signers.once.Do(func() {
		signers.signer, signers.err = access.OpenSigner(t.TempDir(), access.SignerConfig{PublicURL: "https://calls.example", Now: time.Now})
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
func (s *Server) Send(method, target, body string, headers ...string) Answer {
	s.t.Helper()
	r, err := http.NewRequest(method, s.URL+target, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	Sign(r, target, body)
	return s.Do(r, headers...)
}

// Do sends a request as it is, but for the headers.
func (s *Server) Do(r *http.Request, headers ...string) Answer {
	s.t.Helper()
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
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

// Text is everything that was logged.
func (l *Log) Text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Errors counts the lines at level Error.
func (l *Log) Errors() int { return strings.Count(l.Text(), "level=ERROR") }
