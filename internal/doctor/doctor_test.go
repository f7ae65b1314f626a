package doctor

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/config"
	"strowger/internal/descriptors"
	"strowger/internal/devca"
)

// settings are those of a server that nobody disturbs: ports that the system
// chooses, a directory of its own.
func settings(t *testing.T) config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.DataDir = filepath.Join(t.TempDir(), "data")
	cfg.HTTP.Listen = []string{"http://127.0.0.1:0"}
	cfg.SIP.Listen = []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"}
	first := freePair(t)
	cfg.RTP.Ports = config.PortRange{First: first, Last: first + 1}
	return cfg
}

// freePair finds an even port that is free with the one above it.
func freePair(t *testing.T) int {
	t.Helper()
	for range 100 {
		conn, err := net.ListenPacket("udp4", ":0")
		if err != nil {
			t.Fatal(err)
		}
		port := conn.LocalAddr().(*net.UDPAddr).Port &^ 1
		conn.Close()
		if port > 1024 && echo(port) == nil {
			return port
		}
	}
	t.Fatal("no free pair of ports")
	return 0
}

func requireFinding(t *testing.T, findings []Finding, subject string, level Level, part string) {
	t.Helper()
	for _, f := range findings {
		if !strings.HasPrefix(f.Subject, subject) {
			continue
		}
		if f.Level != level || !strings.Contains(f.Message+f.Advice, part) {
			t.Errorf("%s is %s: %s → %s; want %s with %q", f.Subject, f.Level, f.Message, f.Advice, level, part)
		}
		if (f.Level == OK) != (f.Advice == "") {
			t.Errorf("%s is %s, its advice is %q", f.Subject, f.Level, f.Advice)
		}
		return
	}
	t.Errorf("nothing was found about %s in %+v", subject, findings)
}

func TestAGoodMachineIsHealthyAndLeftAsItWas(t *testing.T) {
	cfg := settings(t)
	cfg.HTTP.Listen = append(cfg.HTTP.Listen, "https://127.0.0.1:0")
	report := Examine(t.Context(), cfg)
	if !report.Healthy() {
		t.Errorf("not healthy: %+v", report)
	}
	for _, subject := range []string{"data_dir", "http http://", "http https://", "sip udp://", "sip tcp://", "rtp", "certificate"} {
		requireFinding(t, report, subject, OK, "")
	}
	if _, err := os.Stat(cfg.DataDir); err == nil {
		t.Error("the doctor made the data directory")
	}
	if left, err := os.ReadDir(filepath.Dir(cfg.DataDir)); err != nil || len(left) != 0 {
		t.Errorf("the doctor left %v, %v", left, err)
	}
}

func TestAPortThatAnotherProgramHoldsFails(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	cfg := settings(t)
	cfg.SIP.Listen = []string{"tcp://" + tcp.Addr().String(), "udp://" + udp.LocalAddr().String()}
	found := listeners(t.Context(), cfg)
	requireFinding(t, found, "sip tcp://", Fail, "another program holds the port")
	requireFinding(t, found, "sip udp://", Fail, "another program holds the port")
}

func TestTheStrowgerThatIsRunningIsRecognised(t *testing.T) {
	running := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/health/live" {
			fmt.Fprint(w, `{"status":"live"}`)
		}
	}))
	defer running.Close()
	cfg := settings(t)
	cfg.HTTP.Listen = []string{running.URL}
	requireFinding(t, listeners(t.Context(), cfg), "http "+running.URL, OK, "held by the Strowger that is running")
}

func TestAnAddressOfAnotherMachineFails(t *testing.T) {
	cfg := settings(t)
	cfg.SIP.Listen = []string{"udp://192.0.2.1:5060"}
	requireFinding(t, listeners(t.Context(), cfg), "sip udp://192.0.2.1", Fail, "does not have the address")
}

func TestMediaPortsThatAreTakenAreTold(t *testing.T) {
	cfg := settings(t)
	requireFinding(t, media(t.Context(), cfg), "rtp", OK, "room for 1 legs")
	taken, err := net.ListenPacket("udp4", fmt.Sprintf(":%d", cfg.RTP.Ports.First))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	requireFinding(t, media(t.Context(), cfg), "rtp", Fail, "are taken")
}

func TestTooFewOpenFilesAreTold(t *testing.T) {
	w := descriptors.Wanted{Media: 5000, HTTP: 4096, Callbacks: 2048}
	requireFinding(t, []Finding{room("open files", 1024, w)}, "open files", Warn, "asks for 5000")
	requireFinding(t, []Finding{room("open files", 20_000, w)}, "open files", Warn, "http.max_connections asks for 4096")
	requireFinding(t, []Finding{room("open files", 1<<20, w)}, "open files", OK, "5000 legs")
	if found := files(t.Context(), settings(t)); len(found) != 1 {
		t.Errorf("found %v", found)
	}
}

