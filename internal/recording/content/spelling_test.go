package content_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"testing"

	"strowger/internal/recording/content"
	"strowger/test/client"
)

// asked is a request for a document as an SDK makes it: signed for the host of the
// endpoint, and sent to where recordings are.
func asked(t *testing.T, path, endpoint, named, sentTo string) *http.Request {
	c := client.New(t, "http://"+endpoint, base64.StdEncoding.EncodeToString(key))
	r := c.Request(http.MethodGet, path, nil)
	r.URL.RawQuery = ""
	c.Sign(r)
	got := httptest.NewRequest(http.MethodGet, path, nil)
	got.Header, got.Host = r.Header, sentTo
	got.Header.Set("x-ms-host", named)
	return got
}

// Python names the endpoint's host without its port, and signs it with its port.
func TestADocumentIsGivenToEverySpellingOfTheEndpoint(t *testing.T) {
	s := newShop(t)
	for _, c := range []struct {
		endpoint, named, sentTo string
		status                  int
	}{
		{"calls.example", "calls.example", "recordings.example", 200},
		{"calls.example:8443", "calls.example:8443", "recordings.example:9443", 200},
		{"calls.example:8443", "calls.example", "recordings.example:8443", 200},
		{"[::1]:8443", "::1", "recordings.example:8443", 200},
		{"calls.example:8443", "other.example", "recordings.example:8443", 401},
		{"calls.example:8443", "", "recordings.example:8443", 401},
	} {
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, asked(t, content.Path+string(document)+"/content/audio", c.endpoint, c.named, c.sentTo))
		if w.Code != c.status || w.Code == 200 && w.Body.String() != string(sound) {
			t.Errorf("%+v: %d %s", c, w.Code, w.Body)
		}
	}
}
