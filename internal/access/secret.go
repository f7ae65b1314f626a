package access

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// OpenSecret is a secret of the installation, 32 bytes kept in a file of that name
// in dir and made when there is none.
func OpenSecret(dir, name string) ([]byte, error) {
	secret, _, err := readOrMake(filepath.Join(dir, name), makeSecret)
	if err != nil {
		return nil, fmt.Errorf("the secret in %s: %w", name, err)
	}
	return secret, nil
}

func makeSecret() ([]byte, error) {
	secret := make([]byte, 32)
	_, err := io.ReadFull(rand.Reader, secret)
	return secret, err
}

// readOrMake returns what the file holds. A missing file is made first: whole
// or not at all, and readable by its owner only. When two processes start at
// once, both return what the first one made.
func readOrMake(path string, make func() ([]byte, error)) (content []byte, made bool, err error) {
	content, err = os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return content, false, err
	}
	content, err = make()
	if err != nil {
		return nil, false, err
	}
	err = writeNew(path, content)
	if errors.Is(err, fs.ErrExist) {
		content, err = os.ReadFile(path)
		return content, false, err
	}
	return content, err == nil, err
}

// writeNew never replaces a file: a link, unlike a rename, fails when its
// target is there.
func writeNew(path string, content []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(dir, ".new-*") // CreateTemp makes files 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(content)
	err = errors.Join(err, draft.Sync(), draft.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Link(draft.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the new name survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
