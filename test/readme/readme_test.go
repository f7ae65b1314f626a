package readme

import (
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"strowger/internal/config"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/webhook"
)

// notRun are commands of the page that this test does not run, and why.
var notRun = map[string]string{
	"make check": "it tests the tree that this test is part of",
	"make test":  "it runs this test",
}

// servers are commands of the page that go on until they are interrupted, and
// what each says when it is ready.
var servers = map[string]string{
	"make run": "/health/ready\n",
	"bin/strowger serve --config strowger.yaml": `"msg":"ready"`,
}

func TestEveryCommandOfTheReadmeWorksAsShownInAFreshClone(t *testing.T) {
	watch(t)
	page := readFile(t, "README.md")
	needPorts(t)
	c := newClone(t)
	ran := 0
	for _, b := range blocksOf(page) {
		switch b.language {
		case "sh":
			ran += c.block(b.text)
		case "text":
			c.requirePrinted(b.text)
		case "yaml":
			c.settings(b.text)
		case "js": // a line of a program; the whole one is in examples/reminder
		default:
			t.Errorf("README.md has a block of %q, and this test does not know what to do with it:\n%s", b.language, b.text)
		}
	}
	if want := len(servers) + 4; ran < want {
		t.Errorf("README.md has %d commands that can be run, want %d at least: this test does not know its form any more", ran, want)
	}
}

func TestTheReadmeNamesTheGoVersionAndThePortsOfDev(t *testing.T) {
	for _, page := range []string{"README.md", "CONTRIBUTING.md"} {
		text := readFile(t, page)
		version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(readFile(t, "go.mod"))[1]
		if !strings.Contains(text, "Go "+version+" or newer") {
			t.Errorf("%s does not say that Go %s is needed, as go.mod does", page, version)
		}
		for _, address := range devListeners() {
			if !strings.Contains(text, address.Port()) {
				t.Errorf("%s does not say that the port of %s must be free", page, address)
			}
		}
	}
}

// block is one fenced block of a page.
type block struct{ language, text string }

var fenced = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

func blocksOf(page string) []block {
	var all []block
	for _, m := range fenced.FindAllStringSubmatch(page, -1) {
		all = append(all, block{m[1], m[2]})
	}
	return all
}

// block runs the commands of an sh block and returns how many there were. A
// command that goes on stands in a block of its own.
func (c *clone) block(text string) int {
	c.t.Helper()
	var lines []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, " #")
		line = strings.TrimSpace(line)
		if notRun[line] == "" && line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 1 && servers[lines[0]] != "" {
		c.serve(lines[0], servers[lines[0]])
	} else if len(lines) > 0 {
		c.run(strings.Join(lines, "\n"))
	}
	return len(lines)
}

var took = regexp.MustCompile(`after [\d.]+m?s,`)

// requirePrinted compares what was printed last with what the page says that
// is printed: all of the end of it. How long it took and where the clone is
// differ from reader to reader.
func (c *clone) requirePrinted(want string) {
	c.t.Helper()
	got := strings.ReplaceAll(c.printed, c.dir, "/home/you/strowger")
	got, want = took.ReplaceAllString(got, "after …,"), took.ReplaceAllString(want, "after …,")
	if !strings.HasSuffix(strings.TrimSpace(got), strings.TrimSpace(want)) {
		c.t.Errorf("README.md shows\n%s\nand printed was\n%s", want, got)
	}
}

// settings writes strowger.yaml as the page shows it, with a carrier, an
// application and a certificate on this machine.
func (c *clone) settings(text string) {
	c.t.Helper()
	carrier := phone.Start(c.t, phone.Config{Name: "carrier"})
	app := webhook.New(c.t)
	for from, to := range map[string]string{
		"0.0.0.0":                        "127.0.0.1",
		"203.0.113.7":                    "127.0.0.1",
		"https://calls.example.com":      "https://127.0.0.1:8443",
		"sip.carrier.example:5060":       carrier.Address(),
		"https://app.example.com/events": app.URL("/events"),
	} {
		if !strings.Contains(text, from) {
			c.t.Errorf("the settings of README.md have no %s to put on this machine", from)
		}
		text = strings.ReplaceAll(text, from, to)
	}
	text += "outbound: {allow_networks: [\"127.0.0.0/8\"]}\n" // the application is on this machine
	c.write("strowger.yaml", []byte(text))
	c.certificate()
}

// certificate writes the pair that the settings name; httptest has one for 127.0.0.1.
func (c *clone) certificate() {
	c.t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pair := s.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		c.t.Fatal(err)
	}
	c.write("cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}))
	c.write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
}

func (c *clone) write(name string, content []byte) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), content, 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// devListeners are the addresses that `strowger dev` takes, beside those for media.
func devListeners() []*url.URL {
	dev := config.Dev()
	var all []*url.URL
	for _, address := range slices.Concat(dev.HTTP.Listen, dev.SIP.Listen, []string{dev.Operator.Listen, dev.Lab.Listen}) {
		u, err := url.Parse(address)
		if err != nil {
			panic(err) // our own constants
		}
		all = append(all, u)
	}
	return all
}

// needPorts fails when a port of the page is taken, perhaps by a developer's own dev.
func needPorts(t *testing.T) {
	t.Helper()
	for _, address := range devListeners() {
		var err error
		if address.Scheme == "udp" {
			var conn net.PacketConn
			if conn, err = net.ListenPacket("udp", address.Host); err == nil {
				conn.Close()
			}
		} else {
			var listener net.Listener
			if listener, err = net.Listen("tcp", address.Host); err == nil {
				listener.Close()
			}
		}
		if err != nil {
			t.Fatalf("README.md says that this port must be free, and it is not: %v", err)
		}
	}
}

// watch tells the test cache what the clone is made of.
func watch(t *testing.T) {
	t.Helper()
	folders := []string{"cmd", "internal", "examples", "test"}
	for i, folder := range folders {
		folders[i] = filepath.Join(server.Root(), folder)
	}
	if err := server.Watch(folders...); err != nil {
		t.Fatal(err)
	}
	readFile(t, "Makefile")
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(server.Root(), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
