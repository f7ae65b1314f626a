package soundfile

import (
	"bytes"
	"io"
	"os"
)

// Join reads files that WAVs wrote, one after the other, as one WAV file of so many
// channels: those that a file has not got are silent in it. All have the same rate
// and at most so many channels. They stay their owner's, and do not grow meanwhile.
func Join(channels int, files ...*os.File) (io.Reader, error) {
	var whole header
	parts := make([]io.Reader, 1, 1+len(files))
	for _, file := range files {
		h, err := readHeader(file)
		if err != nil {
			return nil, err
		}
		if h.format.Channels > channels || whole.frames > 0 && h.format.RateHz != whole.format.RateHz {
			return nil, h.format.problem("it cannot be joined to %d channels of %d Hz", channels, whole.format.RateHz)
		}
		whole.format = Format{h.format.RateHz, channels}
		whole.frames += h.frames
		sound := io.NewSectionReader(file, int64(h.format.headerBytes()), h.frames*int64(h.format.frameBytes()))
		parts = append(parts, widen(sound, h.format, whole.format))
	}
	if err := whole.format.check(); err != nil {
		return nil, err
	}
	parts[0] = bytes.NewReader(whole.format.header(whole.frames))
	return io.MultiReader(parts...), nil
}

// widened is sound to which silent channels are added.
type widened struct {
	from      io.Reader
	had, want int    // bytes of a frame
	in, out   []byte // whole frames
	due       []byte // of out
}

func widen(sound io.Reader, had, want Format) io.Reader {
	if had == want {
		return sound
	}
	return &widened{
		from: sound, had: had.frameBytes(), want: want.frameBytes(),
		in: make([]byte, blockSamples*had.frameBytes()), out: make([]byte, blockSamples*want.frameBytes()),
	}
}

func (w *widened) Read(p []byte) (int, error) {
	if len(w.due) == 0 {
		n, err := io.ReadFull(w.from, w.in)
		if n == 0 {
			return 0, err
		}
		frames := n / w.had
		for i := range frames {
			copy(w.out[i*w.want:], w.in[i*w.had:(i+1)*w.had])
		}
		w.due = w.out[:frames*w.want]
	}
	n := copy(p, w.due)
	w.due = w.due[n:]
	return n, nil
}
