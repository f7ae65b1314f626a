package sdp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	pion "github.com/pion/sdp/v3"

	"strowger/internal/media/codec"
	"strowger/internal/media/rtp"
)

const (
	eventName = "telephone-event" // RFC 4733
	// eventPayloadType is the number that we propose for it, the one that most
	// phones and carriers use too.
	eventPayloadType = 101
	// eventKeys are the keys of a telephone (RFC 4733 2.4.1).
	eventKeys = "0-15"

	lastPayloadType = 127
)

// format is one entry of an m= line: a payload type and what it means.
type format struct {
	payloadType uint8
	mapping     mapping
	fmtp        string
}

// mapping is what an rtpmap says. The zero mapping is none.
type mapping struct {
	name        string
	clockRateHz int
	channels    int
}

func (m mapping) String() string {
	if m.channels > 1 {
		return fmt.Sprintf("%s/%d/%d", m.name, m.clockRateHz, m.channels)
	}
	return fmt.Sprintf("%s/%d", m.name, m.clockRateHz)
}

// parseMapping reads <name>/<rate>[/<channels>]. What cannot be read is a mapping
// to nothing that anybody has.
func parseMapping(s string) mapping {
	parts := append(strings.Split(strings.TrimSpace(s), "/"), "1")
	if len(parts) < 3 {
		return mapping{name: s}
	}
	rate, err := strconv.Atoi(parts[1])
	channels, err2 := strconv.Atoi(parts[2])
	if err != nil || err2 != nil {
		return mapping{name: s}
	}
	return mapping{name: parts[0], clockRateHz: rate, channels: channels}
}

func soundFormat(c *codec.Codec, payloadType uint8) format {
	return format{payloadType, mapping{c.Name, c.ClockRateHz, c.Channels}, c.FMTP}
}

func eventFormat(clockRateHz int, payloadType uint8) format {
	return format{payloadType, mapping{name: eventName, clockRateHz: clockRateHz}, eventKeys}
}

func (f format) isEvent() bool { return strings.EqualFold(f.mapping.name, eventName) }

// sound is what the format means to one who has these codecs. Payload types below
// the dynamic ones mean what RFC 3551 says when no rtpmap says otherwise.
func (f format) sound(ours codec.Set) *codec.Codec {
	if f.mapping == (mapping{}) {
		return ours.Static(f.payloadType)
	}
	return ours.Named(f.mapping.name, f.mapping.clockRateHz, f.mapping.channels)
}

// put writes the format to an m= line of ours.
func (f format) put(m *pion.MediaDescription) {
	pt := strconv.Itoa(int(f.payloadType))
	m.MediaName.Formats = append(m.MediaName.Formats, pt)
	m.WithValueAttribute("rtpmap", pt+" "+f.mapping.String())
	if f.fmtp != "" {
		m.WithValueAttribute("fmtp", pt+" "+f.fmtp)
	}
}

// folded is the mapping as it is compared: names of encodings know no case (RFC
// 4855 3), and one channel need not be said (RFC 8866 6.6).
func (m mapping) folded() mapping {
	return mapping{strings.ToLower(m.name), m.clockRateHz, max(1, m.channels)}
}

// numbers is what the payload types of a session mean. A number keeps its first
// meaning for as long as the session lasts, whoever gave it (RFC 3264 8.3.2).
type numbers map[uint8]mapping

func (n numbers) learn(f format) {
	if _, known := n[f.payloadType]; !known && f.mapping != (mapping{}) {
		n[f.payloadType] = f.mapping.folded()
	}
}

// events are the numbers that mean telephone events.
func (n numbers) events() (all []rtp.EventFormat) {
	for pt, m := range n {
		if m.name == eventName && m.clockRateHz > 0 {
			all = append(all, rtp.EventFormat{PayloadType: pt, ClockRateHz: m.clockRateHz})
		}
	}
	slices.SortFunc(all, func(a, b rtp.EventFormat) int { return int(a.PayloadType) - int(b.PayloadType) })
	return all
}

// assign gives a format of ours the number that it has in this session, or the
// one that it wants, or another that is free. It reports whether there is one:
// the far end may have taken a static number for something else.
func (n numbers) assign(f format) (format, bool) {
	meaning := f.mapping.folded()
	if f.payloadType >= codec.FirstDynamic {
		f.payloadType = n.dynamic(meaning, f.payloadType)
	}
	n.learn(f)
	return f, n[f.payloadType] == meaning
}

// dynamic is the number of a meaning, else the wanted number or the lowest that
// is free, else the wanted one though it is not.
func (n numbers) dynamic(meaning mapping, wanted uint8) uint8 {
	_, unlucky := n[wanted]
	free := wanted
	for pt := uint8(lastPayloadType); pt >= codec.FirstDynamic; pt-- {
		has, taken := n[pt]
		if taken && has == meaning {
			return pt
		}
		if unlucky && !taken {
			free = pt
		}
	}
	return free
}

// offers is all that we can do, in the order of our preference: sound, then the
// events, one for each clock that the sound has (RFC 4733 2.1).
func (n *Negotiation) offers() (all []format, sounds []rtp.Format) {
	if n.numbers == nil {
		n.numbers = numbers{}
	}
	// Nothing of ours shall take the number that is usual for events.
	n.numbers.assign(eventFormat(8000, eventPayloadType))
	for _, c := range n.Codecs {
		if f, ok := n.numbers.assign(soundFormat(c, c.PayloadType)); ok {
			all = append(all, f)
			sounds = append(sounds, rtp.Format{Codec: c, PayloadType: f.payloadType})
		}
	}
	clocks := map[int]bool{}
	for _, s := range sounds {
		hz := s.Codec.ClockRateHz
		if f, ok := n.numbers.assign(eventFormat(hz, eventPayloadType)); ok && !clocks[hz] {
			clocks[hz] = true
			all = append(all, f)
		}
	}
	return all, sounds
}
