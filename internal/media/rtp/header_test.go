package rtp

import (
	"bytes"
	"testing"

	pion "github.com/pion/rtp"
)

// agreesWithPion compares our reading of a packet with a library's.
func agreesWithPion(t *testing.T, data []byte) {
	t.Helper()
	h, payload, ok := parse(data)
	if !ok {
		return
	}
	var want pion.Packet
	if err := want.Unmarshal(bytes.Clone(data)); err != nil {
		// pion also reads the elements of an extension and refuses it for
		// those; we pass over it whole.
		if data[0]&0x10 == 0 {
			t.Errorf("accepted what pion refuses: %v", err)
		}
		return
	}
	if h.marker != want.Marker || h.payloadType != want.PayloadType || h.sequence != want.SequenceNumber ||
		h.timestamp != want.Timestamp || h.ssrc != want.SSRC {
		t.Errorf("%+v, want %+v", h, want.Header)
	}
	if !bytes.Equal(payload, want.Payload) {
		t.Errorf("payload % x, want % x", payload, want.Payload)
	}
}

func TestHeadersAreReadAsPionWritesThem(t *testing.T) {
	for name, p := range map[string]*pion.Packet{
		"plain":        {Header: pion.Header{Version: 2, PayloadType: 8, SequenceNumber: 65535, Timestamp: 1 << 31, SSRC: 7}, Payload: []byte{1, 2}},
		"marked":       {Header: pion.Header{Version: 2, Marker: true, PayloadType: 101}, Payload: []byte{1, 2, 3, 4}},
		"contributors": {Header: pion.Header{Version: 2, CSRC: []uint32{1, 2, 3}}, Payload: []byte{9}},
		"padding":      {Header: pion.Header{Version: 2, Padding: true, PaddingSize: 5}, Payload: []byte{9, 8}},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := p.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			_, payload, ok := parse(b)
			if !ok || !bytes.Equal(payload, p.Payload) {
				t.Fatalf("payload % x, %v", payload, ok)
			}
			agreesWithPion(t, b)
		})
	}
}

func TestHeadersAreWrittenAsPionReadsThem(t *testing.T) {
	h := header{marker: true, payloadType: 101, sequence: 40000, timestamp: 3e9, ssrc: 4e9}
	var got pion.Header
	if _, err := got.Unmarshal(datagram(h, nil)); err != nil {
		t.Fatal(err)
	}
	if !got.Marker || got.PayloadType != 101 || got.SequenceNumber != 40000 || got.Timestamp != 3e9 || got.SSRC != 4e9 {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsCutShortIsRefused(t *testing.T) {
	for name, b := range map[string][]byte{
		"half a header":            {0x80, 0, 0, 1},
		"missing contributors":     append([]byte{0x82, 0}, make([]byte, 14)...),
		"missing extension":        append([]byte{0x90, 0}, make([]byte, 12)...),
		"extension beyond the end": append(append([]byte{0x90, 0}, make([]byte, 10)...), 0, 0, 0, 9, 1, 2),
		"padding beyond the end":   append(append([]byte{0xa0, 0}, make([]byte, 10)...), 1, 2, 9),
		"padding of nothing":       append(append([]byte{0xa0, 0}, make([]byte, 10)...), 1, 2, 0),
	} {
		if _, _, ok := parse(b); ok {
			t.Errorf("%s was accepted", name)
		}
	}
}
