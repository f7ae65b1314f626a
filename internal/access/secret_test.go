package access

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func drawSecret() ([]byte, error) { return []byte(rand.Text()), nil }

func TestASecretIsMadeOnceKeptAndPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "not", "there", "yet", "secret")
	first, made, err := readOrMake(path, drawSecret)
	if err != nil || !made || len(first) == 0 {
		t.Fatalf("%q, made: %v, %v", first, made, err)
	}
	again, made, err := readOrMake(path, drawSecret)
	if err != nil || made || string(again) != string(first) {
		t.Errorf("opened again: made: %v, same: %v, %v", made, string(again) == string(first), err)
	}
	wantPrivate(t, path)
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".new-*")); len(left) > 0 {
		t.Errorf("drafts are left: %v", left)
	}
}

func TestStartingTwiceAtOnceAgreesOnTheSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	var starts sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]int{}
	makers := 0
	for range 8 {
		starts.Go(func() {
			secret, made, err := readOrMake(path, drawSecret)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			seen[string(secret)]++
			if made {
				makers++
			}
		})
	}
	starts.Wait()
	if len(seen) != 1 || makers != 1 {
		t.Errorf("%d different secrets, %d made them", len(seen), makers)
	}
}

func TestASecretThatCannotBeWrittenIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readOrMake(filepath.Join(file, "secret"), drawSecret); err == nil {
		t.Error("no error for a folder that is a file")
	}
}
