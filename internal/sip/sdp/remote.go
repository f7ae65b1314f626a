package sdp

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	pion "github.com/pion/sdp/v3"

	"strowger/internal/media/codec"
	"strowger/internal/media/rtp"
)

// Why a description cannot be used, each with its SIP answer.
var (
	ErrMalformed     = errors.New("malformed session description") // 400
	ErrNotAcceptable = errors.New("nothing in common")             // 488
)

// Bounds of what we read: nobody describes a call in more.
const (
	mostBytes   = 32 << 10
	mostStreams = 32
)

// remoteStream is one m= line of the far end with what the session says for it.
type remoteStream struct {
	name      string // the m= line as it came
	media     *pion.MediaDescription
	address   string // c=, the stream's own or the session's
	direction rtp.Direction
}

func parse(body []byte) ([]remoteStream, error) {
	if len(body) > mostBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(body))
	}
	text, names := readable(body)
	var d pion.SessionDescription
	if len(text) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrMalformed)
	}
	if err := d.Unmarshal(text); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	if len(names) > mostStreams || len(names) != len(d.MediaDescriptions) {
		return nil, fmt.Errorf("%w: %d streams", ErrMalformed, len(names))
	}
	session := direction(d.Attributes, rtp.SendRecv)
	var streams []remoteStream
	for i, m := range d.MediaDescriptions {
		s := remoteStream{name: names[i], media: m, direction: direction(m.Attributes, session)}
		for _, c := range []*pion.ConnectionInformation{m.ConnectionInformation, d.ConnectionInformation} {
			if c != nil && c.Address != nil {
				s.address = c.Address.Address
				break
			}
		}
		streams = append(streams, s)
	}
	return streams, nil
}

// readable makes the description such that pion reads it. Phones are seen to
// end lines with LF alone, to leave blank lines at the end, and to put session
// ids beyond 64 bits into o=, of which we need nothing. Streams other than
// audio over RTP/AVP are refused whatever they are, and pion knows only some
// (not T.38, which fax gateways offer beside audio): they become a stream that
// it knows, and their own names are returned for the answer.
func readable(body []byte) (text []byte, names []string) {
	var out bytes.Buffer
	for line := range bytes.Lines(body) {
		line = bytes.TrimRight(line, "\r\n \x00")
		name, isStream := bytes.CutPrefix(line, []byte("m="))
		switch {
		case len(line) == 0:
			continue
		case bytes.HasPrefix(line, []byte("o=")):
			line = []byte("o=- 0 0 IN IP4 0.0.0.0")
		case isStream:
			names = append(names, string(name))
			if !plainAudio(string(name)) {
				line = []byte("m=application 0 UDP 0")
			}
		}
		out.Write(line)
		out.WriteString("\r\n")
	}
	return out.Bytes(), names
}

func plainAudio(name string) bool {
	f := strings.Fields(name)
	return len(f) > 3 && f[0] == "audio" && f[2] == "RTP/AVP"
}

// usable reports whether the stream is audio over plain RTP that is wanted: port
// 0 means it is not (RFC 3264 5.1).
func (s remoteStream) usable() bool {
	return plainAudio(s.name) && s.media.MediaName.Port.Value > 0
}

// agree is what the stream and we have in common, in the far end's order.
func (s remoteStream) agree(ours codec.Set) (rtp.Params, error) {
	addr, err := netip.ParseAddr(s.address)
	if err != nil || addr.Zone() != "" {
		return rtp.Params{}, fmt.Errorf("%w: the media address %.100q is no IP address", ErrNotAcceptable, s.address)
	}
	if s.media.MediaName.Port.Value > 65535 {
		return rtp.Params{}, fmt.Errorf("%w: port %d", ErrMalformed, s.media.MediaName.Port.Value)
	}
	p := rtp.Params{
		Remote:    netip.AddrPortFrom(addr.Unmap(), uint16(s.media.MediaName.Port.Value)),
		Direction: mirrored(s.direction),
	}
	// RFC 3264 8.4: to connect to 0.0.0.0 is how RFC 2543 put somebody on hold.
	if addr.IsUnspecified() {
		p.Direction = deaf(p.Direction)
	}
	s.pick(&p, ours)
	if p.Codec == nil {
		return rtp.Params{}, fmt.Errorf("%w: none of the codecs %v", ErrNotAcceptable, s.media.MediaName.Formats)
	}
	return p, nil
}

// pick takes the formats that we have too: the first is what we send, and events
// are best counted by its clock (RFC 4733 2.1).
func (s remoteStream) pick(p *rtp.Params, ours codec.Set) {
	var sounds []rtp.Format
	for _, f := range s.formats() {
		if c := f.sound(ours); c != nil {
			sounds = append(sounds, rtp.Format{Codec: c, PayloadType: f.payloadType, FMTP: f.fmtp})
		}
	}
	if len(sounds) == 0 {
		return
	}
	p.Format, p.Understood = sounds[0], sounds[1:]
	for _, clockRateHz := range []int{p.Codec.ClockRateHz, 8000} {
		for _, f := range s.formats() {
			// One payload type cannot be both: what is said twice is sound.
			if f.isEvent() && f.mapping.clockRateHz == clockRateHz && f.payloadType != p.PayloadType {
				p.EventPayloadType, p.EventClockRateHz = f.payloadType, clockRateHz
				return
			}
		}
	}
}

// formats are the payload types of the m= line in their order, each with what is
// said of it.
func (s remoteStream) formats() []format {
	var all []format
	for _, number := range s.media.MediaName.Formats {
		if pt, err := strconv.ParseUint(number, 10, 7); err == nil {
			f := format{payloadType: uint8(pt), fmtp: s.attribute("fmtp", number)}
			if rtpmap := s.attribute("rtpmap", number); rtpmap != "" {
				f.mapping = parseMapping(rtpmap)
			}
			all = append(all, f)
		}
	}
	return all
}

// attribute finds a=<key>:<format> <value>.
func (s remoteStream) attribute(key, format string) string {
	for _, a := range s.media.Attributes {
		pt, value, _ := strings.Cut(a.Value, " ")
		if a.Key == key && pt == format {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// refused is how we answer a stream that we do not take: its own name with
// port 0 (RFC 3264 6).
func (s remoteStream) refused() *pion.MediaDescription {
	f := strings.Fields(s.name)
	m := pion.MediaName{Media: "audio", Protos: []string{"RTP", "AVP"}, Formats: []string{"0"}}
	if len(f) > 3 {
		m.Media, m.Protos, m.Formats = f[0], []string{f[2]}, f[3:]
	}
	return &pion.MediaDescription{MediaName: m}
}

// direction finds the last direction attribute, else the default.
func direction(attributes []pion.Attribute, otherwise rtp.Direction) rtp.Direction {
	for _, a := range attributes {
		switch a.Key {
		case "sendrecv":
			otherwise = rtp.SendRecv
		case "sendonly":
			otherwise = rtp.SendOnly
		case "recvonly":
			otherwise = rtp.RecvOnly
		case "inactive":
			otherwise = rtp.Inactive
		}
	}
	return otherwise
}

// mirrored is the far end's direction as seen from here (RFC 3264 6.1).
func mirrored(d rtp.Direction) rtp.Direction {
	switch d {
	case rtp.SendOnly:
		return rtp.RecvOnly
	case rtp.RecvOnly:
		return rtp.SendOnly
	}
	return d
}

// deaf is a direction without sending.
func deaf(d rtp.Direction) rtp.Direction {
	switch d {
	case rtp.SendRecv:
		return rtp.RecvOnly
	case rtp.SendOnly:
		return rtp.Inactive
	}
	return d
}
