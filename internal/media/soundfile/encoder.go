package soundfile

import (
	"os"
	"sync/atomic"

	"strowger/internal/native"
)

// Codec is how sound is compressed, and thereby what kind of file it is in.
type Codec int

const (
	MP3  Codec = iota // an MP3 file
	AAC               // an MP4 file with AAC-LC
	Opus              // an MP4 file with Opus
)

func (c Codec) String() string {
	switch c {
	case MP3:
		return "MP3"
	case AAC:
		return "MP4 with AAC"
	case Opus:
		return "MP4 with Opus"
	}
	return "unknown codec"
}

// Check reports whether an Encoder of this codec can be had for a format: its error
// is a FormatError or a MissingError.
func (c Codec) Check(format Format) error {
	opened, err := c.open(format)
	if err != nil {
		return err
	}
	release(opened)
	return nil
}

// compressor is a codec at work: *lame, or packets.
type compressor interface {
	// close gives back what the library holds.
	close()
}

func (c Codec) open(format Format) (compressor, error) {
	if err := format.check(); err != nil {
		return nil, err
	}
	if format.Channels > 2 {
		return nil, format.problem("%v holds one channel or two", c)
	}
	opened, err := c.openLibrary(format)
	if err == nil {
		atWork.Add(1)
	}
	return opened, err
}

func (c Codec) openLibrary(format Format) (compressor, error) {
	switch c {
	case MP3:
		return openLAME(format)
	case AAC:
		return openAAC(format)
	case Opus:
		return openOpus(format)
	}
	panic("soundfile: " + c.String())
}

// atWork counts compressors.
var atWork atomic.Int32

// release closes a compressor. With the last one the system gets back what all of them
// have held: hundreds of recordings that end at once leave a hole of their size.
func release(c compressor) {
	c.close()
	if atWork.Add(-1) == 0 {
		native.GiveBack()
	}
}

// Encoder writes a compressed file. Its methods are for one goroutine at a time.
type Encoder interface {
	// Write appends whole frames. After an error only Close is left.
	Write(samples []int16) error
	// Close writes what is left, makes the file a finished one, and gives back what
	// the encoder holds, whatever its error. The file stays its owner's, who syncs
	// and closes it.
	Close() error
}

// NewEncoder begins a file, which is open for reading and writing; what was in it
// is gone. The errors of Check come first and leave the file as it was.
func NewEncoder(file *os.File, codec Codec, format Format) (Encoder, error) {
	opened, err := codec.open(format)
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(0); err != nil {
		release(opened)
		return nil, err
	}
	if lame, ok := opened.(*lame); ok {
		return newMP3(file, lame), nil
	}
	encoder, err := newMP4(file, opened.(packets))
	if err != nil {
		release(opened)
		return nil, err
	}
	return encoder, nil
}
