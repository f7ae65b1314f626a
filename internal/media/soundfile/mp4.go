package soundfile

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
)

// mp4 writes an MP4 file. While it grows it is a fragmented one:
//
//	ftyp  free  moov  moof mdat  moof mdat  …
//
// Close puts a whole moov behind all this, in which the packets are found where they
// are, and then makes of free the head of one mdat that hides all up to there:
//
//	ftyp  mdat(    moov  moof mdat  moof mdat  …    )  moov
//
// So nothing is moved, and there is no moment at which the file is not whole.
type mp4 struct {
	file    *os.File
	packets packets // nil after Close
	track   track
	err     error // the first

	frames  int64   // of sound, so far
	pending []int16 // less than a packet, with room for one

	fragment      fragment
	fragments     int64 // written
	firstFragment int64 // where they begin
	at            int64 // the end of the file
}

// mdatHead is the head of a box with a size of 64 bits, and a free box of this size
// keeps its place.
const mdatHead = 16

var fileType = box("ftyp", []byte("isom"), number32(0x200), []byte("isomiso5iso6mp41"))

// newMP4 takes the packets over unless there is an error.
func newMP4(file *os.File, p packets) (*mp4, error) {
	t := p.track()
	m := &mp4{file: file, packets: p, track: t, pending: make([]int16, 0, t.packetFrames*t.format.Channels)}
	// A fragment is the first number of packets that lasts a second.
	m.fragment = newFragment((t.format.RateHz + t.packetFrames - 1) / t.packetFrames)
	err := m.append(fileType, box("free", make([]byte, mdatHead-8)), movie{track: t, tables: emptyTables()}.bytes())
	m.firstFragment = m.at
	return m, err
}

func (m *mp4) append(parts ...[]byte) error {
	for _, part := range parts {
		if _, err := m.file.WriteAt(part, m.at); err != nil {
			return err
		}
		m.at += int64(len(part))
	}
	return nil
}

func (m *mp4) Write(samples []int16) error {
	if m.packets == nil {
		return os.ErrClosed
	}
	m.track.format.whole(samples)
	if m.err == nil {
		m.frames += int64(len(samples) / m.track.format.Channels)
		m.err = m.take(samples)
	}
	return m.err
}

