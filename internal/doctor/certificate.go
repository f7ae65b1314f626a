package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"strowger/internal/config"
	"strowger/internal/devca"
)

const soon = 14 * 24 * time.Hour

// certificate loads what https, tls and wss will show.
func certificate(_ context.Context, cfg config.Config) []Finding {
	switch {
	case !cfg.Encrypted():
		return nil
	case cfg.HTTP.TLS.Cert == "":
		return []Finding{developmentCA(cfg)}
	}
	subject := "certificate " + cfg.HTTP.TLS.Cert
	pair, err := tls.LoadX509KeyPair(cfg.HTTP.TLS.Cert, cfg.HTTP.TLS.Key)
	if err != nil {
		return []Finding{fail(subject, err, "http.tls.cert is a PEM chain with our certificate first, http.tls.key its key")}
	}
	left := time.Until(pair.Leaf.NotAfter)
	if left <= 0 || time.Until(pair.Leaf.NotBefore) > 0 {
		return []Finding{fail(subject, fmt.Errorf("is valid from %s to %s", day(pair.Leaf.NotBefore), day(pair.Leaf.NotAfter)), "renew it, and look at the clock")}
	}
	if host := publicHost(cfg); host != "" {
		if err := pair.Leaf.VerifyHostname(host); err != nil {
			return []Finding{fail(subject, err, "get a certificate for the host of http.public_url")}
		}
	}
	if left < soon {
		return []Finding{warn(subject, fmt.Errorf("ends on %s", day(pair.Leaf.NotAfter)), "renew it")}
	}
	return []Finding{ok(subject, "is good until %s", day(pair.Leaf.NotAfter))}
}

func developmentCA(cfg config.Config) Finding {
	const subject = "certificate"
	if _, err := os.Stat(filepath.Join(cfg.CADir(), devca.SecretFile)); err != nil {
		return ok(subject, "a development CA will be made in %s", cfg.CADir())
	}
	ca, err := devca.Open(cfg.CADir(), cfg.CertificateHosts(), time.Now)
	if err != nil {
		return fail(subject, err, "or set http.tls to a certificate of your own")
	}
	return ok(subject, "of the development CA; clients trust it with %s", ca.CAFile())
}

func publicHost(cfg config.Config) string {
	u, err := url.Parse(cfg.HTTP.PublicURL)
	if err != nil || u.Scheme != "https" {
		return ""
	}
	return u.Hostname()
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
