package soundfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
)

// The header has these chunks, always at these places, so that all of it can be
// written again as the file grows:
//
//	 0  "RIFF", its size, "WAVE"            past 4 GiB "RF64", 0xffffffff, "WAVE"
//	12  "JUNK", 28, zeros                   past 4 GiB "ds64", 28, the true sizes
//	48  "fmt ", 16 (of 3 and more channels 40), what the samples are
//	72  "data", its size, samples           of 3 and more channels at 96
//
// EBU Tech 3306, sections 3.5 and 4: a file that may have to become RF64 keeps a
// JUNK chunk in the place and of the size of ds64.
const (
	wideAt    = 12
	wideBytes = 28 // without its id and size
	formatAt  = wideAt + 8 + wideBytes

	plainFormatBytes      = 16
	extensibleFormatBytes = 40
	largestHeaderBytes    = formatAt + 8 + extensibleFormatBytes + 8

	// unknown is a 32-bit size that ds64 states in 64 bits.
	unknown = math.MaxUint32

	tagPCM        = 1
	tagExtensible = 0xFFFE
)

// subtypePCM is KSDATAFORMAT_SUBTYPE_PCM, 00000001-0000-0010-8000-00aa00389b71.
var subtypePCM = []byte{1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71}

var errNotOurs = errors.New("not a WAV file that a recording was written to")

// header is what the head of a file says.
type header struct {
	format Format
	frames int64
}

// extensible reports whether fmt has to say more than it can in 16 bytes, as it
// must of more than two channels.
func (f Format) extensible() bool { return f.Channels > 2 }

func (f Format) headerBytes() int {
	if f.extensible() {
		return largestHeaderBytes
	}
	return formatAt + 8 + plainFormatBytes + 8
}

// framesIn is how many whole frames a file of a size has.
func (f Format) framesIn(size int64) int64 {
	return max(0, size-int64(f.headerBytes())) / int64(f.frameBytes())
}

// header makes the head of a file with so many frames.
func (f Format) header(frames int64) []byte {
	data := frames * int64(f.frameBytes())
	riff := int64(f.headerBytes()) - 8 + data
	put := binary.LittleEndian
	b := make([]byte, 0, largestHeaderBytes)
	if riff < unknown {
		b = put.AppendUint32(append(b, "RIFF"...), uint32(riff))
		b = put.AppendUint32(append(b, "WAVEJUNK"...), wideBytes)
		b = append(b, make([]byte, wideBytes)...)
		b = f.appendFormat(b)
		return put.AppendUint32(append(b, "data"...), uint32(data))
	}
	b = put.AppendUint32(append(b, "RF64"...), unknown)
	b = put.AppendUint32(append(b, "WAVEds64"...), wideBytes)
	b = put.AppendUint64(b, uint64(riff))
	b = put.AppendUint64(b, uint64(data))
	b = put.AppendUint64(b, uint64(frames))
	b = put.AppendUint32(b, 0) // other chunks of more than 4 GiB
	b = f.appendFormat(b)
	return put.AppendUint32(append(b, "data"...), unknown)
}

func (f Format) appendFormat(b []byte) []byte {
	put := binary.LittleEndian
	tag, size := uint16(tagPCM), uint32(plainFormatBytes)
	if f.extensible() {
		tag, size = tagExtensible, extensibleFormatBytes
	}
	b = put.AppendUint32(append(b, "fmt "...), size)
	b = put.AppendUint16(b, tag)
	b = put.AppendUint16(b, uint16(f.Channels))
	b = put.AppendUint32(b, uint32(f.RateHz))
	b = put.AppendUint32(b, uint32(f.RateHz*f.frameBytes()))
	b = put.AppendUint16(b, uint16(f.frameBytes()))
	b = put.AppendUint16(b, 8*sampleBytes)
	if !f.extensible() {
		return b
	}
	b = put.AppendUint16(b, 22) // bytes that follow
	b = put.AppendUint16(b, 8*sampleBytes)
	// No channel has a place in the room: they are people, not loudspeakers. A
	// player that knows places would else mix or reorder them.
	b = put.AppendUint32(b, 0)
	return append(b, subtypePCM...)
}

// readHeader reads the head of a file as header makes it, and nothing else. There
// are no more frames than the file has.
func readHeader(file *os.File) (header, error) {
	head := make([]byte, largestHeaderBytes)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return header{}, err
	}
	size, err := fileSize(file)
	if err != nil {
		return header{}, err
	}
	return parseHeader(head[:n], size)
}

func parseHeader(head []byte, size int64) (header, error) {
	const channelsAt, rateAt = formatAt + 10, formatAt + 12
	if len(head) < rateAt+4 {
		return header{}, ErrNotStarted
	}
	format := Format{
		RateHz:   int(binary.LittleEndian.Uint32(head[rateAt:])),
		Channels: int(binary.LittleEndian.Uint16(head[channelsAt:])),
	}
	if format.check() != nil {
		return header{}, errNotOurs
	}
	if len(head) < format.headerBytes() {
		return header{}, ErrNotStarted
	}
	if !format.wrote(head) {
		return header{}, errNotOurs
	}
	return header{format, min(format.framesSaid(head), format.framesIn(size))}, nil
}

// wrote reports whether a header is one that header makes of this format, whatever
// its sizes: one that is read while it is written may have old ones beside new ones.
func (f Format) wrote(head []byte) bool {
	kind, wide := string(head[:4]), string(head[wideAt:wideAt+4])
	data := f.headerBytes() - 8
	return (kind == "RIFF" || kind == "RF64") && string(head[8:wideAt]) == "WAVE" &&
		(wide == "JUNK" || wide == "ds64") && bytes.Equal(head[formatAt:data], f.appendFormat(nil)) &&
		string(head[data:data+4]) == "data"
}

// framesSaid is how many frames a header of this format tells of.
func (f Format) framesSaid(head []byte) int64 {
	if string(head[:4]) == "RF64" {
		const framesAt = wideAt + 8 + 16
		frames := binary.LittleEndian.Uint64(head[framesAt:])
		return int64(min(frames, math.MaxInt64))
	}
	return int64(binary.LittleEndian.Uint32(head[f.headerBytes()-4:])) / int64(f.frameBytes())
}