func TestADirectoryThatCannotBeWrittenFails(t *testing.T) {
	cfg := settings(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.DataDir = filepath.Join(file, "data")
	requireFinding(t, storage(t.Context(), cfg), "data_dir", Fail, "")
	cfg.DataDir = file
	requireFinding(t, storage(t.Context(), cfg), "data_dir", Fail, "is not a directory")
}

func TestABucketIsProvedByAFile(t *testing.T) {
	cfg := settings(t)
	dir := t.TempDir()
	cfg.Recording.Storage = "file://" + filepath.ToSlash(dir)
	requireFinding(t, recordings(t.Context(), cfg), "recording.storage file://", OK, "written, read and deleted")
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("the doctor left %v, %v", left, err)
	}
	cfg.Recording.Storage += "/nothing"
	requireFinding(t, recordings(t.Context(), cfg), "recording.storage file://", Fail, "recording.storage")
	cfg.Recording.Storage = "s3://recordings?region=eu-west-1&surprise=secret"
	requireFinding(t, recordings(t.Context(), cfg), "recording.storage s3://", Fail, "recording.storage")
}

func TestWhatIsMissingToRecordIsNamed(t *testing.T) {
	missing := func(f call.RecordingFormat) error {
		return fmt.Errorf("%s cannot be used (install the Debian package libmp3lame0)", f)
	}
	requireFinding(t, formats(missing), "recordings mp3", Warn, "libmp3lame0")
	requireFinding(t, formats(func(call.RecordingFormat) error { return nil }), "recordings mp4", OK, "")
}

func TestCertificatesAreRead(t *testing.T) {
	cfg := settings(t)
	requireFinding(t, certificate(t.Context(), cfg), "certificate", OK, "will be made") // plain HTTP on this machine takes TLS too
	cfg.HTTP.Listen = []string{"http://192.0.2.1:80"}
	if found := certificate(t.Context(), cfg); found != nil {
		t.Errorf("without TLS it found %v", found)
	}
	cfg.HTTP.Listen = []string{"https://127.0.0.1:0"}
	requireFinding(t, certificate(t.Context(), cfg), "certificate", OK, "will be made in "+cfg.CADir())
	ca, err := devca.Open(cfg.CADir(), nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	requireFinding(t, certificate(t.Context(), cfg), "certificate", OK, ca.CAFile())

	cfg.HTTP.TLS = config.TLS{Cert: ca.CAFile(), Key: filepath.Join(cfg.CADir(), devca.SecretFile)}
	requireFinding(t, certificate(t.Context(), cfg), "certificate", OK, "is good until")
	cfg.HTTP.PublicURL = "https://calls.example.org"
	requireFinding(t, certificate(t.Context(), cfg), "certificate", Fail, "a certificate for the host of http.public_url")
	cfg.HTTP.TLS.Key = ca.CAFile()
	requireFinding(t, certificate(t.Context(), cfg), "certificate", Fail, "http.tls.key")

	old, err := devca.Open(t.TempDir(), nil, func() time.Time { return time.Now().AddDate(-11, 0, 0) })
	if err != nil {
		t.Fatal(err)
	}
	cfg.HTTP.PublicURL = ""
	cfg.HTTP.TLS = config.TLS{Cert: old.CAFile(), Key: filepath.Join(filepath.Dir(old.CAFile()), devca.SecretFile)}
	requireFinding(t, certificate(t.Context(), cfg), "certificate", Fail, "renew it")
}

func TestWebhooksAreConnectedToAndNotCalled(t *testing.T) {
	called := false
	application := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	strange := httptest.NewTLSServer(http.NotFoundHandler())
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	defer strange.Close()
	cfg := settings(t)
	cfg.EventGrid.Subscriptions = []config.Subscription{{URL: application.URL}, {URL: strange.URL}, {URL: closed.URL}}

	requireFinding(t, webhooks(t.Context(), cfg), "webhook "+application.URL, Fail, "outbound.allow_networks")
	cfg.Outbound.AllowNetworks = []string{"127.0.0.0/8"}
	found := webhooks(t.Context(), cfg)
	requireFinding(t, found, "webhook "+application.URL, OK, "can be reached")
	requireFinding(t, found, "webhook "+strange.URL, Warn, "its certificate")
	requireFinding(t, found, "webhook "+closed.URL, Warn, "start the application")
	application.Close() // waits for its handlers
	if called {
		t.Error("the application was called")
	}
}

func TestEnginesOfSpeechAreProved(t *testing.T) {
	cfg := settings(t)
	found := spoken(t.Context(), cfg)
	requireFinding(t, found, "speech flite", OK, "")
	requireFinding(t, found, "speech espeak-ng", OK, "")

	t.Setenv("PATH", t.TempDir())
	requireFinding(t, spoken(t.Context(), cfg), "speech espeak-ng", Warn, "apt-get install espeak-ng")

	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no key", http.StatusUnauthorized) }))
	defer refusing.Close()
	cfg.Speech.Synthesizer = config.Synthesizer{Engine: "http", URL: refusing.URL}
	requireFinding(t, spoken(t.Context(), cfg), "speech http", Fail, "speech.synthesizer.key")
}

func TestEnginesOfRecognitionAreProvedWithASentence(t *testing.T) {
	cfg := settings(t)
	for _, c := range []struct {
		recognizer config.Recognizer
		level      Level
		want       string
	}{
		{config.Recognizer{Engine: "pocketsphinx"}, OK, `it heard "This is your telephone exchange."`},
		{config.Recognizer{Engine: "process", Command: []string{"echo", "this is YOUR telephone, exchange"}}, OK, `it heard "this is YOUR telephone, exchange"`},
		{config.Recognizer{Engine: "process", Command: []string{"echo", "his sister telephones"}}, Warn, "better model"},
		{config.Recognizer{Engine: "process", Command: []string{"false"}}, Fail, "speech.recognizer.command"},
		{config.Recognizer{Engine: "process", Command: []string{"false"}, Languages: []string{"de"}}, OK, "for de alone"},
		{config.Recognizer{Engine: "http", URL: "http://127.0.0.1:1/"}, Fail, "speech.recognizer.url"},
		{config.Recognizer{Engine: "wyoming", URL: "tcp://127.0.0.1:1"}, Fail, "wyoming-faster-whisper"},
		{config.Recognizer{Engine: "websocket", URL: "ws://127.0.0.1:1"}, Fail, "Vosk"},
	} {
		cfg.Speech.Recognizer = c.recognizer
		requireFinding(t, heard(t.Context(), cfg), "recognition "+c.recognizer.Engine, c.level, c.want)
	}
	cfg.Speech.Recognizer = config.Recognizer{Engine: "none"}
	if found := heard(t.Context(), cfg); len(found) != 0 {
		t.Errorf("of no engine it is found %v", found)
	}
	cfg.Speech.Recognizer = config.Recognizer{Engine: "process", Command: []string{"echo"}}
	cfg.Speech.Synthesizer = config.Synthesizer{Engine: "process", Command: []string{"false"}}
	requireFinding(t, heard(t.Context(), cfg), "recognition process", Warn, "nothing could be said to it")
}

func TestATrunkIsAskedWithOptions(t *testing.T) {
	carrier, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan string, 1)
	go answer(carrier, "403 Forbidden", asked)
	cfg := settings(t)
	cfg.Trunks = []config.Trunk{{Name: "carrier", Address: "sip:" + carrier.LocalAddr().String() + ";transport=udp"}}
	requireFinding(t, trunks(t.Context(), cfg), "trunk carrier", OK, "403")
	if request := <-asked; !strings.HasPrefix(request, "OPTIONS sip:127.0.0.1:") {
		t.Errorf("it was asked\n%s", request)
	}
	carrier.Close()

	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	cfg.Trunks[0].Address = "sip:" + closed.Addr().String() + ";transport=tcp"
	requireFinding(t, trunks(t.Context(), cfg), "trunk carrier", Warn, "firewall")
}

