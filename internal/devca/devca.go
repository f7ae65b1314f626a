package devca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

const (
	authorityLife = 10 * 365 * 24 * time.Hour
	// Apple's and Chromium's verifiers refuse certificates of a private
	// authority that live longer than 825 days.
	serverLife = 365 * 24 * time.Hour
	renewAhead = 30 * 24 * time.Hour
)

// SecretFile is the name of the file that the authority lives in.
const SecretFile = "ca-key.pem"

// Authority issues the server certificate of this machine. Open makes one.
type Authority struct {
	file  string // ca.pem
	store string // truststore.p12
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	hosts []string
	now   func() time.Time

	mu     sync.Mutex
	server *tls.Certificate
}

// Open reads the authority in dir, or makes it there. hosts are further names
// and IP addresses that the server is reached by.
func Open(dir string, hosts []string, now func() time.Time) (*Authority, error) {
	a := &Authority{file: filepath.Join(dir, "ca.pem"), store: filepath.Join(dir, "truststore.p12"), now: now}
	a.hosts = slices.Concat([]string{"localhost", "127.0.0.1", "::1"}, hosts)
	if err := a.load(filepath.Join(dir, SecretFile)); err != nil {
		return nil, fmt.Errorf("development CA: %w", err)
	}
	return a, nil
}

// CAFile is the certificate that clients are to trust, for example with
// NODE_EXTRA_CA_CERTS.
func (a *Authority) CAFile() string { return a.file }

// TrustStoreFile is the same certificate for Java, which reads no PEM:
// javax.net.ssl.trustStore. It has no password.
func (a *Authority) TrustStoreFile() string { return a.store }

// TLSConfig is that of a server with the authority's certificate.
func (a *Authority) TLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return a.certificate() },
	}
}

// load reads the secret file, which holds certificate and key together so that
// a crash cannot leave one without the other, and writes the public files again
// when they are missing.
func (a *Authority) load(secretFile string) error {
	text, err := os.ReadFile(secretFile)
	if errors.Is(err, fs.ErrNotExist) {
		return a.make(secretFile)
	}
	if err != nil {
		return err
	}
	if a.cert, a.key, err = parsePair(text); err != nil {
		return fmt.Errorf("%s is damaged (%w); remove it and a new authority is made, which clients must trust anew", secretFile, err)
	}
	if a.now().Add(renewAhead).After(a.cert.NotAfter) {
		return a.make(secretFile)
	}
	return a.publish()
}

func (a *Authority) make(secretFile string) error {
	if err := os.MkdirAll(filepath.Dir(secretFile), 0o700); err != nil {
		return err
	}
	key, err := newKey()
	if err != nil {
		return err
	}
	template := a.template("Strowger development CA", authorityLife)
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign
	if a.cert, err = issue(template, template, key, key); err != nil {
		return err
	}
	a.key = key
	text, err := encodePair(a.cert, key)
	if err != nil {
		return err
	}
	if err := writeNew(secretFile, text, 0o600); err != nil {
		return err
	}
	return a.publish()
}

func (a *Authority) publish() error {
	store, err := encodeTrustStore(a.cert)
	if err != nil {
		return err
	}
	if err := writeNew(a.file, encodeCertificate(a.cert), 0o644); err != nil {
		return err
	}
	return writeNew(a.store, store, 0o644)
}

// certificate is the server's, made anew when its end is near.
func (a *Authority) certificate() (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.server != nil && a.now().Add(renewAhead).Before(a.server.Leaf.NotAfter) {
		return a.server, nil
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	template := a.template("Strowger development server", serverLife)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range a.hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else if host != "" {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	leaf, err := issue(template, a.cert, key, a.key)
	if err != nil {
		return nil, fmt.Errorf("server certificate: %w", err)
	}
	a.server = &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
	return a.server, nil
}

// template begins an hour ago: a client whose clock is slow accepts it too.
func (a *Authority) template(name string, life time.Duration) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	now := a.now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(life),
	}
}

func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func issue(template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
