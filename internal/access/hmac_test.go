package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const firstKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

var secondKey = Key("fedcba9876543210fedcba9876543210").String()

var noon = time.Date(2026, 9, 15, 11, 36, 15, 0, time.UTC)

// signed makes a request as the published scheme says, written here a second
// time so that a mistake in the verifier does not hide.
type signed struct {
	method, target, host, body string
	key                        string
	date                       time.Time
	dateHeader                 string // x-ms-date when empty
	signTarget                 string // what the client believes it sends; target when empty
}

func (s signed) request(t *testing.T) *http.Request {
	t.Helper()
	if s.key == "" {
		s.key = firstKey
	}
	if s.date.IsZero() {
		s.date = noon
	}
	if s.dateHeader == "" {
		s.dateHeader = "x-ms-date"
	}
	if s.signTarget == "" {
		s.signTarget = s.target
	}
	sum := sha256.Sum256([]byte(s.body))
	hash := base64.StdEncoding.EncodeToString(sum[:])
	date := s.date.Format(http.TimeFormat)
	key, err := base64.StdEncoding.DecodeString(s.key)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	_, _ = io.WriteString(mac, s.method+"\n"+s.signTarget+"\n"+date+";"+s.host+";"+hash)
	r := httptest.NewRequest(s.method, s.target, strings.NewReader(s.body))
	r.Host = s.host
	r.Header.Set(s.dateHeader, date)
	r.Header.Set("x-ms-content-sha256", hash)
	r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders="+s.dateHeader+";host;x-ms-content-sha256&Signature="+
		base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return r
}

var plain = signed{
	method: "POST", target: "/calling/callConnections?api-version=2026-03-12",
	host: "127.0.0.1:8080", body: `{"callbackUri":"https://x.test/cb"}`,
}

func verifier(t *testing.T, keys ...string) *Verifier {
	t.Helper()
	if len(keys) == 0 {
		keys = []string{firstKey, secondKey}
	}
	parsed, err := ParseKeys(keys)
	if err != nil {
		t.Fatal(err)
	}
	return NewVerifier(parsed, nil, func() time.Time { return noon })
}

