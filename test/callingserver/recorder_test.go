package callingserver_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	cs "strowger/test/callingserver"
)

// What golden requests are made with. The key is public and opens nothing.
const (
	connectionString = "endpoint=http://contoso.communication.test/;accesskey=Z29sZGVuIHJlcXVlc3RzIG5lZWQgYSBmaXhlZCBrZXk="
	requestID        = "5d9a2b1e-0c3f-4e57-8a61-7b2f4c6d8e90"
)

// recorder takes one connection after the other and keeps the bytes of each request.
type recorder struct {
	listener net.Listener
	requests chan []byte
}

func record(t *testing.T) *recorder {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{listener: listener, requests: make(chan []byte, 1)}
	done := make(chan struct{})
	go func() { defer close(done); r.serve() }()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return r
}

func (r *recorder) serve() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		var raw bytes.Buffer
		request, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &raw)))
		if err == nil {
			_, _ = io.Copy(io.Discard, request.Body)
		}
		r.requests <- raw.Bytes()
		_, _ = io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		_ = conn.Close()
	}
}

// config is one that leads to the recorder, always at the same moment.
func (r *recorder) config() cs.Config {
	return cs.Config{
		Now:   func() time.Time { return time.Date(2021, 10, 6, 12, 0, 0, 0, time.UTC) },
		NewID: func() string { return requestID },
		HTTP: &http.Client{Transport: &http.Transport{
			DisableCompression: true,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, r.listener.Addr().String())
			},
		}},
	}
}
