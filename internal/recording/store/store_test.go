package store_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"strowger/internal/recording/store"
)

func open(t *testing.T) (*store.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	s, err := store.Open(t.Context(), "", dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func TestAFileIsKeptListedReadAndDeleted(t *testing.T) {
	s, dir := open(t)
	for _, name := range []string{"2026/01/02/a.wav", "2026/01/02/a.json", "2026/01/03/b.wav"} {
		if err := s.Put(t.Context(), name, "audio/wav", strings.NewReader("content of "+name)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := s.Open(t.Context(), "2026/01/02/a.wav")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(-5, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if end, err := io.ReadAll(f); string(end) != "a.wav" || err != nil || f.Size() != 27 {
		t.Errorf("the end is %q (%v) of %d", end, err, f.Size())
	}
	var listed []string
	list := func(prefix string) []string {
		listed = nil
		if err := s.List(t.Context(), prefix, func(e store.Entry) bool { listed = append(listed, e.Name); return true }); err != nil {
			t.Fatal(err)
		}
		return listed
	}
	if got := list("2026/01/02/"); !slices.Equal(got, []string{"2026/01/02/a.json", "2026/01/02/a.wav"}) {
		t.Errorf("listed %v", got)
	}
	if err := s.Delete(t.Context(), "2026/01/02/a.wav"); err != nil {
		t.Error(err)
	}
	if err := s.Delete(t.Context(), "2026/01/02/a.wav"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("deleting it again: %v", err)
	}
	if _, err := s.Open(t.Context(), "2026/01/02/a.wav"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening it: %v", err)
	}
	if b, err := s.Read(t.Context(), "2026/01/03/b.wav", 100); err != nil || string(b) != "content of 2026/01/03/b.wav" {
		t.Errorf("read %q, %v", b, err)
	}
	if _, err := s.Read(t.Context(), "2026/01/03/b.wav", 5); err == nil {
		t.Error("read more than it may have")
	}
	stray := 0
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, _ error) error {
		if !d.IsDir() && !strings.HasSuffix(path, ".wav") && !strings.HasSuffix(path, ".json") {
			stray++
		}
		return nil
	})
	if stray > 0 {
		t.Errorf("%d files are there that nobody put", stray)
	}
}

func TestAFileThatCannotBeReadToItsEndIsNotThere(t *testing.T) {
	s, _ := open(t)
	broken := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("broken")))
	if err := s.Put(t.Context(), "a.wav", "audio/wav", broken); err == nil {
		t.Error("no error")
	}
	if _, err := s.Open(t.Context(), "a.wav"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening it: %v", err)
	}
}

func TestWhereItIsSaysNothingSecret(t *testing.T) {
	s, err := store.Open(t.Context(), "s3://recordings/2026?region=eu-west-1&accessKeyId=secret", "")
	if err == nil {
		_ = s.Close()
		t.Fatal("an unknown parameter is taken")
	}
	if !strings.Contains(err.Error(), "s3://recordings/2026") || strings.Contains(err.Error(), "secret") {
		t.Errorf("the error is %v", err)
	}
}

func TestABucketOfAnUnknownKindIsRefused(t *testing.T) {
	if _, err := store.Open(t.Context(), "ftp://recordings", ""); err == nil || !strings.Contains(err.Error(), "recording.storage") {
		t.Errorf("got %v", err)
	}
}