// verify does both halves, as the api does.
func verify(v *Verifier, r *http.Request) error {
	digest, err := v.Verify(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	return digest.Check(body)
}

func TestASignatureMadeElsewhereIsAccepted(t *testing.T) {
	// Computed with another implementation of HMAC and SHA-256.
	r := httptest.NewRequest("POST", "/calling/callConnections?api-version=2026-03-12", strings.NewReader(plain.body))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("x-ms-date", "Tue, 15 Sep 2026 11:36:15 GMT")
	r.Header.Set("x-ms-content-sha256", "pEMN0uMZB8rOstjsRpZV2fCKjYHeTz74aenlYJc8Q74=")
	r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=zgf03Yab/5ECDHzwClSKytQXodIs26VuDSu9hPL0fa8=")
	if err := verify(verifier(t), r); err != nil {
		t.Error(err)
	}
}

func TestRequestsOfEveryKindOfClientAreAccepted(t *testing.T) {
	for name, change := range map[string]func(*signed){
		"as it is":     func(*signed) {},
		"second key":   func(s *signed) { s.key = secondKey },
		"no body":      func(s *signed) { s.method, s.body = "GET", "" },
		"default port": func(s *signed) { s.host = "strowger.example" },
		"Date header":  func(s *signed) { s.dateHeader = "Date" },
		"slow client":  func(s *signed) { s.date = noon.Add(-15 * time.Minute) },
		"clock ahead":  func(s *signed) { s.date = noon.Add(15 * time.Minute) },
		"escaped path": func(s *signed) {
			s.target = "/calling/callConnections/c/participants/4%3A%2B1604?api-version=2026-03-12"
		},
		"decoded path": func(s *signed) {
			s.target = "/calling/callConnections/c/participants/4%3A%2B1604?api-version=2026-03-12"
			s.signTarget = "/calling/callConnections/c/participants/4:+1604?api-version=2026-03-12"
		},
		"query through URLSearchParams": func(s *signed) {
			s.target = "/calling/callConnections/c?api-version=2026-03-12&q=a%20b&z"
			s.signTarget = "/calling/callConnections/c?api-version=2026-03-12&q=a+b&z="
		},
		"raw query that URLSearchParams would change": func(s *signed) {
			s.target = "/calling/callConnections/c?q=a%20b&api-version=2026-03-12"
		},
		"absolute form through a proxy": func(s *signed) {
			s.target = "http://127.0.0.1:8080/calling/callConnections?api-version=2026-03-12"
			s.signTarget = "/calling/callConnections?api-version=2026-03-12"
		},
		"empty query": func(s *signed) { s.target, s.signTarget = "/calling/callConnections?", "/calling/callConnections" },
	} {
		t.Run(name, func(t *testing.T) {
			s := plain
			change(&s)
			if err := verify(verifier(t), s.request(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestARefusalSaysWhichPartIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*http.Request)
		says   string
		shown  Credential
	}{
		"nothing at all":      {func(r *http.Request) { r.Header.Del("Authorization") }, "Authorization header is missing", Signature},
		"another scheme":      {func(r *http.Request) { r.Header.Set("Authorization", "Basic x") }, "neither HMAC-SHA256 nor Bearer", Signature},
		"a token":             {func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, "none are taken here", Token},
		"no signature":        {func(r *http.Request) { r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=host") }, "SignedHeaders=…&Signature=…", Signature},
		"short signature":     {func(r *http.Request) { replace(r, "Signature=", "Signature=AAAA") }, "not the base64 of 32 bytes", Signature},
		"signature no base64": {func(r *http.Request) { replace(r, "Signature=", "Signature=!") }, "not the base64 of 32 bytes", Signature},
		"host not signed":     {func(r *http.Request) { replace(r, "host;", "") }, "leaves out host", Signature},
		"body not signed":     {func(r *http.Request) { replace(r, ";x-ms-content-sha256", "") }, "leaves out x-ms-content-sha256", Signature},
		"date not signed":     {func(r *http.Request) { replace(r, "x-ms-date;", "") }, "leaves out x-ms-date", Signature},
		"too many headers":    {func(r *http.Request) { replace(r, "host;", "host;"+strings.Repeat("a;", 20)) }, "more than 8 headers", Signature},
		"date missing":        {func(r *http.Request) { r.Header.Del("x-ms-date") }, `"x-ms-date" is missing`, Signature},
		"date twice":          {func(r *http.Request) { r.Header.Add("x-ms-date", "x") }, "more than once", Signature},
		"date no date":        {func(r *http.Request) { r.Header.Set("x-ms-date", "noon") }, "not an HTTP date", Signature},
		"hash no hash":        {func(r *http.Request) { r.Header.Set("x-ms-content-sha256", "abc") }, "x-ms-content-sha256 is not", Signature},
		"another hash":        {func(r *http.Request) { r.Header.Set("x-ms-content-sha256", emptyHash) }, "signature does not match", Signature},
		"another method":      {func(r *http.Request) { r.Method = "DELETE" }, "signature does not match", Signature},
		"another path":        {func(r *http.Request) { r.RequestURI = "/calling/recordings?api-version=2026-03-12" }, "signature does not match", Signature},
		"another query":       {func(r *http.Request) { r.RequestURI = "/calling/callConnections?api-version=2023-03-06" }, "signature does not match", Signature},
		"another host":        {func(r *http.Request) { r.Host = "127.0.0.1:8081" }, "signature does not match", Signature},
		"another date":        {func(r *http.Request) { r.Header.Set("x-ms-date", noon.Add(time.Second).Format(http.TimeFormat)) }, "signature does not match", Signature},
		"another body":        {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("{}")) }, "body does not hash", Signature},
	} {
		t.Run(name, func(t *testing.T) {
			r := plain.request(t)
			c.change(r)
			wantRefusal(t, verify(verifier(t), r), c.shown, c.says)
		})
	}
}

func TestAKeyThatIsNotOursIsRefused(t *testing.T) {
	s := plain
	s.key = Key("another key that is long enough.").String()
	wantRefusal(t, verify(verifier(t), s.request(t)), Signature, "signature does not match")
}

func TestARequestFromAnotherTimeIsRefused(t *testing.T) {
	for _, away := range []time.Duration{-15*time.Minute - time.Second, 15*time.Minute + time.Second, -24 * time.Hour} {
		s := plain
		s.date = noon.Add(away)
		wantRefusal(t, verify(verifier(t), s.request(t)), Signature, "away from the server's clock")
	}
}

func TestTheSignatureIsCheckedBeforeTheBodyIsRead(t *testing.T) {
	r := plain.request(t)
	r.Body = io.NopCloser(failing{t})
	replace(r, "Signature=", "Signature=AAAA")
	if _, err := verifier(t).Verify(r); err == nil {
		t.Error("accepted")
	}
}

// TestSignatureOverARealConnection holds RequestURI and Host to be what
// net/http really hands us.
func TestSignatureOverARealConnection(t *testing.T) {
	v := verifier(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := verify(v, r); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	s := plain
	s.target = "/calling/callConnections/a%2Fb%20c:play?api-version=2026-03-12&x=%7e"
	s.host = strings.TrimPrefix(server.URL, "http://")
	r := s.request(t)
	sent, err := http.NewRequest(r.Method, server.URL+s.target, strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	sent.Header = r.Header
	answer, err := server.Client().Do(sent)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		t.Errorf("%s: %s", answer.Status, text)
	}
}

func TestQueriesAreWrittenAsURLSearchParamsDoes(t *testing.T) {
	// The right-hand sides are what Node.js 18 says.
	for query, want := range map[string]string{
		"":                "",
		"a=b c&d=%7E&e=~": "a=b+c&d=%7E&e=%7E",
		"api-version=2026-03-12&x=%2f%2F&y=a+b&z": "api-version=2026-03-12&x=%2F%2F&y=a+b&z=",
		"=&a&&b=%zz&c=%E4&*-._=!()":               "=&a=&b=%25zz&c=%EF%BF%BD&*-._=%21%28%29",
		"q=%F0%9F%93%9E":                          "q=%F0%9F%93%9E",
	} {
		if got := searchParams(query); got != want {
			t.Errorf("%q is written %q, want %q", query, got, want)
		}
	}
}

func FuzzSearchParams(f *testing.F) {
	f.Add("a=b c&d=%7E&e=~&&=&%zz")
	f.Fuzz(func(t *testing.T, query string) {
		once := searchParams(query)
		if again := searchParams(once); again != once {
			t.Fatalf("%q is written %q, and that %q", query, once, again)
		}
	})
}

func FuzzVerify(f *testing.F) {
	f.Add("HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=zgf03Yab/5ECDHzwClSKytQXodIs26VuDSu9hPL0fa8=", "Tue, 15 Sep 2026 11:36:15 GMT", emptyHash)
	v := NewVerifier([]Key{Key("0123456789abcdef")}, nil, func() time.Time { return noon })
	f.Fuzz(func(t *testing.T, authorization, date, hash string) {
		r := httptest.NewRequest("GET", "/calling/callConnections/c?a=b", nil)
		r.Header.Set("Authorization", authorization)
		r.Header.Set("x-ms-date", date)
		r.Header.Set("x-ms-content-sha256", hash)
		_, err := v.Verify(r)
		var refusal *Refusal
		if !errors.As(err, &refusal) {
			t.Fatalf("%v is no refusal", err)
		}
	})
}

const emptyHash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

// replace changes a part of the Authorization header; what follows a replaced
// "Signature=" goes too.
func replace(r *http.Request, part, by string) {
	text := r.Header.Get("Authorization")
	if part == "Signature=" {
		text, _, _ = strings.Cut(text, part)
		r.Header.Set("Authorization", text+by)
		return
	}
	r.Header.Set("Authorization", strings.Replace(text, part, by, 1))
}

func wantRefusal(t *testing.T, err error, shown Credential, says string) {
	t.Helper()
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a refusal", err)
	}
	if refusal.Credential != shown || !strings.Contains(refusal.Reason, says) {
		t.Errorf("refused with %d %q, want %d and %q", refusal.Credential, refusal.Reason, shown, says)
	}
}

type failing struct{ t *testing.T }

func (f failing) Read([]byte) (int, error) {
	f.t.Error("the body is read")
	return 0, io.EOF
}
