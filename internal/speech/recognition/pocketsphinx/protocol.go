package pocketsphinx

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// A worker reads a Request from its standard input, and writes a Response to its
// standard output, again and again. Each is a message: its length in bytes, in 4 bytes
// with the highest first, and the value as gob.

// The bounds of a request. The longest utterance has 6,000 frames.
const (
	messageMost = 4 << 20
	framesMost  = 12_000
	phrasesMost = 4_096
	wordsMost   = 100 // of a phrase
)

// Request is an utterance, and what may have been said.
type Request struct {
	Cepstra [][cepstraCount]float32
	// Phrases are those of which one is expected, each as its words in small letters:
	// none of them and any sounds are looked for too. Empty: anything may have been said.
	Phrases [][]string
}

// Response is what a worker found.
type Response struct {
	// Heard is the phrase that fits best, or what was said.
	Heard Decoding
	// Sounds are what was heard when it is looked for sounds in any order, of which the
	// words are the names; only beside phrases.
	Sounds Decoding
	// Unknown are words that nothing says how to say: phrases with them were left out.
	Unknown []string
	// Failure is why there is no answer.
	Failure string
}

// Decoding is what a search found, in order and with the pauses.
type Decoding []Segment

// Segment is a word or a pause.
type Segment struct {
	Word        string // as the dictionary has it: the second way to say a word is word(2), a pause is <sil>
	First, Last int    // its frames
	// Score is how well its sound fits, as a logarithm to the base of 1.0001, over all of
	// its frames.
	Score int
}

// spokenWord is a word that a grammar can have.
var spokenWord = regexp.MustCompile(`^[a-z](?:[a-z']*[a-z])?$`)

func sayable(word string) bool { return spokenWord.MatchString(word) }

// check is what is wrong with a request.
func (r *Request) check() error {
	if len(r.Cepstra) > framesMost || len(r.Phrases) > phrasesMost {
		return errors.New("the request is too large")
	}
	for _, words := range r.Phrases {
		if len(words) > wordsMost {
			return errors.New("a phrase is too long")
		}
	}
	return nil
}

// send writes a message. What is too long is not begun.
func send(to io.Writer, message any) error {
	var all bytes.Buffer
	all.Write(make([]byte, 4))
	if err := gob.NewEncoder(&all).Encode(message); err != nil {
		return err
	}
	size := all.Len() - 4
	if size > messageMost {
		return fmt.Errorf("a message of %d bytes is too long", size)
	}
	binary.BigEndian.PutUint32(all.Bytes(), uint32(size))
	_, err := to.Write(all.Bytes())
	return err
}

// receive reads one. Its error is io.EOF when there is none.
func receive(from io.Reader, message any) error {
	var head [4]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > messageMost {
		return fmt.Errorf("a message of %d bytes is too long", size)
	}
	all := make([]byte, size)
	if _, err := io.ReadFull(from, all); err != nil {
		return fmt.Errorf("a message that does not end: %w", err)
	}
	return gob.NewDecoder(bytes.NewReader(all)).Decode(message)
}
