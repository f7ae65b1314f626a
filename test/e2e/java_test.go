package e2e

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"strowger/test/server"
)

// javaClassPath is the Java SDK, what it stands on, and our programs that use it.
func javaClassPath(t *testing.T) string {
	t.Helper()
	directory := filepath.Join(server.Root(), "test", "sdk", "java")
	if err := server.Watch(directory); err != nil {
		t.Fatal(err)
	}
	path, err := javaCompiled()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// javaCompiled compiles the sources into .cache, unless what lies there is
// theirs: the compiler takes longer than many a test.
var javaCompiled = sync.OnceValues(func() (string, error) {
	directory := filepath.Join(server.Root(), "test", "sdk", "java")
	classes := filepath.Join(server.Root(), ".cache", "sdk-java")
	jars := filepath.Join(directory, "lib", "*")
	if found, _ := filepath.Glob(jars + ".jar"); len(found) == 0 {
		return "", fmt.Errorf("the Java SDK is not in %s: `make install`", filepath.Dir(jars))
	}
	path := classes + string(filepath.ListSeparator) + jars
	sources, stamp, err := javaSources(directory)
	if err != nil {
		return "", err
	}
	stampFile := filepath.Join(classes, "stamp")
	if last, err := os.ReadFile(stampFile); err == nil && bytes.Equal(last, stamp) {
		return path, nil
	}
	if err := os.RemoveAll(classes); err != nil {
		return "", err
	}
	compiler := exec.Command("javac", slices.Concat([]string{"-Xlint:all,-processing", "-Werror", "-cp", jars, "-d", classes}, sources)...)
	if out, err := compiler.CombinedOutput(); err != nil {
		return "", fmt.Errorf("javac: %w\n%s", err, out)
	}
	return path, os.WriteFile(stampFile, stamp, 0o600)
})

// javaSources lists the sources, and sums up what is in them and what they are
// compiled with.
func javaSources(directory string) (names []string, stamp []byte, err error) {
	if names, err = filepath.Glob(filepath.Join(directory, "*.java")); err != nil {
		return nil, nil, err
	}
	sum := sha256.New()
	for _, name := range append(slices.Clone(names), filepath.Join(directory, "pom.xml")) {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, err
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
	}
	return names, sum.Sum(nil), nil
}
