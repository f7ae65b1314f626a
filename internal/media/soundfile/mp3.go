package soundfile

import "os"

// mp3 writes an MP3 file: frames of a constant bit rate, each of which is found by
// its own head. The first is silent, until Close makes it the one that tells the
// length.
type mp3 struct {
	file    *os.File
	encoder *lame // nil after Close
	at      int64
	err     error // the first
}

func newMP3(file *os.File, encoder *lame) *mp3 { return &mp3{file: file, encoder: encoder} }

func (m *mp3) Write(samples []int16) error {
	if m.encoder == nil {
		return os.ErrClosed
	}
	m.encoder.format.whole(samples)
	for len(samples) > 0 && m.err == nil {
		n := min(len(samples), lameBlock*m.encoder.format.Channels)
		m.append(m.encoder.compress(samples[:n]))
		samples = samples[n:]
	}
	return m.err
}

// append writes what the encoder gave, if it gave no error.
func (m *mp3) append(out []byte, err error) {
	if err == nil {
		_, err = m.file.WriteAt(out, m.at)
		m.at += int64(len(out))
	}
	m.err = err
}

func (m *mp3) Close() error {
	if m.encoder == nil {
		return os.ErrClosed
	}
	defer func() { release(m.encoder); m.encoder = nil }()
	if m.err == nil {
		m.append(m.encoder.finish())
	}
	if m.err != nil {
		return m.err
	}
	head, err := m.encoder.head()
	if err != nil {
		return err
	}
	_, err = m.file.WriteAt(head, 0)
	return err
}
