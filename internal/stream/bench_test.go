package stream

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/mixer"
)

// asApplication is set in the environment of a process that is the other end of the
// benchmark's streams, so that what it costs is not counted.
const asApplication = "STREAM_BENCHMARK_APPLICATION"

func TestMain(m *testing.M) {
	if os.Getenv(asApplication) != "" {
		runApplication()
		return
	}
	os.Exit(m.Run())
}

// runApplication hears all, and says at /both, a second at once, in frames as the SDKs'
// samples cut them. It prints its address and its certificate, and ends with its input.
func runApplication() {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer socket.CloseNow()
		if r.URL.Path == "/both" {
			go talk(r.Context(), socket)
		}
		for {
			if _, _, err := socket.Read(r.Context()); err != nil {
				return
			}
		}
	}))
	fmt.Println(strings.Replace(s.URL, "https", "wss", 1))
	_ = pem.Encode(os.Stdout, &pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	_, _ = bufio.NewReader(os.Stdin).ReadByte()
	s.CloseClientConnections()
}

func talk(ctx context.Context, socket *websocket.Conn) {
	frame := fmt.Appendf(nil, `{"kind":"AudioData","audioData":{"data":%q}}`, sound(320, 4000))
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		for range 50 {
			if socket.Write(ctx, websocket.MessageText, frame) != nil {
				return
			}
		}
		<-second.C
	}
}

// startApplication starts the process, and gives its address and what trusts it.
func startApplication(b *testing.B) (string, *http.Client) {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), asApplication+"=1")
	in, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(); _ = command.Wait() })
	lines := bufio.NewScanner(out)
	lines.Scan()
	url, pool := lines.Text(), x509.NewCertPool()
	var certificate strings.Builder
	for lines.Scan() {
		fmt.Fprintln(&certificate, lines.Text())
		if strings.HasPrefix(lines.Text(), "-----END") {
			break
		}
	}
	pool.AppendCertsFromPEM([]byte(certificate.String()))
	return url, &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
}

// telephone is a leg without a network: it decodes and encodes G.711.
type telephone struct {
	decoder codec.Decoder
	encoder codec.Encoder
	says    [160]byte
	hears   [160]byte
}

func newTelephone(says byte) *telephone {
	p := &telephone{decoder: codec.PCMU.NewDecoder(""), encoder: codec.PCMU.NewEncoder("")}
	for i := range p.says {
		p.says[i] = says + byte(i%16)
	}
	return p
}

func (p *telephone) SampleRateHz() int { return media.Narrowband }

func (p *telephone) ReadFrame(dst []int16) bool {
	p.decoder.Decode(dst, p.says[:])
	return true
}

func (p *telephone) WriteFrame(frame []int16) { p.encoder.Encode(p.hears[:], frame) }

// everyones takes the signals of all streams.
type everyones chan call.Signal

func (c everyones) Signal(_ call.ID, sig call.Signal) { c <- sig }

// BenchmarkStreams has a hundred calls of two phones with G.711, on a clock and without a
// network, first without streams and then with one each, over TLS, to an application in a
// process of its own. It reports what a second of a leg costs in ms of processor time, and
// what the stream adds to it; and how many ticks an application was too slow for.
func BenchmarkStreams(b *testing.B) {
	for name, spec := range map[string]call.StreamSpec{
		"mixed": {}, "mixed-both-ways": {Bidirectional: true}, "unmixed": {Unmixed: true}, "unmixed-both-ways": {Unmixed: true, Bidirectional: true},
	} {
		b.Run(name, func(b *testing.B) {
			spec.RateHz, spec.URL = 16000, map[bool]string{true: "/both", false: "/one"}[spec.Bidirectional]
			for b.Loop() {
				measureStreams(b, spec)
			}
		})
	}
}

func measureStreams(b *testing.B, spec call.StreamSpec) {
	const calls, length = 100, 5 * time.Second
	const legSeconds = 2 * calls * float64(length/time.Second)
	url, client := startApplication(b)
	spec.URL = url + spec.URL
	signals := make(everyones, calls)
	streams := New(Config{Client: client, Token: func() (string, error) { return "token", nil }, Signals: signals, Log: slog.New(slog.DiscardHandler)})
	clock, rooms := media.NewClock(0), make([]*mixer.Room, calls)
	members := make([][2]*mixer.Member, calls)
	for i := range rooms {
		rooms[i] = mixer.NewRoom()
		for j, says := range []byte{0x90, 0xa0} {
			p := newTelephone(says)
			members[i][j] = rooms[i].Add(p, p)
		}
		clock.Attach(rooms[i])
	}
	ctx, cancel := context.WithCancel(b.Context())
	stopped := make(chan struct{})
	go func() { defer close(stopped); _ = clock.Run(ctx) }()
	<-time.After(time.Second) // all are ticked by now
	without := during(b, func() { <-time.After(length) })
	open := make([]*Stream, calls)
	for i, room := range rooms {
		open[i] = streams.Open(testCall, call.OpenStream{Connection: testConnection, Subscription: subscriptionID, Spec: spec}, room)
		for j, m := range members[i] {
			open[i].Joined(m, call.Address(fmt.Sprintf("4:+1425555010%d", j)))
		}
	}
	for range open {
		if opened, ok := (<-signals).(call.StreamOpened); !ok {
			b.Fatalf("got %T", opened)
		}
	}
	<-time.After(time.Second)
	with := during(b, func() { <-time.After(length) })
	dropped := uint64(0)
	for _, s := range open {
		s.Close()
	}
	streams.Wait()
	for _, s := range open {
		dropped += s.dropped.Load()
	}
	cancel()
	<-stopped
	b.ReportMetric(milliseconds(without)/legSeconds, "unstreamed-ms/leg-s")
	b.ReportMetric(milliseconds(with-without)/legSeconds, "stream-ms/leg-s")
	b.ReportMetric(float64(dropped), "dropped-ticks")
}

// during is how much processor time this process spends while f runs.
func during(b *testing.B, f func()) time.Duration {
	began := spent(b)
	f()
	return spent(b) - began
}

func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func BenchmarkParse(b *testing.B) {
	message := fmt.Appendf(nil, `{"Kind":"AudioData","AudioData":{"Data":%q,"Timestamp":"0001-01-01T00:00:00+00:00","Participant":null,"IsSilent":false},"StopAudio":null}`, sound(320, 4000))
	var into []int16
	b.ReportAllocs()
	for b.Loop() {
		h, err := parse(message, into[:0])
		if err != nil || len(h.samples) != 320 {
			b.Fatal(err)
		}
		into = h.samples
	}
}
