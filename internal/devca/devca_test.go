package devca

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string, hosts ...string) *Authority {
	t.Helper()
	a, err := Open(dir, hosts, func() time.Time { return today })
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAClientThatTrustsTheFileIsServedUnderEveryName(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "ca"), "calls.example.org", "192.0.2.1")
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "calls.example.org", "192.0.2.1"} {
		if err := handshake(t, a, name); err != nil {
			t.Errorf("as %s: %v", name, err)
		}
	}
	if err := handshake(t, a, "elsewhere.example.org"); err == nil {
		t.Error("a name that was not asked for is served too")
	}
}

// handshake is that of a client that trusts the CA file and nothing else.
func handshake(t *testing.T, a *Authority, name string) error {
	t.Helper()
	text, err := os.ReadFile(a.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		t.Fatalf("%s holds no certificate", a.CAFile())
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", a.TLSConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	served := make(chan struct{})
	go func() {
		defer close(served)
		if conn, err := listener.Accept(); err == nil {
			defer conn.Close()
			conn.(*tls.Conn).Handshake()
		}
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := tls.Client(conn, &tls.Config{RootCAs: pool, ServerName: name, Time: func() time.Time { return today }})
	err = client.Handshake()
	conn.Close()
	<-served
	return err
}

func TestTheAuthorityIsKept(t *testing.T) {
	dir := t.TempDir()
	first, second := open(t, dir), open(t, dir)
	if !first.cert.Equal(second.cert) || !first.key.Equal(second.key) {
		t.Error("the second start made another authority")
	}
}

func TestOnlyTheOwnerReadsTheKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	a := open(t, dir)
	requireMode(t, filepath.Join(dir, "ca-key.pem"), 0o600)
	requireMode(t, dir, 0o700)
	requireMode(t, a.CAFile(), 0o644)
	requireMode(t, a.TrustStoreFile(), 0o644)
	text, err := os.ReadFile(a.CAFile())
	if err != nil || bytes.Contains(text, []byte("PRIVATE")) {
		t.Errorf("the public file holds a key: %s %v", text, err)
	}
}

func requireMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != want {
		t.Errorf("%s is %v, %v; want %v", path, info.Mode().Perm(), err, want)
	}
}

func TestTheServerCertificateIsRenewedWhileTheServerRuns(t *testing.T) {
	now := today
	a, err := Open(t.TempDir(), nil, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	serial := func() string {
		cert, err := a.certificate()
		if err != nil {
			t.Fatal(err)
		}
		return cert.Leaf.SerialNumber.String()
	}
	first := serial()
	now = today.Add(serverLife - renewAhead - time.Minute)
	if serial() != first {
		t.Error("renewed too early")
	}
	now = today.Add(serverLife - renewAhead + time.Minute)
	if serial() == first {
		t.Error("not renewed before its end")
	}
}

func TestAnAuthorityNearItsEndIsReplaced(t *testing.T) {
	dir := t.TempDir()
	old := open(t, dir)
	later, err := Open(dir, nil, func() time.Time { return today.Add(authorityLife - time.Hour) })
	if err != nil {
		t.Fatal(err)
	}
	if later.cert.Equal(old.cert) {
		t.Error("the old authority is still used")
	}
}

// Go reads no PKCS #12: that Java trusts what is in the store is shown by
// TestTheJavaSDKWorksWithWhatDevPrints. Here, that it holds the certificate.
func TestTheTrustStoreHoldsTheCertificateAndNoKey(t *testing.T) {
	a := open(t, t.TempDir())
	text, err := os.ReadFile(a.TrustStoreFile())
	if err != nil {
		t.Fatal(err)
	}
	secret, err := a.key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, a.cert.Raw) || bytes.Contains(text, secret) {
		t.Errorf("the trust store is %x", text)
	}
}

func TestAMissingPublicFileIsWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	if err := os.Remove(open(t, dir).CAFile()); err != nil {
		t.Fatal(err)
	}
	if err := handshake(t, open(t, dir), "localhost"); err != nil {
		t.Error(err)
	}
}

func TestADamagedAuthorityIsReportedAndKept(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	open(t, dir)
	open(t, other)
	secret := filepath.Join(dir, "ca-key.pem")
	mine, _ := os.ReadFile(secret)
	theirs, _ := os.ReadFile(filepath.Join(other, "ca-key.pem"))
	cut := bytes.Index(mine, []byte("-----BEGIN CERT"))
	swapped := append(bytes.Clone(mine[:cut]), theirs[bytes.Index(theirs, []byte("-----BEGIN CERT")):]...)
	for _, text := range [][]byte{nil, []byte("not PEM"), mine[:cut], swapped} {
		if err := os.WriteFile(secret, text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir, nil, time.Now)
		if err == nil || !strings.Contains(err.Error(), "is damaged") {
			t.Errorf("%.20q gives %v", text, err)
		}
		if kept, _ := os.ReadFile(secret); !bytes.Equal(kept, text) {
			t.Errorf("%.20q was replaced", text)
		}
	}
}
