package soundfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrNotStarted is a file that ends before its header does: nothing was recorded
// in it.
var ErrNotStarted = errors.New("the file ends before its first sample")

// blockSamples is how many samples go to or from a file at once.
const blockSamples = 8192

// WAV writes a WAV file that is whole after each Write. It needs no Close: what it
// was told is in the file. The file stays its owner's, who syncs and closes it.
type WAV struct {
	file   *os.File
	format Format
	frames int64
	buffer []byte
}

// NewWAV begins a file, which is open for writing; what was in it is gone.
func NewWAV(file *os.File, format Format) (*WAV, error) {
	if err := format.check(); err != nil {
		return nil, err
	}
	if err := file.Truncate(0); err != nil {
		return nil, err
	}
	w := newWAV(file, format, 0)
	return w, w.writeHeader()
}

// RecoverWAV goes on with a file whose writer was killed, perhaps in the middle of
// a frame or before the header told of the last ones. The file is open for reading
// and writing. What does not make a whole frame is cut off; all else is kept. Its
// error is ErrNotStarted when there is no sound to lose.
func RecoverWAV(file *os.File) (*WAV, error) {
	size, err := fileSize(file)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(file)
	if err != nil {
		return nil, err
	}
	w := newWAV(file, h.format, h.format.framesIn(size))
	if err := file.Truncate(w.end()); err != nil {
		return nil, err
	}
	return w, w.writeHeader()
}

func newWAV(file *os.File, format Format, frames int64) *WAV {
	return &WAV{file: file, format: format, frames: frames, buffer: make([]byte, 0, blockSamples*sampleBytes)}
}

// Format is what the file was begun with.
func (w *WAV) Format() Format { return w.format }

// Frames is how many there are in the file.
func (w *WAV) Frames() int64 { return w.frames }

// Write appends whole frames and returns how many samples are in the file and told
// of in its header. They are fewer than there were only with an error, such as that
// of a full disk; then the file is still whole, and a later Write goes on behind
// them.
//
// Each Write is two writes to the file: give it a second rather than 20 ms.
func (w *WAV) Write(samples []int16) (n int, err error) {
	w.format.whole(samples)
	begin := w.frames
	for rest := samples; len(rest) > 0 && err == nil; {
		var frames int
		frames, err = w.append(rest[:min(len(rest), w.blockLength())])
		w.frames += int64(frames)
		rest = rest[frames*w.format.Channels:]
	}
	if err != nil {
		defer w.cut()
	}
	if w.frames == begin {
		return 0, err
	}
	// The sizes come after what they tell of: whoever reads in between, or finds the
	// file of a process that was killed here, misses the newest frames and sees no
	// broken ones.
	if headerErr := w.writeHeader(); headerErr != nil {
		w.frames = begin
		return 0, errors.Join(err, headerErr)
	}
	return int(w.frames-begin) * w.format.Channels, err
}

// cut removes what a write that failed has left behind the last frame.
func (w *WAV) cut() { _ = w.file.Truncate(w.end()) }

// blockLength is how many samples of whole frames fit the buffer.
func (w *WAV) blockLength() int { return blockSamples - blockSamples%w.format.Channels }

// append writes what fits the buffer, and returns how many whole frames came into
// the file.
func (w *WAV) append(samples []int16) (frames int, err error) {
	w.buffer = w.buffer[:sampleBytes*len(samples)]
	for i, s := range samples {
		binary.LittleEndian.PutUint16(w.buffer[sampleBytes*i:], uint16(s))
	}
	n, err := w.file.WriteAt(w.buffer, w.end())
	return n / w.format.frameBytes(), err
}

// end is where the next frame goes.
func (w *WAV) end() int64 {
	return int64(w.format.headerBytes()) + w.frames*int64(w.format.frameBytes())
}

// writeHeader is one write within one page: no process ends in the middle of it.
func (w *WAV) writeHeader() error {
	_, err := w.file.WriteAt(w.format.header(w.frames), 0)
	return err
}

// Reader reads a file that a WAV writes, also while it does.
type Reader struct {
	file   *os.File
	header header
	at     int64 // frames
	buffer []byte
}

// NewReader reads from the first frame. The file stays its owner's. A file that is
// not there as far as its first sample is ErrNotStarted.
func NewReader(file *os.File) (*Reader, error) {
	h, err := readHeader(file)
	if err != nil {
		return nil, err
	}
	return &Reader{file: file, header: h, buffer: make([]byte, blockSamples*sampleBytes)}, nil
}

// Format is what the file was begun with.
func (r *Reader) Format() Format { return r.header.format }

// Read fills samples with whole frames, for one of which there must be room, and
// returns how many samples there were. The error io.EOF says that there are no more
// now: after the file has grown there may be.
func (r *Reader) Read(samples []int16) (n int, err error) {
	format := r.header.format
	if r.at >= r.header.frames {
		if err := r.look(); err != nil {
			return 0, err
		}
	}
	frames := min(r.header.frames-r.at, int64(min(len(samples), blockSamples)/format.Channels))
	raw := r.buffer[:int(frames)*format.frameBytes()]
	got, err := r.file.ReadAt(raw, int64(format.headerBytes())+r.at*int64(format.frameBytes()))
	if err != nil && err != io.EOF {
		return 0, err
	}
	got /= format.frameBytes()
	if got == 0 {
		return 0, io.EOF
	}
	r.at += int64(got)
	n = got * format.Channels
	for i := range n {
		samples[i] = int16(binary.LittleEndian.Uint16(raw[sampleBytes*i:]))
	}
	return n, nil
}

// look asks the header how many frames there are by now.
func (r *Reader) look() error {
	h, err := readHeader(r.file)
	if err != nil {
		return err
	}
	if h.format != r.header.format {
		return fmt.Errorf("the file became one of %d Hz with %d channels", h.format.RateHz, h.format.Channels)
	}
	r.header.frames = max(r.header.frames, h.frames)
	return nil
}

func fileSize(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