func TestATrunkElsewhereCannotReachAListenerOnThisMachineOnly(t *testing.T) {
	cfg := settings(t)
	cfg.Trunks = []config.Trunk{{Name: "carrier", Address: "sip:sbc.example.org"}}
	requireFinding(t, trunks(t.Context(), cfg), "trunk carrier", Fail, "sip.external_ip")
}

// answer answers every request with one status, as RFC 3261 8.2.6 copies it.
func answer(conn net.PacketConn, status string, asked chan<- string) {
	buffer := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		request := string(buffer[:n])
		var response bytes.Buffer
		fmt.Fprintf(&response, "SIP/2.0 %s\r\n", status)
		for line := range strings.SplitSeq(request, "\r\n") {
			for _, name := range []string{"Via:", "From:", "Call-ID:", "CSeq:"} {
				if strings.HasPrefix(line, name) {
					response.WriteString(line + "\r\n")
				}
			}
			if strings.HasPrefix(line, "To:") {
				response.WriteString(line + ";tag=far\r\n")
			}
		}
		response.WriteString("Content-Length: 0\r\n\r\n")
		conn.WriteTo(response.Bytes(), from)
		select {
		case asked <- request:
		default:
		}
	}
}

func TestTheReportCanBeReadAndActedOn(t *testing.T) {
	report := Report{ok("one", "is fine"), warn("another", errors.New("is slow"), "buy a faster one")}
	if !report.Healthy() {
		t.Error("a warning is no failure")
	}
	var out bytes.Buffer
	if err := report.Print(&out); err != nil {
		t.Fatal(err)
	}
	want := "ok    one      is fine\nwarn  another  is slow\n               → buy a faster one\n"
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
	if (Report{fail("x", errors.New("y"), "z")}).Healthy() {
		t.Error("a failure is healthy")
	}
}
