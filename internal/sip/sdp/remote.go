package sdp

import (
	"cmp"
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
	// mostMeanings is how many meanings of one payload type are looked at.
	mostMeanings = 8
)

// remoteStream is one m= line of the far end with what the session says for it.
type remoteStream struct {
	name       string // the m= line as it came
	port       int    // 0: not wanted
	profile    string // how it is carried, such as RTP/AVP
	numbers    []string
	attributes attributes
	address    string // c=, the stream's own or the session's
	direction  rtp.Direction
}

// attributes are a= lines in their order.
type attributes []struct{ key, value string }

func (a *attributes) read(line string) {
	key, value, _ := strings.Cut(line, ":")
	*a = append(*a, struct{ key, value string }{strings.TrimSpace(key), strings.TrimSpace(value)})
}

// parse reads what a call needs of a description: where the streams go, what they
// are and what is said of them. The order of lines within the session and within a
// stream means nothing, lines that are missing or unknown neither: descriptions
// come from far ends that put c= after t=, leave out s= and t=, or end lines with
// LF alone.
func parse(body []byte) ([]remoteStream, error) {
	if len(body) > mostBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(body))
	}
	var session attributes
	var address string
	var streams []remoteStream
	first := true
	for line := range strings.Lines(string(body)) {
		line = strings.Trim(line, "\r\n \t\x00")
		kind, value, ok := strings.Cut(line, "=")
		value = strings.TrimSpace(value)
		switch {
		case line == "":
			continue
		case first && (!ok || kind != "v"):
			return nil, fmt.Errorf("%w: it does not begin with v=", ErrMalformed)
		case kind == "m":
			s, err := readStream(value)
			if err != nil {
				return nil, err
			}
			if streams = append(streams, s); len(streams) > mostStreams {
				return nil, fmt.Errorf("%w: more than %d streams", ErrMalformed, mostStreams)
			}
		case kind == "c" && len(streams) == 0:
			address = cmp.Or(address, connection(value))
		case kind == "c":
			own := &streams[len(streams)-1].address
			*own = cmp.Or(*own, connection(value))
		case kind == "a" && len(streams) == 0:
			session.read(value)
		case kind == "a":
			streams[len(streams)-1].attributes.read(value)
		}
		first = false
	}
	if first {
		return nil, fmt.Errorf("%w: it is empty", ErrMalformed)
	}
	for i := range streams {
		s := &streams[i]
		s.address = cmp.Or(s.address, address)
		s.direction = s.attributes.direction(session.direction(rtp.SendRecv))
	}
	return streams, nil
}

// readStream reads an m= line. Of what is not sound over RTP only the name matters.
func readStream(name string) (remoteStream, error) {
	s := remoteStream{name: name}
	f := strings.Fields(name)
	if len(f) < 3 {
		return s, fmt.Errorf("%w: m=%.100s", ErrMalformed, name)
	}
	port, _, _ := strings.Cut(f[1], "/")
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return s, fmt.Errorf("%w: port %.100q", ErrMalformed, f[1])
	}
	s.port, s.profile, s.numbers = int(n), strings.ToUpper(f[2]), f[3:]
	return s, nil
}

// connection is the address of a c= line, without the scope that a multicast
// address has (RFC 8866 5.7).
func connection(value string) string {
	f := strings.Fields(value)
	if len(f) < 3 {
		return ""
	}
	address, _, _ := strings.Cut(f[2], "/")
	return address
}

// usable reports whether the stream is audio over plain RTP that is wanted: port
// 0 means it is not (RFC 3264 5.1). RTP/AVPF is RTP with feedback over RTCP (RFC
// 4585), which nobody has to give.
func (s remoteStream) usable() bool {
	plain := s.profile == avp || s.profile == avpf
	return plain && strings.HasPrefix(strings.ToLower(s.name), "audio ") && s.port > 0 && len(s.numbers) > 0
}

// The profiles that we speak.
const (
	avp  = "RTP/AVP"
	avpf = "RTP/AVPF"
)

// agree is what the stream and we have in common, in the far end's order.
func (s remoteStream) agree(ours codec.Set) (rtp.Params, error) {
	addr, err := netip.ParseAddr(s.address)
	if err != nil || addr.Zone() != "" {
		return rtp.Params{}, fmt.Errorf("%w: the media address %.100q is no IP address", ErrNotAcceptable, s.address)
	}
	p := rtp.Params{
		Remote:    netip.AddrPortFrom(addr.Unmap(), uint16(s.port)),
		Direction: mirrored(s.direction),
	}
	// RFC 3264 8.4: to connect to 0.0.0.0 is how RFC 2543 put somebody on hold.
	if addr.IsUnspecified() {
		p.Direction = deaf(p.Direction)
	}
	p.Control, p.Muxed = s.control(p.Remote.Addr())
	s.pick(&p, ours)
	if p.Codec == nil {
		return rtp.Params{}, fmt.Errorf("%w: none of the codecs %v", ErrNotAcceptable, s.numbers)
	}
	return p, nil
}

// control is where the far end wants RTCP: at a port of its own choice (RFC 3605), or
// with the sound (RFC 5761). Without an address of its own the port is at that of the sound.
func (s remoteStream) control(sound netip.Addr) (at netip.AddrPort, muxed bool) {
	for _, line := range s.attributes {
		switch line.key {
		case "rtcp-mux":
			muxed = true
		case "rtcp":
			number, rest, _ := strings.Cut(line.value, " ")
			port, err := strconv.ParseUint(number, 10, 16)
			if err != nil || port == 0 {
				continue
			}
			at = netip.AddrPortFrom(sound, uint16(port))
			if own, err := netip.ParseAddr(connection(rest)); err == nil && own.Zone() == "" && !own.IsUnspecified() {
				at = netip.AddrPortFrom(own.Unmap(), uint16(port))
			}
		}
	}
	return at, muxed
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
// said of it. One that is said to mean several things is listed for each of them:
// what we can do of it counts.
func (s remoteStream) formats() []format {
	var all []format
	listed := map[uint64]bool{}
	for _, number := range s.numbers {
		pt, err := strconv.ParseUint(number, 10, 7)
		if err != nil || listed[pt] {
			continue
		}
		listed[pt] = true
		f := format{payloadType: uint8(pt)}
		if fmtp := s.attributes.of("fmtp", number); len(fmtp) > 0 {
			f.fmtp = fmtp[0]
		}
		meanings := s.attributes.of("rtpmap", number)
		if len(meanings) == 0 {
			all = append(all, f)
		}
		for _, rtpmap := range meanings[:min(len(meanings), mostMeanings)] {
			f.mapping = parseMapping(rtpmap)
			all = append(all, f)
		}
	}
	return all
}

// of finds what the lines a=<key>:<format> <value> say.
func (a attributes) of(key, format string) (values []string) {
	for _, line := range a {
		pt, value, _ := strings.Cut(line.value, " ")
		if line.key == key && pt == format && value != "" {
			values = append(values, strings.TrimSpace(value))
		}
	}
	return values
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
func (a attributes) direction(otherwise rtp.Direction) rtp.Direction {
	for _, line := range a {
		switch line.key {
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
