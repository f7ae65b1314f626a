package players

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

//go:embed browser.html
var page []byte

// Played is what a page in Chromium made of a file.
type Played struct {
	// Error says why the file cannot be played, and is empty otherwise.
	Error string
	// Seconds is how long an <audio> element says that it lasts, once it has all.
	Seconds float64
	// Sought is where the element was after it was sent to three quarters of its
	// length.
	Sought float64
	// Channels are what decodeAudioData gave, from -1 to 1.
	Channels [][]float32
}

// Browse plays a file in Chromium, and has its samples decoded at a rate.
func Browse(t testing.TB, path string, rateHz int) Played {
	t.Helper()
	answer := make(chan Played, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("GET /sound/"+filepath.Base(path), func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) })
	mux.HandleFunc("POST /played", func(_ http.ResponseWriter, r *http.Request) {
		var played Played
		if err := json.NewDecoder(r.Body).Decode(&played); err != nil {
			played.Error = err.Error()
		}
		select {
		case answer <- played:
		default:
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	url := server.URL + "/?rate=" + strconv.Itoa(rateHz) + "&sound=/sound/" + filepath.Base(path)
	browser := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu",
		"--autoplay-policy=no-user-gesture-required", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), url)
	browser.WaitDelay = 5 * time.Second
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); _ = browser.Wait() }()
	var played Played
	select {
	case played = <-answer:
	case <-ctx.Done():
		t.Fatalf("Chromium made nothing of %s within a minute", path)
	}
	return played
}
