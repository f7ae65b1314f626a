package stream

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// heard is what an application's message asks for.
type heard struct {
	stop    bool
	samples []int16
	mark    json.RawMessage // to be answered when the samples were played; nil: none
}

// parse reads a message. What its members are called is read without regard to case, at
// every level, as the SDKs and samples spell them; which of them counts, its kind says:
// applications send the others empty or null. One of a kind that is not known asks for
// nothing. The samples are appended to into.
func parse(message []byte, into []int16) (h heard, err error) {
	var kind string
	var audio []byte
	err = members(message, func(name, value []byte) error {
		switch {
		case named(name, "kind"):
			return json.Unmarshal(value, &kind)
		case named(name, "audioData"):
			audio = value
			return nil
		}
		return valid(value)
	})
	switch {
	case err != nil:
		return heard{}, err
	case strings.EqualFold(kind, kindAudio):
		return parseAudio(audio, into)
	case audio != nil:
		err = valid(audio)
	}
	return heard{stop: strings.EqualFold(kind, kindStop)}, err
}

func parseAudio(audio []byte, into []int16) (h heard, err error) {
	if audio == nil || string(audio) == "null" {
		return heard{}, fmt.Errorf("a message of kind %s has no audioData", kindAudio)
	}
	err = members(audio, func(name, value []byte) (err error) {
		switch {
		case named(name, "data"):
			h.samples, err = samples(value, into)
			return err
		case named(name, "mark"):
			h.mark, err = parseMark(value)
			return err
		}
		return valid(value)
	})
	if err != nil {
		return heard{}, err
	}
	return h, nil
}

// samples appends what is in a string: 16 bits each, little-endian, in base64. Half a
// sample at the end is left out.
func samples(value []byte, into []int16) ([]int16, error) {
	if string(value) == "null" {
		return into, nil
	}
	text, err := unquote(value)
	if err != nil {
		return nil, err
	}
	pcm, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return nil, err
	}
	for ; len(pcm) > 1; pcm = pcm[2:] {
		into = append(into, int16(binary.LittleEndian.Uint16(pcm)))
	}
	return into, nil
}

// parseMark gives what a mark is to be answered with, or nil.
func parseMark(value []byte) (json.RawMessage, error) {
	var m struct {
		ID       json.RawMessage `json:"id"`
		Sequence json.RawMessage `json:"sequence"`
	}
	if err := json.Unmarshal(value, &m); err != nil {
		return nil, err
	}
	if m.ID != nil {
		return m.ID, nil
	}
	return m.Sequence, nil
}

// The rest takes an object apart: nearly all of a message is one long string, which comes
// fifty times a second and more, and encoding/json would go through it three times.

var errNotJSON = errors.New("this is no JSON object")

// members gives the members of an object, values as they are written. Whether one is JSON
// is for each to find out.
func members(object []byte, each func(name, value []byte) error) error {
	rest, more := bytes.CutPrefix(bytes.Trim(object, space), []byte("{"))
	if rest = bytes.TrimLeft(rest, space); more && string(rest) == "}" {
		return nil
	}
	for more {
		name, after := cutValue(rest)
		after, colon := bytes.CutPrefix(bytes.TrimLeft(after, space), []byte(":"))
		value, after := cutValue(bytes.TrimLeft(after, space))
		name, err := unquote(name)
		if !colon || err != nil {
			return errNotJSON
		}
		if err := each(name, value); err != nil {
			return err
		}
		if rest = bytes.TrimLeft(after, space); string(rest) == "}" {
			return nil
		}
		rest, more = bytes.CutPrefix(rest, []byte(","))
		rest = bytes.TrimLeft(rest, space)
	}
	return errNotJSON
}

const space = " \t\r\n"

// cutValue gives the value that a text begins with, and what follows it.
func cutValue(text []byte) (value, after []byte) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += quoted(text[i:]) - 1
		case '{', '[':
			depth++
			continue
		case '}', ']', ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return text[:i], text[i:]
			}
			if text[i] == '}' || text[i] == ']' {
				depth--
			} else {
				continue
			}
		default:
			continue
		}
		if depth == 0 {
			return text[:i+1], text[i+1:]
		}
	}
	return nil, nil
}

// quoted is how long the string is, with its quotes, that a text begins with; all of the
// text when it does not end.
func quoted(text []byte) int {
	for i := 1; ; {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return len(text)
		}
		i += n + 1
		escapes := text[1 : i-1]
		if (len(escapes)-len(bytes.TrimRight(escapes, `\`)))%2 == 0 {
			return i
		}
	}
}

// unquote gives what a string means, which is usually what is in its quotes.
func unquote(value []byte) ([]byte, error) {
	if len(value) < 2 || value[0] != '"' {
		return nil, errNotJSON
	}
	inside := value[1 : len(value)-1]
	for _, c := range inside {
		if c == '\\' || c < ' ' {
			var means string
			err := json.Unmarshal(value, &means)
			return []byte(means), err
		}
	}
	if value[len(value)-1] != '"' {
		return nil, errNotJSON
	}
	return inside, nil
}

// named reports whether a name is this one in any case.
func named(name []byte, as string) bool { return strings.EqualFold(string(name), as) }

func valid(value []byte) error {
	if !json.Valid(value) {
		return errNotJSON
	}
	return nil
}
