package storage

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"strowger/test/port"
	"strowger/test/wait"
)

// Bucket is the name of the bucket, or container, that each store has.
const Bucket = "recordings"

// Patience is how long a store may take to start.
const Patience = 60 * time.Second

// Server is one store.
type Server struct {
	// Dir is where it keeps what it is given.
	Dir string
	// Environment is what the process needs that uses it.
	Environment []string

	t       testing.TB
	address string
	command func() *exec.Cmd
	process *exec.Cmd
	output  bytes.Buffer
}

// Credentials of the S3 server.
const (
	s3Key    = "strowger"
	s3Secret = "a-secret-of-these-tests"
)

// S3 starts versitygw with an empty bucket.
func S3(t testing.TB) *Server {
	s := &Server{Dir: t.TempDir(), Environment: []string{"AWS_ACCESS_KEY_ID=" + s3Key, "AWS_SECRET_ACCESS_KEY=" + s3Secret}, t: t}
	if err := os.Mkdir(filepath.Join(s.Dir, Bucket), 0o700); err != nil {
		t.Fatal(err)
	}
	s.address = fmt.Sprintf("127.0.0.1:%d", port.Free())
	s.command = func() *exec.Cmd {
		c := exec.Command(found(t, ".cache/versitygw-v1.8.0"), "--port", s.address, "posix", "--nometa", s.Dir)
		c.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s3Key, "ROOT_SECRET_KEY="+s3Secret)
		return c
	}
	s.Start()
	return s
}

// BucketURL is what recording.storage says to use the bucket of an S3 server.
func (s *Server) BucketURL() string { return bucketAt("http://" + s.address) }

func bucketAt(endpoint string) string {
	return "s3://" + Bucket + "?endpoint=" + endpoint + "&use_path_style=true&region=us-east-1"
}

// Held is a way to an S3 server that holds its first upload until Release.
type Held struct {
	BucketURL string
	Uploading chan struct{} // closed when the upload is held
	release   chan struct{}
	first     sync.Once
}

// Hold holds what comes to an S3 server by the BucketURL of Held.
func (s *Server) Hold() *Held {
	h := &Held{Uploading: make(chan struct{}), release: make(chan struct{})}
	there := &url.URL{Scheme: "http", Host: s.address}
	on := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(there)
		r.Out.Host = r.In.Host // which is signed
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			h.first.Do(func() {
				close(h.Uploading)
				<-h.release
			})
		}
		on.ServeHTTP(w, r)
	}))
	s.t.Cleanup(server.Close)
	h.BucketURL = bucketAt(server.URL)
	return h
}

// Release lets uploads go on.
func (h *Held) Release() { close(h.release) }

// Credentials of Azurite, which everybody knows.
const (
	azureAccount = "devstoreaccount1"
	azureKey     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// Azure starts Azurite with an empty container.
func Azure(t testing.TB) *Server {
	s := &Server{Dir: t.TempDir(), t: t}
	number := port.Free()
	s.address = fmt.Sprintf("127.0.0.1:%d", number)
	s.command = func() *exec.Cmd {
		return exec.Command("node", found(t, "test/storage/node_modules/azurite/dist/src/blob/main.js"), "--silent", "--skipApiVersionCheck", "--loose", "--disableTelemetry",
			"--location", s.Dir, "--blobHost", "127.0.0.1", "--blobPort", fmt.Sprint(number))
	}
	s.Start()
	if _, err := s.container().Create(context.Background(), nil); err != nil {
		t.Fatalf("make a container: %v", err)
	}
	return s
}

func (s *Server) container() *container.Client {
	s.t.Helper()
	key, err := container.NewSharedKeyCredential(azureAccount, azureKey)
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := container.NewClientWithSharedKeyCredential("http://"+s.address+"/"+azureAccount+"/"+Bucket, key, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// ContainerURL is a URL of the container of an Azure server that carries the right to
// write to it, for a time.
func (s *Server) ContainerURL(may sas.ContainerPermissions, lasting time.Duration) string {
	s.t.Helper()
	u, err := s.container().GetSASURL(may, time.Now().Add(lasting), &container.GetSASURLOptions{StartTime: new(time.Now().Add(-time.Hour))})
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// Read is a file in the container of an Azure server.
func (s *Server) Read(name string) []byte {
	s.t.Helper()
	r, err := s.container().NewBlobClient(name).DownloadStream(context.Background(), nil)
	if err != nil {
		s.t.Fatalf("read %s: %v", name, err)
	}
	defer r.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil {
		s.t.Fatalf("read %s: %v", name, err)
	}
	return b.Bytes()
}

// Names are the files in the container of an Azure server.
func (s *Server) Names() (names []string) {
	s.t.Helper()
	for pages := s.container().NewListBlobsFlatPager(nil); pages.More(); {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, b := range page.Segment.BlobItems {
			names = append(names, *b.Name)
		}
	}
	return names
}

// Start starts it, again when it was stopped. The test's end stops it.
func (s *Server) Start() {
	s.t.Helper()
	p := s.command()
	p.Stdout, p.Stderr = &s.output, &s.output
	if err := p.Start(); err != nil {
		s.t.Fatalf("start %s: %v", p.Path, err)
	}
	s.process = p
	s.t.Cleanup(func() { stop(p) })
	if err := wait.Until(Patience, nil, s.listens); err != nil {
		stop(p)
		s.t.Fatalf("%s does not listen: %v\n%s", p.Path, err, &s.output)
	}
}

func (s *Server) listens() bool {
	c, err := net.Dial("tcp", s.address)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// Stop ends it. What it was given is in its folder.
func (s *Server) Stop() { stop(s.process) }

// stop asks first: Azurite writes its index some seconds later, or when it is asked.
func stop(p *exec.Cmd) {
	_ = p.Process.Signal(syscall.SIGTERM)
	killed := time.AfterFunc(Patience, func() { _ = p.Process.Kill() })
	defer killed.Stop()
	_ = p.Wait()
}

// found is a file of the repository that make install brings.
func found(t testing.TB, name string) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(here), "../..", name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: make install", err)
	}
	return path
}
