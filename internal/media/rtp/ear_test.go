package rtp

import (
	"net/netip"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/codec"
)

const frameTime = media.FrameDuration

var (
	farEnd   = netip.MustParseAddrPort("192.0.2.1:4000")
	stranger = netip.MustParseAddrPort("192.0.2.66:6666")
)

// basic is what most tests agree on.
func basic() Params {
	return Params{Remote: farEnd, Format: Format{Codec: codec.PCMU, PayloadType: 0}, EventPayloadType: 101}
}

// wire is a PacketIO without a network: it keeps what is sent, and its reader
// waits for nothing but to be woken.
type wire struct {
	woken  chan struct{}
	closed chan struct{}
	once   sync.Once

	mu   sync.Mutex
	sent []sentPacket
}

type sentPacket struct {
	header
	payload []byte
	to      netip.AddrPort
}

func newWire() *wire {
	return &wire{woken: make(chan struct{}, 1), closed: make(chan struct{})}
}

func (w *wire) ReadPacket([]byte) (int, netip.AddrPort, error) {
	select {
	case <-w.woken:
		return 0, netip.AddrPort{}, os.ErrDeadlineExceeded
	case <-w.closed:
		return 0, netip.AddrPort{}, os.ErrClosed
	}
}

func (w *wire) WritePacket(b []byte, to netip.AddrPort) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	h, payload, _ := parse(b)
	w.sent = append(w.sent, sentPacket{h, append([]byte(nil), payload...), to})
	return nil
}

func (w *wire) Wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

func (w *wire) LocalAddr() netip.AddrPort { return netip.MustParseAddrPort("192.0.2.2:5000") }

func (w *wire) Close() error {
	w.once.Do(func() { close(w.closed) })
	return nil
}

func (w *wire) last(t testing.TB) sentPacket {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.sent) == 0 {
		t.Fatal("nothing was sent")
	}
	return w.sent[len(w.sent)-1]
}

// newTestSession is a session whose packets the test hands in itself.
func newTestSession(t testing.TB, cfg Config) (*Session, *wire) {
	t.Helper()
	w := newWire()
	cfg.Transport = NewSymmetric(w)
	s := NewSession(cfg)
	if err := s.Update(basic()); err != nil {
		t.Fatal(err)
	}
	return s, w
}

// hears takes a packet as if the reader had read it from the socket.
func (s *Session) hears(packet []byte, from netip.AddrPort) {
	s.hearsAt(time.Now(), packet, from)
}

// hearsAt does so at another time than now.
func (s *Session) hearsAt(at time.Time, packet []byte, from netip.AddrPort) {
	t := s.cfg.Transport.(*Symmetric)
	t.take = s.in.take
	t.arrived(packet, from, at)
	s.tellDigits()
}

// datagram makes a packet.
func datagram(h header, payload []byte) []byte {
	b := make([]byte, headerSize, headerSize+len(payload))
	h.put(b)
	return append(b, payload...)
}

// ear is a session that hears numbered packets, each of one steady level by
// which it is known again.
type ear struct {
	*Session
	ssrc           uint32
	firstSequence  uint16
	firstTimestamp uint32
	packetSamples  int
	madeUp         time.Duration
}

func newEar(t *testing.T) *ear {
	s, _ := newTestSession(t, Config{})
	return &ear{Session: s, packetSamples: 160, firstSequence: 1000, firstTimestamp: 50000}
}

func (e *ear) arrive(n int) {
	payload := make([]byte, e.packetSamples)
	for i := range payload {
		payload[i] = level(n)
	}
	e.hears(datagram(header{
		sequence:  e.firstSequence + uint16(n),
		timestamp: e.firstTimestamp + uint32(n*e.packetSamples),
		ssrc:      e.ssrc,
	}, payload), farEnd)
}

// level is the µ-law code of packet n; there are 100 that differ.
func level(n int) byte { return 0xff - byte(1+n%100) }

// hear is the next frame: a packet's number, ~ or -.
func (e *ear) hear() string {
	var frame [160]int16
	if !e.ReadFrame(frame[:]) {
		defer func() { e.madeUp = e.Stats().Concealed }()
		if e.Stats().Concealed > e.madeUp {
			return "~"
		}
		return "-"
	}
	madeUp := e.madeUp
	e.madeUp = e.Stats().Concealed
	if e.madeUp-madeUp >= frameTime {
		return "~"
	}
	var code [1]byte
	codec.PCMU.NewEncoder("").Encode(code[:], frame[100:101])
	return strconv.Itoa(int(0xff-code[0]) - 1)
}
