package client

import (
	"net"
	"strings"
	"syscall"
)

// Raw is one connection on which a request was sent and whose answer nobody
// has read yet: it reports whether the answer has arrived.
type Raw struct {
	client *Client
	conn   *net.TCPConn
}

// Raw opens a connection.
func (c *Client) Raw() *Raw {
	c.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.endpoint, "http://"))
	if err != nil {
		c.t.Fatalf("open a connection: %v", err)
	}
	return &Raw{client: c, conn: conn.(*net.TCPConn)}
}

// Send sends a signed, repeatable request and reads nothing.
func (r *Raw) Send(method, path string, body any) {
	r.client.t.Helper()
	request := r.client.Request(method, path, body)
	Once()(request)
	r.client.Sign(request)
	request.Header.Set("User-Agent", "raw")
	if err := request.Write(r.conn); err != nil {
		r.client.t.Fatalf("%s %s: %v", method, path, err)
	}
}

// HasAnswer looks into the socket's buffer without waiting: on loopback, what
// the far end has written is there.
func (r *Raw) HasAnswer() bool {
	raw, err := r.conn.SyscallConn()
	if err != nil {
		return false
	}
	found := false
	err = raw.Read(func(fd uintptr) bool {
		n, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		found = err == nil && n > 0
		return true
	})
	return err == nil && found
}

// Close closes the connection.
func (r *Raw) Close() { _ = r.conn.Close() }
