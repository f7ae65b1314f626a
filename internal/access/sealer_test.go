package access

import (
	"encoding/base64"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

var incoming = IncomingContext{CallID: "c", IncomingID: 1, From: "4:+14255550123", To: "4:+14255550100"}

func sealer(t testing.TB, dir string) *Sealer {
	t.Helper()
	s, err := OpenSealer(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAContextOpensToWhatWasSealedAlsoAfterARestart(t *testing.T) {
	dir := t.TempDir()
	context, err := sealer(t, dir).Seal(incoming)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(context, ".") != 2 || strings.ContainsAny(context, "/+= ") {
		t.Errorf("the context does not look like a token: %s", context)
	}
	got, err := sealer(t, dir).Open(context)
	if err != nil || got != incoming {
		t.Errorf("opens to %+v, %v", got, err)
	}
	wantPrivate(t, filepath.Join(dir, "context-secret"))
}

func TestAChangedContextDoesNotOpen(t *testing.T) {
	s := sealer(t, t.TempDir())
	context, err := s.Seal(incoming)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(context) {
		changed := []byte(context)
		changed[i] ^= 1
		if _, err := s.Open(string(changed)); !errors.Is(err, ErrSeal) {
			t.Errorf("with byte %d changed it opens", i)
		}
	}
}

func TestAContextOfAnotherInstallationDoesNotOpen(t *testing.T) {
	context, err := sealer(t, t.TempDir()).Seal(incoming)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sealer(t, t.TempDir()).Open(context); !errors.Is(err, ErrSeal) {
		t.Errorf("got %v", err)
	}
}

func TestAContextThatNobodySealedDoesNotOpen(t *testing.T) {
	s := sealer(t, t.TempDir())
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(`{"call":"c"}`)) + "."
	for _, context := range []string{"", "ctx", "a.b.c", none, strings.Repeat("a", 1<<20)} {
		if _, err := s.Open(context); !errors.Is(err, ErrSeal) {
			t.Errorf("%.20q: got %v", context, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	s := sealer(f, f.TempDir())
	context, err := s.Seal(incoming)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(context)
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, context string) {
		if got, err := s.Open(context); err == nil && got != incoming {
			t.Fatalf("%q opens to %+v", context, got)
		}
	})
}
