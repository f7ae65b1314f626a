package soundfile

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Boxes of ISO/IEC 14496-12. Numbers are big-endian.

// trackID is the number of the only track.
const trackID = 1

// box makes a box of its parts.
func box(kind string, parts ...[]byte) []byte { return longBox(kind, 0, parts...) }

// longBox makes the beginning of a box to which more bytes belong than are here.
func longBox(kind string, more int64, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	b := binary.BigEndian.AppendUint32(make([]byte, 0, 8+len(body)), uint32(8+int64(len(body))+more))
	return append(append(b, kind...), body...)
}

// full is what a full box has before its fields.
func full(version byte, flags uint32) []byte { return number32(uint32(version)<<24 | flags) }

func number16(numbers ...uint16) []byte {
	var b []byte
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	return b
}

func number32(numbers ...uint32) []byte {
	var b []byte
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

func number64(numbers ...int64) []byte {
	var b []byte
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return b
}

// matrix leaves a picture, if there were one, as it is.
var matrix = number32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

// audioEntry is the sample entry of 12.2.3, with the box of its codec.
func audioEntry(kind string, channels, rateHz int, specific []byte) []byte {
	rate := uint32(0)
	if rateHz <= math.MaxUint16 {
		rate = uint32(rateHz) << 16
	}
	return box(kind, make([]byte, 6), number16(1), make([]byte, 8),
		number16(uint16(channels), 8*sampleBytes, 0, 0), number32(rate), specific)
}

// elementaryStream is the esds box of ISO/IEC 14496-14 for an AudioSpecificConfig.
func elementaryStream(config []byte) []byte {
	const mpeg4Audio, audioStream = 0x40, 5<<2 | 1
	decoder := descriptor(4, []byte{mpeg4Audio, audioStream, 0, 0, 0}, number32(0, 0), descriptor(5, config))
	return box("esds", full(0, 0), descriptor(3, number16(0), []byte{0}, decoder, descriptor(6, []byte{2})))
}

// descriptor is one of ISO/IEC 14496-1 7.2.6, of fewer than 128 bytes.
func descriptor(tag byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append([]byte{tag, byte(len(body))}, body...)
}

// movie is what moov says of a sound of so many ticks, of which the first delay are
// the encoder's.
type movie struct {
	track  track
	media  int64 // ticks: of all packets. 0: fragments follow
	length int64 // ticks: of the sound
	tables []byte
	// more is how many bytes of tables come behind these.
	more int64
}

// bytes makes the moov box. The tables are the last boxes of the last boxes, so that
// more of them can follow.
func (m movie) bytes() []byte {
	if m.media == 0 {
		return box("moov", m.movieHeader(), m.trackBox(), box("mvex", // flags: a sample that stands for itself
			box("trex", full(0, 0), number32(trackID, 1, uint32(m.track.ticks(int64(m.track.packetFrames))), 0, 0x2000000))))
	}
	return longBox("moov", m.more, m.movieHeader(), m.trackBox())
}

// All times are in ticks of the track's clock, so that none is rounded, and in 64
// bits.
func (m movie) movieHeader() []byte {
	return box("mvhd", full(1, 0), number64(0, 0), number32(uint32(m.track.rateHz)), number64(m.length),
		number32(0x10000), number16(0x100, 0), make([]byte, 8), matrix, make([]byte, 24), number32(trackID+1))
}

func (m movie) trackBox() []byte {
	const enabledInMovieAndPreview = 7
	header := box("tkhd", full(1, enabledInMovieAndPreview), number64(0, 0), number32(trackID, 0), number64(m.length),
		make([]byte, 8), number16(0, 0, 0x100, 0), matrix, make([]byte, 8))
	// 8.6.6: the sound begins where the encoder's delay ends. While fragments come a
	// length of 0 is one that is not known.
	edit := box("edts", box("elst", full(1, 0), number32(1),
		number64(m.length, m.track.ticks(int64(m.track.delayFrames))), number16(1, 0)))
	return longBox("trak", m.more, header, edit, longBox("mdia", m.more, m.mediaHeader(), m.handler(), m.information()))
}

func (m movie) mediaHeader() []byte {
	const undetermined = ('u'-0x60)<<10 | ('n'-0x60)<<5 | ('d' - 0x60) // the language
	return box("mdhd", full(1, 0), number64(0, 0), number32(uint32(m.track.rateHz)), number64(m.media), number16(undetermined, 0))
}

func (m movie) handler() []byte {
	return box("hdlr", full(0, 0), number32(0), []byte("soun"), make([]byte, 12), []byte("Sound\x00"))
}

func (m movie) information() []byte {
	const selfContained = 1
	return longBox("minf", m.more, box("smhd", full(0, 0), number32(0)),
		box("dinf", box("dref", full(0, 0), number32(1), box("url ", full(0, selfContained)))),
		longBox("stbl", m.more, box("stsd", full(0, 0), number32(1), m.track.sampleEntry), m.tables))
}
