package config

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"
)

// resourceFile is what was made on first start, under DataDir.
const resourceFile = "resource.json"

type madeResource struct {
	ID         string   `json:"id"`
	AccessKeys []string `json:"accessKeys"`
}

// EnsureResource fills in the resource's GUID and access keys where the
// configuration has none: from DataDir when an earlier start made them, else
// new. made is true when new keys were written, and only then: the caller
// prints them once.
func EnsureResource(cfg Config) (full Config, made bool, err error) {
	if cfg.Resource.ID != "" && len(cfg.Resource.AccessKeys) > 0 {
		return cfg, false, nil
	}
	path := filepath.Join(cfg.DataDir, resourceFile)
	kept, err := readResource(path)
	if errors.Is(err, fs.ErrNotExist) {
		kept, err = makeResource(path)
		made = len(cfg.Resource.AccessKeys) == 0
	}
	if err != nil {
		return Config{}, false, fmt.Errorf("the resource's id and keys: %w", err)
	}
	if cfg.Resource.ID == "" {
		cfg.Resource.ID = kept.ID
	}
	if len(cfg.Resource.AccessKeys) == 0 {
		cfg.Resource.AccessKeys = kept.AccessKeys
	}
	return cfg, made, cfg.Validate()
}

func readResource(path string) (madeResource, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return madeResource{}, err
	}
	var r madeResource
	if err := json.Unmarshal(text, &r); err != nil || r.ID == "" || len(r.AccessKeys) == 0 {
		return madeResource{}, fmt.Errorf("%s is damaged; put it back from a backup, or remove it and a new identity is made", path)
	}
	return r, nil
}

func makeResource(path string) (madeResource, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails: crypto/rand ends the program instead
	r := madeResource{ID: uuid.NewString(), AccessKeys: []string{base64.StdEncoding.EncodeToString(key)}}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return madeResource{}, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return madeResource{}, err
	}
	return r, writeNew(path, append(text, '\n'))
}

// writeNew writes a secret so that a crash leaves all of it or nothing.
func writeNew(path string, text []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
