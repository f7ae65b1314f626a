package access

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func TestKeysAreMadeOnceAndKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	first, made, err := OpenKeys(dir)
	if err != nil || !made || len(first) != 2 {
		t.Fatalf("%d keys, made: %v, %v", len(first), made, err)
	}
	again, made, err := OpenKeys(dir)
	if err != nil || made || !reflect.DeepEqual(again, first) {
		t.Errorf("opened again: made: %v, same: %v, %v", made, reflect.DeepEqual(again, first), err)
	}
	wantPrivate(t, filepath.Join(dir, "access-keys"))
	if left, _ := filepath.Glob(filepath.Join(dir, ".new-*")); len(left) > 0 {
		t.Errorf("drafts are left: %v", left)
	}
}

func TestStartingTwiceAtOnceAgreesOnTheKeys(t *testing.T) {
	dir := t.TempDir()
	var starts sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]int{}
	makers := 0
	for range 8 {
		starts.Go(func() {
			keys, made, err := OpenKeys(dir)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			seen[keys[0].String()]++
			if made {
				makers++
			}
		})
	}
	starts.Wait()
	if len(seen) != 1 || makers != 1 {
		t.Errorf("%d different keys, %d made them", len(seen), makers)
	}
}

func TestKeysThatCannotBeUsedAreRefused(t *testing.T) {
	good := Key("0123456789abcdef").String()
	for name, keys := range map[string][]string{
		"three":      {good, good, good},
		"not base64": {"!"},
		"too short":  {base64.StdEncoding.EncodeToString([]byte("short"))},
	} {
		if _, err := ParseKeys(keys); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access-keys"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenKeys(dir); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty file: %v", err)
	}
}
