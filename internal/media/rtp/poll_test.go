package rtp

import (
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/media/dtmf"
)

// mailbox is a wire whose packets wait until they are polled.
type mailbox struct {
	*wire

	mu      sync.Mutex
	waiting []letter
}

type letter struct {
	packet []byte
	posted time.Time
}

func (m *mailbox) post(packet []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = append(m.waiting, letter{packet, time.Now()})
}

func (m *mailbox) Poll(take func([]byte, netip.AddrPort, time.Time)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.waiting {
		take(l.packet, farEnd, l.posted)
	}
	m.waiting = nil
}

// newPolledSession is a session whose packets wait in a mailbox.
func newPolledSession(t *testing.T, cfg Config) (*Session, *mailbox) {
	t.Helper()
	m := &mailbox{wire: newWire()}
	cfg.Transport = NewSymmetric(m)
	s := NewSession(cfg)
	if err := s.Update(basic()); err != nil {
		t.Fatal(err)
	}
	return s, m
}

// key is a whole telephone event in one packet.
func key(sequence uint16, code byte) []byte {
	return datagram(header{payloadType: 101, marker: true, sequence: sequence, timestamp: 1600 * uint32(sequence)}, []byte{code, 0x8a, 0, 160})
}

func TestWhatWaitsInTheSocketIsHeardInTheSameFrame(t *testing.T) {
	s, m := newPolledSession(t, Config{})
	m.post(datagram(header{sequence: 1}, make([]byte, 160)))
	if !s.ReadFrame(make([]int16, 160)) {
		t.Error("nothing was heard")
	}
}

func TestADigitThatTheClockFindsIsToldByTheReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ticking sync.Mutex
		digits := make(chan dtmf.Digit, 4)
		s, m := newPolledSession(t, Config{OnDigit: func(d dtmf.Digit, _ time.Time) {
			ticking.Lock() // as a callback that waits for the clock would
			defer ticking.Unlock()
			digits <- d
		}})
		running := start(s)
		m.post(key(1, 5))
		m.post(key(2, 6))
		ticking.Lock()
		s.ReadFrame(make([]int16, 160))
		if len(digits) != 0 {
			t.Error("told on the clock")
		}
		ticking.Unlock()
		synctest.Wait()
		if len(digits) != 2 || <-digits != '5' || <-digits != '6' {
			t.Errorf("%d digits, or not in order", len(digits))
		}
		running.stop(t)
	})
}

func TestTheLastKeyBeforeHangingUpIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		digits := make(chan dtmf.Digit, 4)
		s, m := newPolledSession(t, Config{OnDigit: func(d dtmf.Digit, _ time.Time) { digits <- d }})
		running := start(s)
		synctest.Wait()
		m.post(key(1, 9))
		_ = s.Close()
		running.stop(t)
		if len(digits) != 1 {
			t.Errorf("%d digits", len(digits))
		}
	})
}

func TestADigitWhoseEndIsLostIsReportedWhenPolledToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		digits := make(chan dtmf.Digit, 4)
		s, m := newPolledSession(t, Config{OnDigit: func(d dtmf.Digit, _ time.Time) { digits <- d }})
		running := start(s)
		m.post(datagram(header{payloadType: 101, sequence: 1}, []byte{7, 10, 0, 160}))
		for range eventPatience + 1 {
			s.ReadFrame(make([]int16, 160))
		}
		synctest.Wait()
		if len(digits) != 1 || <-digits != '7' {
			t.Errorf("%d digits", len(digits))
		}
		running.stop(t)
	})
}

func TestMoreDigitsThanAnyoneHasFingersAreDropped(t *testing.T) {
	var told int
	s, m := newPolledSession(t, Config{OnDigit: func(dtmf.Digit, time.Time) { told++ }})
	for n := range uint16(maxUntold + 10) {
		m.post(key(n, byte(n%10)))
	}
	s.ReadFrame(make([]int16, 160)) // and does not wait for the reader
	s.tellDigits()
	if told != maxUntold {
		t.Errorf("%d were told", told)
	}
}

func TestWaitingToBePolledIsNotJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newPolledSession(t, Config{})
		for n := range uint16(40) {
			m.post(datagram(header{sequence: n, timestamp: 160 * uint32(n)}, make([]byte, 160)))
			<-time.After(frameTime)
			if n%3 == 0 { // now sooner, now later
				s.ReadFrame(make([]int16, 160))
			}
		}
		if j := s.Stats().Jitter; j > time.Millisecond {
			t.Errorf("jitter %v", j)
		}
	})
}
