package e2e

import (
	"bufio"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"strowger/test/heard"
)

// dotNetBot is a voice bot as applications in .NET are written, which this machine cannot run:
// it takes the first 2,048 bytes of one frame for a message, as one ReceiveAsync into a
// byte[2048] does, reads it with the names and kinds that the SDK's parser knows, sends
// what JsonSerializer makes of the SDK's objects, in frames of 20 ms, and has the last one
// marked, as the previews can.
type dotNetBot struct {
	t     *testing.T
	url   string
	said  chan struct{} // closed when its answer was played to its end
	ended chan struct{} // closed when the stream is over, and what follows may be read

	news   botNews
	heard  []byte   // samples
	marks  []string // that were answered, and how
	voiced int      // frames in a row
	last   time.Time
}

func newDotNetBot(t *testing.T, certificate *tls.Certificate) *dotNetBot {
	b := &dotNetBot{t: t, said: make(chan struct{}), ended: make(chan struct{})}
	s := httptest.NewUnstartedServer(http.HandlerFunc(b.accept))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{*certificate}}
	s.StartTLS()
	t.Cleanup(s.Close)
	b.url = strings.Replace(s.URL, "https", "wss", 1) + "/ws"
	return b
}

func (b *dotNetBot) accept(w http.ResponseWriter, r *http.Request) {
	defer close(b.ended)
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		b.t.Error(err)
		return
	}
	defer conn.Close()
	key := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(key[:]))
	for {
		kind, message, err := receive(buffered.Reader)
		if err != nil || kind == frameClose {
			return
		}
		if kind == frameText {
			b.takes(conn, message)
		}
	}
}

// Kinds of frames, RFC 6455 section 5.2.
const (
	frameText  = 1
	frameClose = 8
)

// receive is a ReceiveAsync into a byte[2048]: what is longer than that is cut off, and what
// comes in several frames is several messages.
func receive(r *bufio.Reader) (kind byte, message []byte, err error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return 0, nil, err
	}
	kind = head[0] & 0x0f
	if head[1]&0x80 == 0 {
		return 0, nil, errors.New("a frame of a client is not masked")
	}
	length := uint64(head[1] & 0x7f)
	if wide := map[uint64]int{126: 2, 127: 8}[length]; wide > 0 {
		if _, err := io.ReadFull(r, head[8-wide:]); err != nil {
			return 0, nil, err
		}
		clear(head[:8-wide])
		length = binary.BigEndian.Uint64(head[:])
	}
	var mask [4]byte
	if _, err := io.ReadFull(r, mask[:]); err != nil {
		return 0, nil, err
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(r, payload); err != nil {
		return 0, nil, err
	}
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	return kind, payload[:min(length, 2048)], nil
}

func (b *dotNetBot) send(conn net.Conn, message string) {
	head := []byte{0x80 | frameText, 126, byte(len(message) >> 8), byte(len(message))}
	if len(message) < 126 {
		head = []byte{0x80 | frameText, byte(len(message))}
	}
	if _, err := conn.Write(append(head, message...)); err != nil {
		b.t.Error(err)
	}
}

// says sends a tone in frames, all at once, with a mark at its end.
func (b *dotNetBot) says(conn net.Conn, hz float64, length time.Duration, mark string) {
	pcm := heard.MakeWAV(heard.Format{RateHz: b.news.RateHz, Channels: 1, Bits: 16}, heard.Part{Hz: hz, Length: length})[44:]
	for n := b.news.RateHz / 25; len(pcm) > 0; pcm = pcm[min(n, len(pcm)):] {
		marked := "null"
		if len(pcm) <= n {
			marked = fmt.Sprintf(`{"Sequence":%q}`, mark)
		}
		b.send(conn, fmt.Sprintf(`{"Kind":"AudioData","AudioData":{"Data":%q,"Timestamp":"0001-01-01T00:00:00+00:00","Participant":null,"IsSilent":false,"Mark":%s},"StopAudio":null,"MarkData":null}`,
			base64.StdEncoding.EncodeToString(pcm[:min(n, len(pcm))]), marked))
	}
}

// fromTheCall is what the SDK's parser reads: names count as they are written.
type fromTheCall struct {
	Kind     string `json:"kind"`
	Metadata *struct {
		SampleRate int `json:"sampleRate"`
		Length     int `json:"length"`
	} `json:"audioMetadata"`
	Audio *struct {
		Data      []byte    `json:"data"`
		Timestamp time.Time `json:"timestamp"`
		Silent    *bool     `json:"silent"`
	} `json:"audioData"`
	Mark *struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	} `json:"markData"`
}

func (b *dotNetBot) takes(conn net.Conn, message []byte) {
	var m fromTheCall
	if err := json.Unmarshal(message, &m); err != nil {
		b.news.Strange = append(b.news.Strange, fmt.Sprintf("%s: %v", message, err))
		return
	}
	switch {
	case m.Kind == "AudioMetadata" && m.Metadata != nil:
		b.news.RateHz = m.Metadata.SampleRate
		b.says(conn, greetingHz, greetingTakes, "greeting")
		b.news.GreetedAt = b.news.Frames
	case m.Kind == "AudioData" && m.Audio != nil && m.Audio.Silent != nil:
		if b.hears(m.Audio.Data, m.Audio.Timestamp, *m.Audio.Silent) {
			b.send(conn, `{"Kind":"StopAudio","AudioData":null,"StopAudio":{},"MarkData":null}`)
			b.says(conn, answerHz, time.Second, "answer")
		}
	case m.Kind == "MarkData" && m.Mark != nil:
		if b.marks = append(b.marks, m.Mark.ID+" "+m.Mark.Status); m.Mark.ID == "answer" {
			close(b.said)
		}
	default:
		b.news.Strange = append(b.news.Strange, string(message))
	}
}

// follows reports whether a frame is the next one, or the first after five or more that the
// clock of a busy machine left out.
func follows(step time.Duration) bool {
	const frame = 20 * time.Millisecond
	n := step.Round(frame) / frame
	return (step-n*frame).Abs() <= time.Millisecond && (n == 1 || n > 5)
}

// hears takes a frame, and says once that somebody has begun to talk.
func (b *dotNetBot) hears(pcm []byte, at time.Time, silent bool) bool {
	b.news.Frames++
	if step := at.Sub(b.last); len(pcm) != b.news.RateHz/25 || !b.last.IsZero() && !follows(step) {
		b.news.Strange = append(b.news.Strange, fmt.Sprintf("frame %d has %d bytes, %v after the one before", b.news.Frames, len(pcm), step))
	}
	b.last = at
	if silent {
		b.news.Silent++
	}
	b.heard = append(b.heard, pcm...)
	change, last := 0, 0
	for i := 0; i+1 < len(pcm); i += 2 {
		sample := int(int16(binary.LittleEndian.Uint16(pcm[i:])))
		change, last = change+max(sample-last, last-sample), sample
	}
	if b.voiced++; change < 300*len(pcm)/2 {
		b.voiced = 0
	}
	if b.voiced < 5 || b.news.StoppedAt > 0 {
		return false
	}
	b.news.StoppedAt = b.news.Frames
	return true
}
