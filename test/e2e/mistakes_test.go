package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/port"
	"strowger/test/server"
	"strowger/test/wait"
	"strowger/test/webhook"
)

// mistake is one that everybody makes once. What the person who made it reads,
// in an answer, an event or the log, says what to do.
type mistake struct {
	name  string
	make  func(m *beginner) string // what the application is told, if anything
	told  []string                 // of that
	shown []string                 // in the server's log, which `strowger dev` has on its screen
}

var mistakes = []mistake{
	{"a wrong key", func(m *beginner) string { return m.python("bm90LXRoZS1rZXk=") },
		[]string{"the access key is none of this server's"}, []string{"the access key is none of this server's"}},
	{"a key that is not base64", func(m *beginner) string { return m.python("my secret!") },
		[]string{"it is base64: copy it whole"}, nil},
	{"a callback that cannot be reached", func(m *beginner) string {
		return m.api.CreateCall(fmt.Sprintf("http://127.0.0.1:%d/callback", port.Free()), m.echo(), nil).String()
	}, nil, []string{"connection refused", "see that the application listens at this address"}},
	{"no caller id", func(m *beginner) string {
		return m.api.CreateCall(m.app.URL("/callback"), m.echo(), client.Object{"sourceCallerIdNumber": nil}).String()
	}, []string{"sourceCallerIdNumber: is missing", "one of the numbers of a trunk, as +14255550100"}, nil},
	{"a wrong caller id", func(m *beginner) string {
		return m.api.CreateCall(m.app.URL("/callback"), []client.Object{number("+19990001")}, client.Object{
			"sourceCallerIdNumber": client.Object{"value": "+15559999999"},
		}).String()
	}, nil, []string{"the caller id is none of our numbers", "name one of the trunk's numbers as sourceCallerIdNumber"}},
	{"a number without its country", func(m *beginner) string { return m.failed(number("5550104")) },
		[]string{"5550104 has no country code: write the number as +14255550100"}, nil},
	{"a number that no trunk leads to", func(m *beginner) string { return m.failed(number("+4930123456")) },
		[]string{"no trunk has a prefix of +4930123456: see trunks.prefixes"}, nil},
	{"a file that is not there", func(m *beginner) string {
		empty := httptest.NewServer(http.NotFoundHandler())
		defer empty.Close()
		return m.played(empty.URL + "/prompt.wav")
	},
		[]string{"could not be downloaded. 404 Not Found"}, []string{"check that the URL answers with a WAV file"}},
	{"MP3 for WAV", func(m *beginner) string {
		return m.played(m.app.Serve("/prompt.wav", append([]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), make([]byte, 4096)...)))
	}, []string{"not a WAV file but an MP3 file; convert it to a WAV file: PCM, mono, 16 kHz"}, nil},
	{"a wrong api-version", func(m *beginner) string {
		return m.api.Do("POST", "/calling/callConnections?api-version=2024-01-01", client.Object{}).String()
	}, []string{`\"2024-01-01\" is not known: use one of `, client.Version}, []string{"is not known: use one of"}},
	{"a clock that is off by an hour", func(m *beginner) string {
		return m.api.CreateCall(m.app.URL("/callback"), m.echo(), nil, client.Date(time.Now().Add(-time.Hour))).String()
	}, []string{"away from the server's clock", "set the clock of the machine that is wrong"}, []string{"set the clock of the machine that is wrong"}},
	{"a certificate that is not trusted", func(m *beginner) string { return m.untrusting() },
		[]string{"CERTIFICATE_VERIFY_FAILED"}, []string{"a TLS handshake failed", "the application has to trust this server's certificate"}},
	{"no subscription", func(m *beginner) string {
		out, _ := labCall(m.t, "+14255550101", "--server", "udp://"+m.SIP)
		return out
	}, []string{"480", "nobody took the call in time"}, []string{"no subscription is told of an incoming call", "event_grid.subscriptions"}},
	{"an application that is not there", func(m *beginner) string {
		out, _ := labCall(m.t, ours, "--server", "udp://"+m.SIP)
		return out
	}, []string{"nobody took the call in time"}, []string{"the subscription is not validated", "start the application at this address"}},
}

func TestEveryTypicalMistakeIsToldWithWhatToDo(t *testing.T) {
	t.Parallel()
	trunk := carrier()
	trunk.Numbers = append(trunk.Numbers, "+14255550101")
	away := fmt.Sprintf("http://127.0.0.1:%d/events", port.Free())
	s := server.Start(t, server.Config{
		Lab: true, HTTPS: true, Trunks: []server.Trunk{trunk}, EventGrid: []server.Subscription{{URL: away, To: []string{ours}}},
	})
	for _, of := range mistakes {
		t.Run(of.name, func(t *testing.T) {
			t.Parallel()
			m := &beginner{&world{Server: s, t: t, app: webhook.New(t), api: client.New(t, s.URL, server.AccessKey)}}
			told := of.make(m)
			for _, want := range of.told {
				if !strings.Contains(told, want) {
					t.Errorf("the application is not told %q:\n%s", want, told)
				}
			}
			for _, want := range of.shown {
				if err := wait.Until(server.Patience, nil, func() bool { return strings.Contains(s.Log(), want) }); err != nil {
					t.Errorf("the log does not say %q", want)
				}
			}
		})
	}
}

// beginner makes mistakes in the world of a test.
type beginner struct{ *world }

func (m *beginner) echo() []client.Object { return []client.Object{number("+15550100")} }

// failed is what CreateCallFailed says of a call.
func (m *beginner) failed(to client.Object) string {
	m.t.Helper()
	return m.app.AwaitEvent(m.create(to), "CreateCallFailed").Text("resultInformation", "message")
}

// played is what the event says that ends a play.
func (m *beginner) played(uri string) string {
	m.t.Helper()
	connection := m.connected(m.echo()...)
	defer m.end(connection)
	return m.play(connection, uri, nil).Text("resultInformation", "message")
}

// python calls with the official SDK and another access key.
func (m *beginner) python(accessKey string) string {
	return m.sdk("endpoint="+m.SecureURL+"/;accesskey="+accessKey, "REQUESTS_CA_BUNDLE="+filepath.Join(m.DataDir, "ca", "ca.pem"))
}

// untrusting forgets what the screen of dev says of the certificate.
func (m *beginner) untrusting() string {
	return m.sdk("endpoint="+m.SecureURL+"/;accesskey="+server.AccessKey, "REQUESTS_CA_BUNDLE=")
}

func (m *beginner) sdk(connectionString, trust string) string {
	command := python(m.t, "create_call.py", connectionString, m.app.URL("/callback"), "+15550100", ours)
	command.Env = append(command.Env, trust)
	out, _ := command.CombinedOutput()
	return string(out)
}