// take encodes what makes whole packets and keeps the rest.
func (m *mp4) take(samples []int16) error {
	for len(samples) > 0 {
		n := min(len(samples), cap(m.pending)-len(m.pending))
		m.pending = append(m.pending, samples[:n]...)
		samples = samples[n:]
		if len(m.pending) < cap(m.pending) {
			break
		}
		packet, err := m.packets.compress(m.pending)
		m.pending = m.pending[:0]
		if err != nil {
			return err
		}
		m.fragment.add(packet)
		if m.fragment.full() {
			if err := m.writeFragment(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *mp4) writeFragment() error {
	begin := m.fragments * m.track.ticks(int64(m.fragment.most*m.track.packetFrames))
	m.fragments++
	err := m.append(m.fragment.bytes(m.fragments, begin))
	m.fragment.reset()
	return err
}

func (m *mp4) Close() error {
	if m.packets == nil {
		return os.ErrClosed
	}
	defer func() { release(m.packets); m.packets = nil }()
	if m.err == nil {
		m.err = m.drain()
	}
	if m.err != nil {
		return m.err
	}
	return m.finish()
}

// drain encodes silence until all of the sound has come out of the encoder, and
// writes the last fragment.
func (m *mp4) drain() error {
	missing := m.track.delayFrames + m.track.packetFrames - 1
	missing -= int((m.frames + int64(missing)) % int64(m.track.packetFrames))
	if err := m.take(make([]int16, missing*m.track.format.Channels)); err != nil || m.fragment.empty() {
		return err
	}
	return m.writeFragment()
}

// finish makes an ordinary file of the fragmented one.
func (m *mp4) finish() error {
	end := m.at
	if err := m.writeMovie(); err != nil {
		return err
	}
	head := number32(1)
	head = append(head, "mdat"...)
	head = append(head, number64(end-int64(len(fileType)))...)
	_, err := m.file.WriteAt(head, int64(len(fileType)))
	return err
}

// writeMovie writes moov at the end. What it says of each packet and each fragment
// is read from the fragments, so that a long file needs no more memory than a short
// one.
func (m *mp4) writeMovie() error {
	count := m.packetCount()
	sizes := longBox("stsz", 4*count, full(0, 0), number32(0, uint32(count)))
	places := longBox("co64", 8*m.fragments, full(0, 0), number32(uint32(m.fragments)))
	head := movie{
		track: m.track, media: m.track.ticks(count * int64(m.track.packetFrames)), length: m.track.ticks(m.frames),
		tables: m.tables(count), more: int64(len(sizes)) + 4*count + int64(len(places)) + 8*m.fragments,
	}.bytes()

	w := bufio.NewWriter(io.NewOffsetWriter(m.file, m.at))
	_, _ = w.Write(head)
	_, _ = w.Write(sizes)
	err := m.walk(func(_ int64, sizes []byte) { _, _ = w.Write(sizes) })
	if err != nil {
		return err
	}
	_, _ = w.Write(places)
	err = m.walk(func(data int64, _ []byte) { _, _ = w.Write(number64(data)) })
	if err != nil {
		return err
	}
	return w.Flush()
}

// packetCount is how many there are in all fragments.
func (m *mp4) packetCount() int64 {
	return (m.frames + int64(m.track.delayFrames+m.track.packetFrames-1)) / int64(m.track.packetFrames)
}

// inFragment is how many packets a fragment has: as many as it can but for the last.
func (m *mp4) inFragment(i int64) int {
	return int(min(int64(m.fragment.most), m.packetCount()-i*int64(m.fragment.most)))
}

// walk visits the fragments in order, with the place of their data and the sizes of
// their packets as they stand in the file.
func (m *mp4) walk(visit func(data int64, sizes []byte)) error {
	at := m.firstFragment
	buffer := make([]byte, fragmentHead(m.fragment.most))
	for i := range m.fragments {
		head := buffer[:fragmentHead(m.inFragment(i))]
		if _, err := m.file.ReadAt(head, at); err != nil {
			return err
		}
		at += int64(len(head))
		sizes := head[sizesAt : len(head)-8]
		visit(at, sizes)
		for ; len(sizes) > 0; sizes = sizes[4:] {
			at += int64(binary.BigEndian.Uint32(sizes))
		}
	}
	return nil
}

// emptyTables are those of a moov whose packets are in fragments.
func emptyTables() []byte {
	none := func(kind string, zeros int) []byte { return box(kind, make([]byte, 4+zeros)) }
	var b []byte
	for _, table := range [][]byte{none("stts", 4), none("stsc", 4), none("stsz", 8), none("stco", 4)} {
		b = append(b, table...)
	}
	return b
}

// tables are those whose size does not depend on how many packets there are.
func (m *mp4) tables(count int64) []byte {
	packets := uint32(count)
	times := box("stts", full(0, 0), number32(1, packets, uint32(m.track.ticks(int64(m.track.packetFrames)))))
	chunks := number32(1, uint32(m.inFragment(0)), 1)
	if last := uint32(m.inFragment(m.fragments - 1)); m.fragments > 1 && last < uint32(m.fragment.most) {
		chunks = append(chunks, number32(uint32(m.fragments), last, 1)...)
	}
	inChunks := box("stsc", full(0, 0), number32(uint32(len(chunks)/12)), chunks)
	// 10.1: how many packets before a place have to be decoded for it to be right.
	roll := box("sgpd", full(1, 0), []byte("roll"), number32(2, 1), number16(uint16(-m.track.rollPackets)))
	all := box("sbgp", full(0, 0), []byte("roll"), number32(1, packets, 1))
	b := append(times, inChunks...)
	return append(append(b, roll...), all...)
}
