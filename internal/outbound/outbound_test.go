package outbound

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func policy(networks ...string) *Policy {
	prefixes := make([]netip.Prefix, len(networks))
	for i, n := range networks {
		prefixes[i] = netip.MustParsePrefix(n)
	}
	return NewPolicy(prefixes)
}

func TestOnlyPublicAddressesMayBeCalled(t *testing.T) {
	public := []string{"8.8.8.8", "52.112.0.1", "::ffff:8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"}
	for _, text := range public {
		if err := policy().Admit(netip.MustParseAddr(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, reason := range map[string]string{
		"127.0.0.1":                "loopback",
		"127.255.255.254":          "loopback",
		"::1":                      "loopback",
		"::ffff:127.0.0.1":         "loopback",
		"64:ff9b::127.0.0.1":       "loopback",
		"64:ff9b::7f00:1":          "loopback",
		"64:ff9b:1::7f00:1":        "translation",
		"2002:7f00:1::":            "loopback",
		"::7f00:1":                 "loopback",
		"0.0.0.0":                  "this host",
		"0.1.2.3":                  "this host",
		"::":                       "this host",
		"10.1.2.3":                 "private",
		"172.16.0.1":               "private",
		"172.31.255.255":           "private",
		"192.168.1.1":              "private",
		"::ffff:192.168.1.1":       "private",
		"fd00:ec2::254":            "private",
		"169.254.169.254":          "link-local or metadata",
		"::ffff:169.254.169.254":   "link-local or metadata",
		"64:ff9b::169.254.169.254": "link-local or metadata",
		"168.63.129.16":            "metadata",
		"fe80::1":                  "link-local",
		"fe80::1%eth0":             "link-local",
		"fec0::1":                  "site-local",
		"100.64.0.1":               "shared",
		"100.100.100.200":          "shared",
		"224.0.0.1":                "multicast",
		"ff02::1":                  "multicast",
		"255.255.255.255":          "reserved",
		"240.0.0.1":                "reserved",
		"198.18.0.1":               "benchmarking",
		"192.0.2.1":                "documentation",
		"2001:db8::1":              "documentation",
		"2001:0:7f00:1::":          "protocol",
		"4000::1":                  "not a public",
	} {
		var refused *Refused
		if err := policy().Admit(netip.MustParseAddr(text)); !errors.As(err, &refused) || !strings.Contains(refused.Reason, reason) {
			t.Errorf("%s: got %v, want %q", text, err, reason)
		}
	}
	if err := policy().Admit(netip.Addr{}); err == nil {
		t.Error("no address at all is admitted")
	}
}

func TestAllowedNetworksMayBeCalledInAnySpelling(t *testing.T) {
	p := policy("127.0.0.0/8", "10.9.8.7/16", "fd00::/8")
	for _, text := range []string{"127.0.0.1", "::ffff:127.0.0.1", "10.9.1.1", "fd12::1"} {
		if err := p.Admit(netip.MustParseAddr(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{"10.10.0.1", "::1", "fe80::1", "64:ff9b::127.0.0.1"} {
		if err := p.Admit(netip.MustParseAddr(text)); err == nil {
			t.Errorf("%s is admitted", text)
		}
	}
}

func TestATargetIsToldWhatIsWrongWithIt(t *testing.T) {
	strict, dev := policy(), policy("127.0.0.0/8")
	for _, c := range []struct {
		policy  *Policy
		url     string
		schemes Schemes
		says    string // "" when it is fine
	}{
		{strict, "https://app.example/cb?k=1", HTTP, ""},
		{strict, "HTTPS://app.example:8443/cb", HTTP, ""},
		{strict, "wss://app.example/s", WebSocket, ""},
		{strict, "http://app.example/cb", HTTP, "is not https"},
		{strict, "http://8.8.8.8/cb", HTTP, "is not https"},
		{strict, "https://127.0.0.1/cb", HTTP, "loopback"},
		{strict, "https://[::ffff:10.0.0.1]/cb", HTTP, "private"},
		{strict, "https://[fe80::1%25eth0]/cb", HTTP, "link-local"},
		{strict, "wss://app.example/cb", HTTP, "not an absolute https"},
		{strict, "https://app.example/s", WebSocket, "not an absolute wss"},
		{strict, "ftp://app.example", HTTP, "not an absolute https"},
		{strict, "/cb", HTTP, "not an absolute https"},
		{strict, "app.example/cb", HTTP, "not an absolute https"},
		{strict, "", HTTP, "not an absolute https"},
		{strict, "https://", HTTP, "has no host"},
		{strict, "https:///cb", HTTP, "has no host"},
		{strict, "https://:443/cb", HTTP, "has no host"},
		{strict, "https://app.example:0/", HTTP, "no valid port"},
		{strict, "https://app.example:99999/", HTTP, "no valid port"},
		{strict, "https://app example/", HTTP, "not a valid URI"},
		{strict, "https://a/%zz", HTTP, "not a valid URI"},
		{strict, "https://a/" + strings.Repeat("x", 5000), HTTP, "longer than"},
		{dev, "http://127.0.0.1:9000/cb", HTTP, ""},
		{dev, "http://localhost:9000/cb", HTTP, ""}, // what it resolves to is judged later
		{dev, "ws://127.0.0.1:9000/", WebSocket, ""},
		{dev, "http://8.8.8.8/cb", HTTP, "is not https"},
		{dev, "http://10.0.0.1/cb", HTTP, "private"},
	} {
		_, err := c.policy.CheckURL(c.url, c.schemes)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%.60s: %v", c.url, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%.60s: got %v, want %q", c.url, err, c.says)
		}
	}
}

// TestTheDialerRefusesWhatANameHides calls a name, which CheckURL cannot
// judge, and finds that the server behind it is not reached.
func TestTheDialerRefusesWhatANameHides(t *testing.T) {
	reached := &atomic.Int32{}
	server := listen(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	for _, target := range []string{"http://localhost:" + port, "https://localhost:" + port} {
		_, err := get(t, policy("10.0.0.0/8").NewClient(ClientConfig{}), target)
		var refused *Refused
		if !errors.As(err, &refused) {
			t.Errorf("%s: got %v, want a refusal", target, err)
		}
	}
	if reached.Load() > 0 {
		t.Error("the server was reached")
	}
}

func TestAnAllowedServerIsReached(t *testing.T) {
	server := listen(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") })
	body, err := get(t, policy("127.0.0.0/8").NewClient(ClientConfig{}), server.URL)
	if err != nil || body != "here" {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestPlainConnectionsGoToAllowedNetworksOnly(t *testing.T) {
	if err := policy("127.0.0.0/8").admitTarget("tcp4", "8.8.8.8:80", true); err == nil {
		t.Error("a public address is called without TLS")
	}
	if err := policy().admitTarget("tcp4", "8.8.8.8:443", false); err != nil {
		t.Error(err)
	}
	if err := policy("127.0.0.0/8").admitTarget("udp4", "127.0.0.1:53", false); err == nil {
		t.Error("udp is let through")
	}
	if _, err := policy().DialPlain(context.Background(), "tcp", "127.0.0.1:1"); err == nil {
		t.Error("loopback is called")
	}
	var refused *Refused
	if _, err := policy().DialTLS(context.Background(), "tcp", "127.0.0.1:1"); !errors.As(err, &refused) {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestARedirectIsJudgedLikeAnyTarget(t *testing.T) {
	secret := &atomic.Int32{}
	inside, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	hidden := &httptest.Server{Listener: inside, Config: &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { secret.Add(1) })}}
	hidden.Start()
	t.Cleanup(hidden.Close)
	server := listen(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, hidden.URL, http.StatusFound) })

	_, err = get(t, policy("127.0.0.1/32").NewClient(ClientConfig{RedirectsMax: 3}), server.URL)
	var refused *Refused
	if !errors.As(err, &refused) || secret.Load() > 0 {
		t.Errorf("got %v, hidden server reached %d times", err, secret.Load())
	}
}

func TestRedirectsAreBoundedAndOffUnlessAskedFor(t *testing.T) {
	hops := &atomic.Int32{}
	server := listen(t, func(w http.ResponseWriter, r *http.Request) {
		hops.Add(1)
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	if _, err := get(t, policy("127.0.0.0/8").NewClient(ClientConfig{}), server.URL); err != nil || hops.Load() != 1 {
		t.Errorf("without redirects: %v after %d requests", err, hops.Load())
	}
	hops.Store(0)
	_, err := get(t, policy("127.0.0.0/8").NewClient(ClientConfig{RedirectsMax: 2}), server.URL)
	if err == nil || !strings.Contains(err.Error(), "more than 2 redirects") || hops.Load() != 3 {
		t.Errorf("with two: %v after %d requests", err, hops.Load())
	}
}

func TestARedirectFromHTTPSToHTTPIsNotFollowed(t *testing.T) {
	from := httptest.NewRequest("GET", "https://app.example/", nil)
	to := httptest.NewRequest("GET", "http://127.0.0.1/", nil)
	if err := (ClientConfig{RedirectsMax: 5}).checkRedirect(to, []*http.Request{from}); err == nil {
		t.Error("followed")
	}
}

func TestAServerThatNeverAnswersIsGivenUp(t *testing.T) {
	release := make(chan struct{})
	server := listen(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	_, err := get(t, policy("127.0.0.0/8").NewClient(ClientConfig{Timeout: 50 * time.Millisecond}), server.URL)
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("got %v, want a time-out", err)
	}
}

func TestTheProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	c := policy().NewClient(ClientConfig{})
	if c.Transport.(*client).Proxy != nil {
		t.Error("a proxy is used")
	}
}

func listen(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, c *http.Client, target string) (string, error) {
	t.Helper()
	defer c.CloseIdleConnections()
	answer, err := c.Get(target)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), err
}

func FuzzCheckURL(f *testing.F) {
	for _, u := range []string{"https://app.example/cb", "http://[::ffff:127.0.0.1%25x]:1/", "https://0x7f.1/", "//a", "https://127.1/"} {
		f.Add(u)
	}
	p := policy()
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := p.CheckURL(raw, HTTP)
		if err != nil {
			return
		}
		if u.Scheme != "https" || u.Hostname() == "" {
			t.Fatalf("%q is let through as %s", raw, u)
		}
		if addr, err := netip.ParseAddr(u.Hostname()); err == nil && p.Admit(addr) != nil {
			t.Fatalf("%q is let through to %s", raw, addr)
		}
	})
}

func FuzzAdmit(f *testing.F) {
	f.Add([]byte{127, 0, 0, 1})
	f.Add(netip.MustParseAddr("64:ff9b::7f00:1").AsSlice())
	f.Fuzz(func(t *testing.T, raw []byte) {
		addr, ok := netip.AddrFromSlice(raw)
		if !ok || policy().Admit(addr) != nil {
			return
		}
		if a := addr.Unmap(); a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() {
			t.Fatalf("%s is admitted", addr)
		}
		if s := addr.AsSlice(); len(s) == 16 && bytes.HasPrefix(s, netip.MustParseAddr("64:ff9b::").AsSlice()[:12]) && policy().Admit(netip.AddrFrom4([4]byte(s[12:]))) != nil {
			t.Fatalf("%s is admitted", addr)
		}
	})
}
