package wyoming

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"time"
)

// Peer is a server of engines. It belongs to one goroutine.
type Peer struct {
	conn   net.Conn
	reader *bufio.Reader
	writer *bufio.Writer
	stop   func() bool
}

// Dial reaches the server at an address of TCP ("host:port"). When ctx ends, so does
// all that is read from and written to it.
func Dial(ctx context.Context, address string) (*Peer, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	p := &Peer{conn: conn, reader: bufio.NewReader(conn), writer: bufio.NewWriter(conn)}
	p.stop = context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return p, nil
}

// Close ends it.
func (p *Peer) Close() {
	p.stop()
	_ = p.conn.Close()
}

// Send sends events, in order.
func (p *Peer) Send(events ...Event) error {
	for _, e := range events {
		if err := Write(p.writer, e); err != nil {
			return err
		}
	}
	return p.writer.Flush()
}

// Next is the next event that comes. One that tells of a failure comes as an error.
func (p *Peer) Next() (Event, error) {
	e, err := Read(p.reader)
	if err == nil && e.Type == Failed {
		err = &FailedError{e.Data.Text}
	}
	return e, err
}

// FailedError is a failure that the server tells of.
type FailedError struct{ Text string }

func (e *FailedError) Error() string { return fmt.Sprintf("the server says %.200q", e.Text) }

// chunkSamples is how much sound one event has.
const chunkSamples = 4096

// Sound is the events of so many mono samples: a start, chunks, and a stop.
func Sound(samples []int16, rateHz int) []Event {
	form := Data{RateHz: rateHz, Width: 2, Channels: 1}
	events := []Event{{Type: AudioStart, Data: form}}
	for len(samples) > 0 {
		part := samples[:min(chunkSamples, len(samples))]
		samples = samples[len(part):]
		payload := make([]byte, 0, 2*len(part))
		for _, v := range part {
			payload = binary.LittleEndian.AppendUint16(payload, uint16(v))
		}
		events = append(events, Event{Type: AudioChunk, Data: form, Payload: payload})
	}
	return append(events, Event{Type: AudioStop})
}

// Samples are those of a chunk of sound, its channels mixed into one.
func (e Event) Samples() ([]int16, error) {
	if e.Data.Width != 2 || e.Data.Channels < 1 || e.Data.Channels > 8 || e.Data.RateHz < 8000 || e.Data.RateHz > 192_000 {
		return nil, fmt.Errorf("sound of %d Hz, %d channels and %d bytes a sample is not understood", e.Data.RateHz, e.Data.Channels, e.Data.Width)
	}
	samples := make([]int16, len(e.Payload)/(2*e.Data.Channels))
	for i := range samples {
		sum := 0
		for c := range e.Data.Channels {
			sum += int(int16(binary.LittleEndian.Uint16(e.Payload[2*(i*e.Data.Channels+c):])))
		}
		samples[i] = int16(sum / e.Data.Channels)
	}
	return samples, nil
}
