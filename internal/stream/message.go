package stream

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
)

// Kinds of messages. Applications spell them in any case.
const (
	kindAudio = "AudioData"
	kindStop  = "StopAudio"
	kindMark  = "MarkData"
)

// metadata is the first message.
func metadata(e call.OpenStream) []byte {
	type audioMetadata struct {
		SubscriptionID string `json:"subscriptionId"`
		Encoding       string `json:"encoding"`
		SampleRate     int    `json:"sampleRate"`
		Channels       int    `json:"channels"`
		Length         int    `json:"length"` // of a frame, in bytes
	}
	return encoded(struct {
		Kind string        `json:"kind"`
		Data audioMetadata `json:"audioMetadata"`
	}{"AudioMetadata", audioMetadata{e.Subscription, "PCM", e.Spec.RateHz, 1, 2 * media.FrameSamples(e.Spec.RateHz)}})
}

// encoded is what has JSON, as strings and numbers always have.
func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("stream: " + err.Error())
	}
	return b
}

// timeForm has milliseconds, always three.
const timeForm = "2006-01-02T15:04:05.000Z"

// audio appends the message of a frame. Samples are 16 bits each, little-endian. who is
// nil, or a JSON string; the message has silent always: some applications take an absent
// one for true.
func audio(dst []byte, at time.Time, who []byte, samples []int16, silent bool) []byte {
	dst = append(dst, `{"kind":"AudioData","audioData":{"timestamp":"`...)
	dst = at.UTC().AppendFormat(dst, timeForm)
	if who != nil {
		dst = append(append(dst, `","participantRawID":`...), who...)
		dst = append(dst, `,"data":"`...)
	} else {
		dst = append(dst, `","data":"`...)
	}
	var raw [frameBytes]byte
	for i, sample := range samples {
		binary.LittleEndian.PutUint16(raw[2*i:], uint16(sample))
	}
	dst = base64.StdEncoding.AppendEncode(dst, raw[:2*len(samples)])
	if silent {
		return append(dst, `","silent":true}}`...)
	}
	return append(dst, `","silent":false}}`...)
}

// frameBytes is the longest frame: 20 ms at 24 kHz.
const frameBytes = 2 * fastest / 50

// fastest is the highest rate that applications get, in Hz.
const fastest = 24000

// tone is the message of a key.
func tone(key string) []byte {
	return fmt.Appendf(nil, `{"kind":"DtmfData","dtmfData":{"data":%q}}`, key)
}

// mark is the answer to a mark: what came before it was played, or never will be.
func mark(id json.RawMessage, status string) []byte {
	return fmt.Appendf(nil, `{"kind":%q,"markData":{"id":%s,"status":%q}}`, kindMark, id, status)
}
