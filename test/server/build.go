package server

import (
	"fmt"
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
const binaryName = "exchange-under-test"

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

func build() {
	built.dir, built.err = os.MkdirTemp("", "exchange-")
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
