//go:build linux

// Package disk gives tests a small disk of their own, and fills it.
package disk

import (
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Small is a file system of its own, for as long as the test runs. The size is as
// tmpfs takes it, such as 24m.
func Small(t testing.TB, size string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	switch err := syscall.Mount("none", dir, "tmpfs", 0, "size="+size); {
	case errors.Is(err, syscall.EPERM):
		t.Skip("mounting a small disk needs root")
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// Fill takes all that is left of a disk, as a log that nobody rotates does.
func Fill(t testing.TB, dir string) (free func()) {
	t.Helper()
	name := filepath.Join(dir, "somebody-else")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, rand.Reader); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk: %v", err)
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}
