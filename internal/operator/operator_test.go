package operator_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"strowger/internal/operator"
)

func TestOnlyProgramsOnThisMachineAreAnswered(t *testing.T) {
	guarded := operator.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		operator.Answer(w, http.StatusOK, "yes")
	}))
	for name, c := range map[string]struct {
		method, from, host string
		header             [2]string
		want               int
	}{
		"a program":                  {"POST", "127.0.0.1:4000", "127.0.0.1:8081", [2]string{}, 200},
		"one that calls it by name":  {"GET", "[::1]:4000", "localhost:8081", [2]string{}, 200},
		"another host":               {"GET", "192.0.2.1:4000", "127.0.0.1:8081", [2]string{}, 403},
		"a page with its own name":   {"GET", "127.0.0.1:4000", "evil.example:8081", [2]string{}, 403},
		"a page that sends blindly":  {"POST", "127.0.0.1:4000", "127.0.0.1:8081", [2]string{"Sec-Fetch-Site", "cross-site"}, 403},
		"an old browser's that does": {"DELETE", "127.0.0.1:4000", "127.0.0.1:8081", [2]string{"Origin", "https://evil.example"}, 403},
	} {
		r := httptest.NewRequest(c.method, "/events", nil)
		r.RemoteAddr, r.Host = c.from, c.host
		if c.header[0] != "" {
			r.Header.Set(c.header[0], c.header[1])
		}
		w := httptest.NewRecorder()
		guarded.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s is answered %d, want %d", name, w.Code, c.want)
		}
	}
}
