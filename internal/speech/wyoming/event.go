package wyoming

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The types of events.
const (
	Transcribe = "transcribe"
	Transcript = "transcript"
	Synthesize = "synthesize"
	AudioStart = "audio-start"
	AudioChunk = "audio-chunk"
	AudioStop  = "audio-stop"
	Failed     = "error"
)

// Event is one message.
type Event struct {
	Type    string
	Data    Data
	Payload []byte
}

// Data is what events say, as far as it is used here. What does not apply to an event
// is left empty.
type Data struct {
	// Of sound: 16-bit samples have a width of 2.
	RateHz   int `json:"rate,omitempty"`
	Width    int `json:"width,omitempty"`
	Channels int `json:"channels,omitempty"`

	Text     string   `json:"text,omitempty"`
	Voice    *Voice   `json:"voice,omitempty"`
	Model    string   `json:"name,omitempty"`
	Language string   `json:"language,omitempty"`
	Terms    []string `json:"transcript_terms,omitempty"` // that are likely to be said
}

// Voice is who shall speak.
type Voice struct {
	Name     string `json:"name,omitempty"`
	Language string `json:"language,omitempty"`
}

// head is the line with which an event begins. What is not said by its own data is
// said in DataBytes more bytes of JSON.
type head struct {
	Type         string          `json:"type"`
	Data         json.RawMessage `json:"data,omitempty"`
	DataBytes    int             `json:"data_length,omitempty"`
	PayloadBytes int             `json:"payload_length,omitempty"`
}

// The bounds of what a peer may send.
const (
	lineMost    = 64 << 10
	dataMost    = 256 << 10
	payloadMost = 1 << 20
)

var errTooLong = errors.New("an event is longer than it may be")

// Read reads the next event. At the end of the stream its error is io.EOF.
func Read(r *bufio.Reader) (Event, error) {
	line, err := readLine(r)
	if err != nil {
		return Event{}, err
	}
	var h head
	if err := json.Unmarshal(line, &h); err != nil {
		return Event{}, fmt.Errorf("an event is no line of JSON: %w", err)
	}
	if h.DataBytes < 0 || h.DataBytes > dataMost || h.PayloadBytes < 0 || h.PayloadBytes > payloadMost {
		return Event{}, errTooLong
	}
	e := Event{Type: h.Type}
	more, err := readBytes(r, h.DataBytes)
	if err != nil {
		return Event{}, err
	}
	if e.Payload, err = readBytes(r, h.PayloadBytes); err != nil {
		return Event{}, err
	}
	for _, part := range [][]byte{h.Data, more} {
		if len(part) == 0 {
			continue
		}
		if err := json.Unmarshal(part, &e.Data); err != nil {
			return Event{}, fmt.Errorf("the data of an event of type %.40q: %w", e.Type, err)
		}
	}
	return e, nil
}

func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > lineMost {
			return nil, errTooLong
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case err == io.EOF && len(line) > 0:
			return nil, io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

func readBytes(r io.Reader, n int) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return b, nil
}

// Write writes an event.
func Write(w io.Writer, e Event) error {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return err
	}
	line, err := json.Marshal(head{Type: e.Type, Data: data, PayloadBytes: len(e.Payload)})
	if err != nil {
		return err
	}
	_, err = w.Write(append(append(line, '\n'), e.Payload...))
	return err
}
