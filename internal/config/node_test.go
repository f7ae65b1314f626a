package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestANodeKeepsItsName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, err := EnsureNode(dir)
	if err != nil || first == "" {
		t.Fatalf("%q, %v", first, err)
	}
	if again, err := EnsureNode(dir); err != nil || again != first {
		t.Errorf("%q became %q, %v", first, again, err)
	}
	if other, err := EnsureNode(t.TempDir()); err != nil || other == first {
		t.Errorf("another node is %q too, %v", other, err)
	}
	if err := os.WriteFile(filepath.Join(dir, nodeFile), []byte("\x00\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	if name, err := EnsureNode(dir); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged file: %q, %v", name, err)
	}
}
