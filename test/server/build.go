package server

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

var built struct {
	once sync.Once
	dir  string
	err  error
}

// binaryName is none by which a developer would kill a server of their own.
const binaryName = "server-under-test"

// Main runs a package's tests and removes the binary that they built.
func Main(m *testing.M) int {
	defer func() { _ = os.RemoveAll(built.dir) }()
	return m.Run()
}

// Binary is the path of strowger, built from this tree.
func Binary(t testing.TB) string {
	t.Helper()
	built.once.Do(build)
	if built.err != nil {
		t.Fatalf("build strowger: %v", built.err)
	}
	return filepath.Join(built.dir, binaryName)
}

// Watch tells the test cache that a test depends on the files in folders: it
// watches what a test opens, and a program that runs beside the test is
// nothing that it sees. Without it a changed server would keep passing.
func Watch(folders ...string) error {
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
			if err == nil && (entry.Name() == "node_modules" || entry.Name() == ".venv") {
				return filepath.SkipDir
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("watch %s: %w", folder, err)
		}
	}
	return nil
}

func build() {
	if built.err = Watch(filepath.Join(Root(), "cmd"), filepath.Join(Root(), "internal")); built.err != nil {
		return
	}
	built.dir, built.err = os.MkdirTemp("", "server-under-test-")
	if built.err != nil {
		return
	}
	command := exec.Command("go", "build", "-o", filepath.Join(built.dir, binaryName), "./cmd/strowger")
	command.Dir = Root()
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		built.err = fmt.Errorf("%w\n%s", err, out)
	}
}

// Root is the repository's folder.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}
