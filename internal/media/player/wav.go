package player

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

const (
	minRateHz = 4000
	maxRateHz = 192000

	// MaxDuration is the longest sound that is read from one file. A longer one is
	// refused, not cut.
	MaxDuration = 30 * time.Minute

	// mostBefore bounds what may stand in a file before its sound: pictures and
	// texts.
	mostBefore = 16 << 20
	// readAhead is how much of a file is read at once.
	readAhead = 16 << 10
)

// FormatError is why a file that was read is no sound that can be played. It names
// what the file is.
type FormatError struct{ Problem string }

func (e *FormatError) Error() string { return e.Problem }

func problem(format string, args ...any) error { return &FormatError{fmt.Sprintf(format, args...)} }

// Reader reads the sound of a WAV file while the file comes: RIFF, RF64 or BW64
// with PCM of up to 32 bits, float of 32 or 64 bits or G.711, mono or stereo, 4 to
// 192 kHz. Chunks that it does not know are passed over. What follows from other
// fields is computed and not believed, and a length that is wrong, as programs
// leave it that write to a pipe, ends with the file. A Reader reads 16 KiB ahead
// and keeps nothing.
type Reader struct {
	file   *bufio.Reader
	read   int64 // bytes, up to the sound
	riff   uint32
	wide   wide
	format *format
	data   int64 // bytes of sound to come; -1: until the file ends
	left   int   // samples until MaxDuration
}

// wide is what a ds64 chunk says in place of 32-bit sizes (EBU Tech 3306).
type wide struct {
	there bool
	data  uint64
}

// NewReader reads up to the first sample. Its errors, and those of Read, are a
// FormatError or the file's own.
func NewReader(file io.Reader) (*Reader, error) {
	r := &Reader{file: bufio.NewReaderSize(file, readAhead)}
	if err := r.begin(); err != nil {
		return nil, err
	}
	for {
		found, err := r.chunk()
		if err != nil {
			return nil, err
		}
		if found {
			r.left = int(MaxDuration/time.Second) * r.format.rateHz
			return r, nil
		}
	}
}

// RateHz is the rate of the samples.
func (r *Reader) RateHz() int { return r.format.rateHz }

// begin reads the twelve bytes by which a WAV file is known.
func (r *Reader) begin() error {
	head, err := r.file.Peek(12)
	if err != nil && err != io.EOF {
		return err
	}
	if len(head) < 12 || string(head[8:12]) != "WAVE" {
		return problem("not a WAV file but %s", kindOf(head))
	}
	switch string(head[:4]) {
	case "RIFF", "RF64", "BW64":
	default:
		return problem("not a WAV file but %s", kindOf(head))
	}
	r.riff = binary.LittleEndian.Uint32(head[4:])
	return r.skip(12)
}

// chunk reads one chunk and reports whether it is the sound, of which it reads
// nothing.
func (r *Reader) chunk() (found bool, err error) {
	head, err := r.take(8)
	if err != nil {
		return false, r.missing(err)
	}
	id, size := string(head[:4]), binary.LittleEndian.Uint32(head[4:])
	switch id {
	case "data":
		if r.format == nil {
			return false, problem("data before its fmt chunk")
		}
		r.data = r.dataSize(size)
		return true, nil
	case "fmt ":
		err = r.readFormat(int64(size))
	case "ds64":
		err = r.readWide(int64(size))
	default:
		err = r.skip(int64(size))
	}
	if err == nil && size%2 == 1 {
		err = r.pad()
	}
	return false, r.missing(err)
}

// missing says what a file that ends here lacks.
func (r *Reader) missing(err error) error {
	switch {
	case err != io.EOF:
		return err
	case r.format == nil:
		return problem("no fmt chunk")
	}
	return problem("no data chunk")
}

// take reads some bytes, which are valid until the next read.
func (r *Reader) take(n int) ([]byte, error) {
	b, err := r.file.Peek(n)
	if err != nil {
		return nil, err
	}
	b = bytes.Clone(b)
	return b, r.skip(int64(n))
}

func (r *Reader) skip(n int64) error {
	if r.read += n; r.read > mostBefore {
		return problem("more than %d MiB before its sound", mostBefore>>20)
	}
	_, err := r.file.Discard(int(n))
	return err
}

