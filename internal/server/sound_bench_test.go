package server

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"strowger/internal/config"
	"strowger/internal/sip/siptest"
	"strowger/test/client"
)

// rawPhone is somebody in a call whose sound is packets on a socket, without a jitter
// buffer or a clock of its own, so that it is known when each was sent and came.
type rawPhone struct {
	b    *testing.B
	conn *net.UDPConn
	to   *net.UDPAddr
	call *siptest.Call

	mu    sync.Mutex
	loud  bool          // what came last
	quiet int           // packets in a row that were not
	began chan struct{} // closed when something is heard after silence; nil: nobody waits
}

// scene is a server, an application and phones.
type scene struct {
	b     *testing.B
	api   *client.Client
	app   *callbacks
	phone *siptest.Phone
}

const benchPrefix = "+1777"

func newScene(b *testing.B) *scene {
	ports := siptest.Ports(b, 31000, 31098) // the phone's own, which nobody uses
	s := &scene{b: b, app: newCallbacks(), phone: siptest.NewPhone(b, "udp", ports)}
	b.Cleanup(s.app.Close)
	cfg := devConfig(b)
	cfg.Trunks = append(cfg.Trunks, config.Trunk{Name: "bench", Address: "sip:" + s.phone.Addr().String(), Prefixes: []string{benchPrefix}})
	info := launch(b, cfg)
	s.api = client.New(b, info.PublicURL, info.AccessKeys[0])
	return s
}

// dial has a phone in a call, and gives its connection.
func (s *scene) dial(more client.Object) (*rawPhone, string) {
	created := s.api.CreateCall(s.app.URL, []client.Object{client.Number(benchPrefix + "5550100")}, more)
	if created.Status != 201 {
		s.b.Fatalf("%v", created)
	}
	p := &rawPhone{b: s.b, call: s.phone.Called()}
	var err error
	if p.conn, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		s.b.Fatal(err)
	}
	s.b.Cleanup(func() { p.conn.Close() })
	p.to = mediaOf(s.b, string(p.call.In.Body))
	p.call.AnswerWith(fmt.Appendf(nil, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\na=ptime:20\r\n",
		p.conn.LocalAddr().(*net.UDPAddr).Port))
	go p.listen()
	id := created.Text("callConnectionId")
	s.app.await(id, "Microsoft.Communication.CallConnected")
	return p, id
}

// mediaOf is where an offer wants sound to be sent.
func mediaOf(b *testing.B, offer string) *net.UDPAddr {
	for line := range strings.Lines(offer) {
		var port int
		if n, _ := fmt.Sscanf(line, "m=audio %d", &port); n == 1 {
			return &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
		}
	}
	b.Fatalf("no sound is offered: %s", offer)
	return nil
}

func (p *rawPhone) listen() {
	packet := make([]byte, 2048)
	for {
		n, err := p.conn.Read(packet)
		if err != nil {
			return
		}
		p.hears(n > 12 && slices.ContainsFunc(packet[12:n], func(b byte) bool { return ^b&0x7f > 0x10 })) // G.711: 50 dB below the loudest
	}
}

func (p *rawPhone) hears(loud bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loud = loud
	if p.quiet++; loud {
		p.quiet = 0
		if p.began != nil {
			close(p.began)
			p.began = nil
		}
	}
}

// hearsNext waits for nothing to be heard for a while, and gives what is closed when
// something is.
func (p *rawPhone) hearsNext() <-chan struct{} {
	for {
		p.mu.Lock()
		if p.quiet >= 10 {
			defer p.mu.Unlock()
			p.began = make(chan struct{})
			return p.began
		}
		p.mu.Unlock()
		<-time.After(10 * time.Millisecond)
	}
}

// talk sends a packet every 20 ms until stop is closed. For each that is wanted the next one
// is loud, and it is said when that was sent.
func (p *rawPhone) talk(stop, wanted <-chan struct{}, said chan<- time.Time) {
	packet := make([]byte, 12+160)
	packet[0] = 0x80
	binary.BigEndian.PutUint32(packet[8:], rand.Uint32())
	began := time.Now()
	for n := 1; ; n++ {
		select {
		case <-stop:
			return
		case <-time.After(time.Until(began.Add(time.Duration(n) * 20 * time.Millisecond))):
		}
		binary.BigEndian.PutUint16(packet[2:], uint16(n))
		binary.BigEndian.PutUint32(packet[4:], uint32(160*n))
		sound := []byte{0xff}
		select {
		case <-wanted:
			sound = []byte{0x90, 0x90, 0x90, 0x90, 0x10, 0x10, 0x10, 0x10} // 1 kHz
			said <- time.Now()
		default:
		}
		copy(packet[12:], bytes.Repeat(sound, 160/len(sound)))
		if _, err := p.conn.WriteToUDP(packet, p.to); err != nil {
			return
		}
	}
}

// earpiece is an application's end of streams.
type earpiece struct {
	*httptest.Server
	sockets chan heardSocket
}

// heardSocket is one of them, with when each sound began that came over it.
type heardSocket struct {
	*websocket.Conn
	began chan time.Time
}

