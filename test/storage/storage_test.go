package storage_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"strowger/internal/outbound"
	"strowger/internal/recording/store"
	"strowger/test/storage"
)

// openS3 opens the bucket of an S3 server.
func openS3(t *testing.T) (*store.Store, *storage.Server) {
	t.Helper()
	server := storage.S3(t)
	for _, e := range server.Environment {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	s, err := store.Open(t.Context(), server.BucketURL(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, server
}

// sound is as long as a file that goes in several pieces.
func sound(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return b
}

func put(t *testing.T, s *store.Store, name string, content []byte) {
	t.Helper()
	if err := s.Put(t.Context(), name, "audio/wav", bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

func TestABucketKeepsListsGivesAndDeletesFiles(t *testing.T) {
	s, _ := openS3(t)
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	content := sound(13 << 20)
	put(t, s, "2026/01/02/a.wav", content)
	put(t, s, "2026/01/02/a.json", []byte("{}"))
	put(t, s, "2026/01/03/b.wav", []byte("b"))
	f, err := s.Open(t.Context(), "2026/01/02/a.wav")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	whole := sha256.New()
	if n, err := io.Copy(whole, f); n != int64(len(content)) || err != nil || f.Size() != n {
		t.Errorf("%d bytes came, %v", n, err)
	}
	if sum := sha256.Sum256(content); !bytes.Equal(whole.Sum(nil), sum[:]) {
		t.Error("it is not what was put")
	}
	part := make([]byte, 1000)
	if _, err := f.Seek(12<<20, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(f, part); err != nil || !bytes.Equal(part, content[12<<20:][:1000]) {
		t.Errorf("the range is wrong: %v", err)
	}
	var listed []string
	if err := s.List(t.Context(), "2026/01/02/", func(e store.Entry) bool {
		listed = append(listed, e.Name)
		return time.Since(e.Modified).Abs() < time.Hour
	}); err != nil || !slices.Equal(listed, []string{"2026/01/02/a.json", "2026/01/02/a.wav"}) {
		t.Errorf("listed %v, %v", listed, err)
	}
	if err := s.Delete(t.Context(), "2026/01/02/a.wav"); err != nil {
		t.Error(err)
	}
	if _, err := s.Open(t.Context(), "2026/01/02/a.wav"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening it: %v", err)
	}
}

func TestWhatIsPutAgainReplacesWhatWasThere(t *testing.T) {
	s, _ := openS3(t)
	put(t, s, "a.wav", []byte("first"))
	broken := io.MultiReader(bytes.NewReader(sound(7<<20)), iotest.ErrReader(errors.New("broken")))
	if err := s.Put(t.Context(), "a.wav", "audio/wav", broken); err == nil {
		t.Error("no error")
	}
	if b, err := s.Read(t.Context(), "a.wav", 100); string(b) != "first" || err != nil {
		t.Errorf("after a failure: %q, %v", b, err)
	}
	put(t, s, "a.wav", []byte("second"))
	if b, err := s.Read(t.Context(), "a.wav", 100); string(b) != "second" || err != nil {
		t.Errorf("got %q, %v", b, err)
	}
}

func TestABucketThatIsAwayIsAnError(t *testing.T) {
	s, server := openS3(t)
	server.Stop()
	if err := s.Put(t.Context(), "a.wav", "audio/wav", strings.NewReader("a")); err == nil {
		t.Error("put")
	}
	if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "recording.storage s3://recordings") {
		t.Errorf("checked: %v", err)
	}
	server.Start()
	put(t, s, "a.wav", []byte("a"))
}

func TestABucketThatDoesNotExistIsSaidSo(t *testing.T) {
	_, server := openS3(t)
	s, err := store.Open(t.Context(), strings.Replace(server.BucketURL(), storage.Bucket, "nothing", 1), "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "no such bucket") {
		t.Errorf("checked: %v", err)
	}
}

// mayWrite is the least that an application gives.
var mayWrite = sas.ContainerPermissions{Create: true, Write: true}

func containers(t *testing.T, networks ...string) *store.Containers {
	t.Helper()
	var allowed []netip.Prefix
	for _, n := range networks {
		allowed = append(allowed, netip.MustParsePrefix(n))
	}
	c := store.NewContainers(outbound.NewPolicy(allowed))
	t.Cleanup(c.Close)
	return c
}

func TestAFileGoesToAnApplicationsContainer(t *testing.T) {
	azure, c := storage.Azure(t), containers(t, "127.0.0.0/8")
	url := azure.ContainerURL(mayWrite, time.Hour)
	content := sound(5 << 20)
	for name, b := range map[string][]byte{"2026/01/02/a.wav": content, "2026/01/02/a.json": []byte("{}")} {
		for range 2 { // again, as after a failure
			if err := c.Put(t.Context(), url, name, "audio/wav", bytes.NewReader(b)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(azure.Read(name), b) {
			t.Errorf("%s is not what was put", name)
		}
	}
}

func TestAContainerThatRefuses(t *testing.T) {
	azure, c := storage.Azure(t), containers(t, "127.0.0.0/8")
	for what, url := range map[string]string{
		"may only be read":  azure.ContainerURL(sas.ContainerPermissions{Read: true}, time.Hour),
		"was for some time": azure.ContainerURL(mayWrite, -time.Minute),
		"is not there":      strings.Replace(azure.ContainerURL(mayWrite, time.Hour), "/"+storage.Bucket, "/nothing", 1),
		"is public":         strings.Split(azure.ContainerURL(mayWrite, time.Hour), "?")[0],
	} {
		err := c.Put(t.Context(), url, "a.wav", "audio/wav", strings.NewReader("a"))
		if !errors.Is(err, store.ErrRefused) || strings.Contains(err.Error(), "sig=") || strings.Contains(err.Error(), "\n") {
			t.Errorf("one that %s: %v", what, err)
		}
	}
	err := containers(t).Put(t.Context(), azure.ContainerURL(mayWrite, time.Hour), "a.wav", "audio/wav", strings.NewReader("a"))
	if !errors.Is(err, store.ErrRefused) || !strings.Contains(err.Error(), "outbound.allow_networks") {
		t.Errorf("one that may not be reached: %v", err)
	}
	if names := azure.Names(); len(names) > 0 {
		t.Errorf("there are %v", names)
	}
}

func TestAContainerThatIsAwayIsTriedAgainAndItsSignatureIsNotShown(t *testing.T) {
	azure, c := storage.Azure(t), containers(t, "127.0.0.0/8")
	url := azure.ContainerURL(mayWrite, time.Hour)
	azure.Stop()
	err := c.Put(t.Context(), url, "a.wav", "audio/wav", strings.NewReader("a"))
	if err == nil || errors.Is(err, store.ErrRefused) || strings.Contains(err.Error(), "sig=") {
		t.Errorf("got %v", err)
	}
	azure.Start()
	if err := c.Put(t.Context(), url, "a.wav", "audio/wav", strings.NewReader("a")); err != nil {
		t.Error(err)
	}
}

// What a killed server leaves in a bucket is nothing, or whole.
func TestNothingElseIsInTheBucket(t *testing.T) {
	s, server := openS3(t)
	put(t, s, "2026/01/02/a.wav", sound(6<<20))
	var files []string
	_ = filepath.WalkDir(filepath.Join(server.Dir, storage.Bucket), func(path string, d os.DirEntry, _ error) error {
		if d != nil && !d.IsDir() {
			files = append(files, filepath.Base(path))
		}
		return nil
	})
	if !slices.Equal(files, []string{"a.wav"}) {
		t.Errorf("there are %v", files)
	}
}