// pad passes the byte over that brings a chunk to an even length, if it is there:
// not everyone writes it.
func (r *Reader) pad() error {
	b, err := r.file.Peek(1)
	if err != nil || b[0] != 0 {
		return err
	}
	return r.skip(1)
}

func (r *Reader) readWide(size int64) error {
	if size < 16 {
		return problem("ds64 chunk of %d bytes is too short", size)
	}
	body, err := r.take(16)
	if err != nil {
		return err
	}
	r.wide = wide{there: true, data: binary.LittleEndian.Uint64(body[8:])}
	return r.skip(size - 16)
}

func (r *Reader) readFormat(size int64) error {
	if size < 16 {
		return problem("fmt chunk of %d bytes is too short", size)
	}
	body, err := r.take(int(min(size, 40)))
	if err != nil {
		return err
	}
	if r.format, err = parseFormat(body); err != nil {
		return err
	}
	return r.skip(size - int64(len(body)))
}

// dataSize is how many bytes of sound there are, as far as what is said can be
// true.
func (r *Reader) dataSize(said uint32) int64 {
	switch {
	case said == math.MaxUint32 && r.wide.there && r.wide.data > 0 && r.wide.data < math.MaxInt64:
		return int64(r.wide.data)
	case said == math.MaxUint32:
		return -1
	case said == 0 && (r.riff == math.MaxUint32 || int64(r.riff)+8 <= r.read):
		// A program that could not seek left the lengths as they were before there
		// was any sound: the file claims to end where its empty data chunk begins.
		return -1
	}
	return int64(said)
}

// Read fills dst with samples, mixed to mono, and returns how many there were and
// io.EOF with the last. A sample that the file's end cuts short is left out.
func (r *Reader) Read(dst []int16) (n int, err error) {
	for n < len(dst) {
		raw, err := r.frames(len(dst) - n)
		if err != nil {
			return n, err
		}
		if r.left -= len(raw) / r.format.align; r.left < 0 {
			return n, problem("longer than %v", MaxDuration)
		}
		n += r.format.decode(dst[n:], raw)
		_, _ = r.file.Discard(len(raw)) // it is there: frames has seen it
	}
	return n, nil
}

// frames waits for a frame of all channels, and gives those that are there, up to a
// number.
func (r *Reader) frames(most int) ([]byte, error) {
	align := r.format.align
	if r.data >= 0 && r.data < int64(align) {
		return nil, io.EOF
	}
	if _, err := r.file.Peek(align); err != nil {
		return nil, err
	}
	there := min(r.file.Buffered()/align, most)
	if r.data >= 0 {
		there = int(min(int64(there), r.data/int64(align)))
		r.data -= int64(there * align)
	}
	return r.file.Peek(there * align)
}

// ParseWAV reads a whole file.
func ParseWAV(file []byte) (*Audio, error) {
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	a := &Audio{RateHz: r.RateHz()}
	// No file has more samples than bytes.
	a.Samples = make([]int16, min(len(file)/r.format.align, r.left)+1)
	n, err := r.Read(a.Samples)
	if !errors.Is(err, io.EOF) {
		if err == nil {
			err = problem("longer than %v", MaxDuration)
		}
		return nil, err
	}
	a.Samples = a.Samples[:n]
	return a, nil
}

// WAV makes a file of 16-bit mono PCM.
func WAV(a *Audio) []byte {
	size := 2 * len(a.Samples)
	file := make([]byte, 0, 44+size)
	put := binary.LittleEndian
	file = append(file, "RIFF"...)
	file = put.AppendUint32(file, uint32(36+size))
	file = append(file, "WAVEfmt "...)
	file = put.AppendUint32(file, 16)
	file = put.AppendUint16(file, formatPCM)
	file = put.AppendUint16(file, 1)
	file = put.AppendUint32(file, uint32(a.RateHz))
	file = put.AppendUint32(file, uint32(2*a.RateHz))
	file = put.AppendUint16(file, 2)
	file = put.AppendUint16(file, 16)
	file = append(file, "data"...)
	file = put.AppendUint32(file, uint32(size))
	for _, s := range a.Samples {
		file = put.AppendUint16(file, uint16(s))
	}
	return file
}
