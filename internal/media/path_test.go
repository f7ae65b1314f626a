package media_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"testing"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/dtmf"
	"strowger/internal/media/mixer"
	"strowger/internal/media/rtp"
)

// pipe is a PacketIO in lockstep: deliver returns when the session has dealt
// with the packet. It keeps the last packet sent, without allocating.
type pipe struct {
	in     chan []byte
	ready  chan struct{} // the reader asks for the next packet
	closed chan struct{}
	sent   int
	last   []byte
}

func newPipe() *pipe {
	return &pipe{in: make(chan []byte), ready: make(chan struct{}), closed: make(chan struct{}), last: make([]byte, 0, 1500)}
}

var peer = netip.MustParseAddrPort("192.0.2.1:4000")

func (p *pipe) ReadPacket(buf []byte) (int, netip.AddrPort, error) {
	select {
	case p.ready <- struct{}{}:
	case <-p.closed:
		return 0, netip.AddrPort{}, os.ErrClosed
	}
	select {
	case b := <-p.in:
		return copy(buf, b), peer, nil
	case <-p.closed:
		return 0, netip.AddrPort{}, os.ErrClosed
	}
}

// deliver expects the reader to be waiting in ReadPacket's second half.
func (p *pipe) deliver(b []byte) {
	p.in <- b
	<-p.ready
}

func (p *pipe) WritePacket(b []byte, _ netip.AddrPort) error {
	p.sent++
	p.last = append(p.last[:0], b...)
	return nil
}

func (p *pipe) Wake()                     {}
func (p *pipe) LocalAddr() netip.AddrPort { return peer }
func (p *pipe) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

// hall is a room with members whose packets the test makes.
type hall struct {
	room   *mixer.Room
	pipes  []*pipe
	packet [12 + 160]byte
	tick   uint32
}

func newHall(tb testing.TB, members, roomRateHz int) *hall {
	tb.Helper()
	h := &hall{room: mixer.NewRoom()}
	if roomRateHz > media.Narrowband {
		h.room.Add(guest(roomRateHz), nil)
	}
	h.packet[0] = 0x80
	for i := range 160 {
		h.packet[12+i] = byte(0x90 + i%16)
	}
	for range members {
		h.join(tb)
	}
	return h
}

// guest is a silent source of a rate, for which the room mixes at that rate.
type guest int

func (g guest) SampleRateHz() int      { return int(g) }
func (g guest) ReadFrame([]int16) bool { return false }

func (h *hall) join(tb testing.TB) {
	p := newPipe()
	s := rtp.NewSession(rtp.Config{Transport: rtp.NewSymmetric(p), MediaTimeout: time.Minute, OnDigit: func(dtmf.Digit, time.Time) {}})
	if err := s.Update(rtp.Params{Remote: peer, Format: rtp.Format{Codec: codec.PCMU}, EventPayloadType: 101}); err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	<-p.ready
	tb.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			tb.Error(err)
		}
	})
	h.room.Add(s, s)
	h.pipes = append(h.pipes, p)
}

// step is a whole tick: a packet from every member, then the room's turn.
func (h *hall) step() {
	h.tick++
	binary.BigEndian.PutUint16(h.packet[2:], uint16(h.tick))
	binary.BigEndian.PutUint32(h.packet[4:], 160*h.tick)
	for _, p := range h.pipes {
		p.deliver(h.packet[:])
	}
	h.room.Tick()
}

func TestFromPacketToPacketNothingIsAllocated(t *testing.T) {
	for _, rate := range []int{media.Narrowband, media.Wideband} {
		for _, members := range []int{2, 20} {
			h := newHall(t, members, rate)
			for range 5 {
				h.step()
			}
			if n := testing.AllocsPerRun(200, h.step); n != 0 {
				t.Errorf("%d members at %d Hz: %v allocations per tick", members, rate, n)
			}
			if sent := h.pipes[0].sent; sent < 200 {
				t.Errorf("only %d packets were sent", sent)
			}
		}
	}
}

func TestEveryoneHearsTheOtherAndNotThemselves(t *testing.T) {
	h := newHall(t, 2, media.Narrowband)
	silence := make([]byte, len(h.packet))
	copy(silence, h.packet[:])
	for i := range 160 {
		silence[12+i] = 0xff
	}
	// The first speaks, the second is silent.
	for n := range uint16(10) {
		for i, b := range [][]byte{h.packet[:], silence} {
			binary.BigEndian.PutUint16(b[2:], n)
			binary.BigEndian.PutUint32(b[4:], 160*uint32(n))
			h.pipes[i].deliver(b)
		}
		h.room.Tick()
	}
	if heard := h.pipes[0].last[12:]; string(heard) != string(silence[12:]) {
		t.Error("the speaker hears itself")
	}
	if heard := h.pipes[1].last[12:]; string(heard) != string(h.packet[12:]) {
		t.Error("the listener does not hear the speaker")
	}
}

// BenchmarkTick is RTP in → jitter ring → decode → mix-minus → encode → RTP
// out, without the kernel. Handing packets over channels is part of it.
func BenchmarkTick(b *testing.B) {
	for _, rate := range []int{media.Narrowband, media.Wideband} {
		for _, members := range []int{2, 100} {
			b.Run(fmt.Sprintf("members=%d/rate=%d", members, rate), func(b *testing.B) {
				h := newHall(b, members, rate)
				for range 5 {
					h.step()
				}
				b.ReportAllocs()
				for b.Loop() {
					h.step()
				}
			})
		}
	}
}