func newEarpiece(b *testing.B) *earpiece {
	l := &earpiece{sockets: make(chan heardSocket)}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := websocket.Accept(w, r, nil)
		if err != nil {
			b.Error(err)
			return
		}
		s := heardSocket{socket, make(chan time.Time, 100)}
		l.sockets <- s
		s.hear(b)
	}))
	b.Cleanup(l.Close)
	return l
}

func (s heardSocket) hear(b *testing.B) {
	quiet := 0
	for {
		_, message, err := s.Read(b.Context())
		if err != nil {
			return
		}
		at := time.Now()
		var m struct{ AudioData struct{ Data []byte } }
		if err := json.Unmarshal(message, &m); err != nil {
			b.Error(err)
		}
		loud := false
		for d := m.AudioData.Data; len(d) > 1; d = d[2:] {
			loud = loud || int16(binary.LittleEndian.Uint16(d)) > 1000
		}
		if quiet++; loud {
			if quiet > 3 {
				s.began <- at
			}
			quiet = 0
		}
	}
}

// delays are how long sound took between phones and streams.
type delays struct {
	mu       sync.Mutex
	to, from []time.Duration
	lost     int // on the way to a stream: a machine that is too busy leaves some out
}

// each is how many sounds are sent either way in a call.
const each = 25

func (d *delays) toSocket(p *rawPhone, socket heardSocket) {
	stop, wanted, said := make(chan struct{}), make(chan struct{}), make(chan time.Time, 1)
	go p.talk(stop, wanted, said)
	defer close(stop)
	<-time.After(2 * time.Second) // until the jitter buffer has found its size
	for range each {
		<-time.After(200 * time.Millisecond)
		wanted <- struct{}{}
		began := <-said
		select {
		case heard := <-socket.began:
			d.mu.Lock()
			d.to = append(d.to, heard.Sub(began))
			d.mu.Unlock()
		case <-time.After(time.Second):
			d.mu.Lock()
			d.lost++
			d.mu.Unlock()
		}
	}
}

func (d *delays) fromSocket(p *rawPhone, socket heardSocket, message []byte) {
	for range each {
		began := p.hearsNext()
		<-time.After(rand.N(20 * time.Millisecond))
		at := time.Now()
		if err := socket.Write(p.b.Context(), websocket.MessageText, message); err != nil {
			p.b.Error(err)
		}
		<-began
		d.mu.Lock()
		d.from = append(d.from, time.Since(at))
		d.mu.Unlock()
	}
}

// BenchmarkStreamDelay has calls with a phone and a stream each, and reports how long it
// takes from a packet of the phone's to the message that has its sound, and from a message
// of a tenth of a second to the first packet that has some of it, in milliseconds. The 20 ms
// for which a packet or a message is filled come before.
func BenchmarkStreamDelay(b *testing.B) {
	const calls = 8
	s, app := newScene(b), newEarpiece(b)
	loud := make([]byte, 3200)
	for i := range loud {
		loud[i] = byte(0x20 * (i % 2) * (i / 16 % 2)) // 0 and 0x2000 in turn, 1 kHz
	}
	message := fmt.Appendf(nil, `{"kind":"AudioData","audioData":{"data":%q}}`, base64.StdEncoding.EncodeToString(loud))
	var d delays
	for b.Loop() {
		var all sync.WaitGroup
		for range calls {
			p, id := s.dial(client.Object{"mediaStreamingOptions": client.Object{
				"transportType": "websocket", "transportUrl": strings.Replace(app.URL, "http", "ws", 1), "audioChannelType": "mixed", "contentType": "audio",
				"startMediaStreaming": true, "enableBidirectional": true, "audioFormat": "pcm16KMono"}})
			socket := <-app.sockets
			all.Go(func() {
				d.toSocket(p, socket)
				d.fromSocket(p, socket, message)
				s.api.Terminate(id)
				_ = socket.CloseNow()
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64(d.lost), "lost-sounds")
	reportTimes(b, "phone-to-socket", d.to)
	reportTimes(b, "socket-to-phone", d.from)
}

// BenchmarkPrompt has text spoken by the default engine, and reports how long it takes from
// the request to the first packet that is heard, in milliseconds: of a text that was never
// spoken before, and of one that was.
func BenchmarkPrompt(b *testing.B) {
	s := newScene(b)
	p, id := s.dial(nil)
	spent := map[string][]time.Duration{}
	play := func(name, text string) {
		heard := p.hearsNext()
		began := time.Now()
		if got := s.api.Verb(id, ":play", client.Object{"playTo": []client.Object{}, "playSources": []client.Object{
			{"kind": "text", "text": client.Object{"text": text, "voiceName": "en-US-JennyNeural"}}}}); got.Status != 202 {
			b.Fatalf("%v", got)
		}
		<-heard
		spent[name] = append(spent[name], time.Since(began))
		s.api.Verb(id, ":cancelAllMediaOperations", nil)
	}
	n := 0
	for b.Loop() {
		for range 20 {
			n++
			text := fmt.Sprintf("Hello, you are number %d in the queue, and we will be with you shortly.", n)
			play("new", text)
			play("known", text)
		}
	}
	for name, all := range spent {
		reportTimes(b, name, all)
	}
}
