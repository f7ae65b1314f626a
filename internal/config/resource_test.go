package config

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheFirstStartMakesAnIdentityAndTheNextOnesKeepIt(t *testing.T) {
	cfg := Default()
	cfg.DataDir = filepath.Join(t.TempDir(), "data")
	first, made, err := EnsureResource(cfg)
	if err != nil || !made {
		t.Fatalf("made %v, %v", made, err)
	}
	if first.Resource.ID == "" || len(first.Resource.AccessKeys) != 1 {
		t.Fatalf("got %+v", first.Resource)
	}
	again, made, err := EnsureResource(cfg)
	if err != nil || made {
		t.Fatalf("made %v, %v", made, err)
	}
	if again.Resource.ID != first.Resource.ID || again.Resource.AccessKeys[0] != first.Resource.AccessKeys[0] {
		t.Errorf("the identity changed from %+v to %+v", first.Resource, again.Resource)
	}
	info, err := os.Stat(filepath.Join(cfg.DataDir, resourceFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of the key is %v, %v; want 0600", info.Mode(), err)
	}
}

func TestAConfiguredIdentityTouchesNoFile(t *testing.T) {
	cfg := Dev()
	cfg.DataDir = filepath.Join(t.TempDir(), "data")
	if _, made, err := EnsureResource(cfg); err != nil || made {
		t.Fatalf("made %v, %v", made, err)
	}
	if _, err := os.Stat(cfg.DataDir); err == nil {
		t.Error("the data directory was made for nothing")
	}
}

func TestConfiguredKeysAreKeptWhenOnlyTheIDIsMade(t *testing.T) {
	cfg := Default()
	cfg.DataDir = t.TempDir()
	cfg.Resource.AccessKeys = []string{DevAccessKey}
	full, made, err := EnsureResource(cfg)
	if err != nil || made {
		t.Fatalf("made %v, %v: there is no new key to print", made, err)
	}
	if full.Resource.ID == "" || full.Resource.AccessKeys[0] != DevAccessKey {
		t.Errorf("got %+v", full.Resource)
	}
}

func TestADamagedIdentityIsNotReplacedSilently(t *testing.T) {
	cfg := Default()
	cfg.DataDir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cfg.DataDir, resourceFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := EnsureResource(cfg)
	requireError(t, err, "is damaged")
}
