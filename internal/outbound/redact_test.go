package outbound_test

import (
	"net/http"
	"strings"
	"testing"

	"strowger/internal/outbound"
)

func TestWhatIsShownOfAURLHoldsNoSecret(t *testing.T) {
	for raw, want := range map[string]string{
		"https://files.example.com/hush/a.wav?sig=hush": "files.example.com",
		"http://127.0.0.1:9000/cb?code=hush":            "127.0.0.1:9000",
		"https://app.example.com/%zz?sig=hush":          "",
		"":                                              "",
	} {
		if got := outbound.Host(raw); got != want {
			t.Errorf("%s is shown as %q, want %q", raw, got, want)
		}
	}
	for _, raw := range []string{"https://app.example.com/%zz?sig=hush", "ftp://app.example.com/?sig=hush"} {
		r, err := http.NewRequest(http.MethodGet, raw, nil)
		if err == nil {
			_, err = http.DefaultTransport.RoundTrip(r)
		}
		if shown := outbound.WithoutURL(err); shown == nil || strings.Contains(shown.Error(), "hush") {
			t.Errorf("%s: the error says %v", raw, shown)
		}
	}
}
