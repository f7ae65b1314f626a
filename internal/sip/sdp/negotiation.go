package sdp

import (
	"cmp"
	"fmt"
	"net/netip"

	pion "github.com/pion/sdp/v3"

	"strowger/internal/media/codec"
	"strowger/internal/media/rtp"
)

// Negotiation is our side of the media session of one leg. It belongs to one
// goroutine.
type Negotiation struct {
	Session uint64         // o= session id
	Version uint64         // o= version of our last description; 0 before the first
	Local   netip.AddrPort // where we receive RTP, as the far end reaches it
	Codecs  codec.Set      // what we can do

	numbers numbers
	profile string // of the far end's stream; empty before the first
	muxed   bool   // RTCP shares the port of the sound, as the far end offered
	last    string // our last description, without its version
}

// Offer describes what we can do: all our codecs in order of preference.
func (n *Negotiation) Offer() []byte {
	all, _ := n.offers()
	return n.describe(n.audio(all, rtp.SendRecv))
}

// Agree reads the answer to our Offer.
func (n *Negotiation) Agree(answer []byte) (rtp.Params, error) {
	streams, err := parse(answer)
	if err != nil {
		return rtp.Params{}, err
	}
	// RFC 3264 6: the answer has the offer's streams in the offer's order, and
	// ours has one.
	if len(streams) == 0 || !streams[0].usable() {
		return rtp.Params{}, fmt.Errorf("%w: the audio stream was refused", ErrNotAcceptable)
	}
	agreed, err := streams[0].agree(n.Codecs)
	if err != nil {
		return rtp.Params{}, err
	}
	// RFC 3264 6.1: the answer's numbers are for what we send. What comes may have
	// those that we offered.
	_, offered := n.offers()
	agreed.Understood = append(agreed.Understood, offered...)
	n.profile = streams[0].profile
	n.muxed = n.muxed && agreed.Muxed // RFC 5761 5.1.1: it is not, unless it was offered
	agreed.Muxed = n.muxed
	n.understandEvents(streams[0], &agreed)
	return agreed, nil
}

// Answer accepts an offer, as far as we can.
func (n *Negotiation) Answer(offer []byte) (answer []byte, agreed rtp.Params, err error) {
	streams, err := parse(offer)
	if err != nil {
		return nil, rtp.Params{}, err
	}
	chosen, agreed, err := n.choose(streams)
	if err != nil {
		return nil, rtp.Params{}, err
	}
	var media []*pion.MediaDescription
	for i, s := range streams {
		if i != chosen {
			media = append(media, s.refused())
			continue
		}
		formats := []format{soundFormat(agreed.Codec, agreed.PayloadType)}
		if agreed.EventPayloadType != 0 {
			formats = append(formats, eventFormat(agreed.EventClockRateHz, agreed.EventPayloadType))
		}
		n.profile, n.muxed = s.profile, agreed.Muxed
		media = append(media, n.audio(formats, agreed.Direction))
		n.keep(s, &agreed, formats)
	}
	return n.describe(media...), agreed, nil
}

// keep notes what the numbers of an offer that we answer mean, above all those of
// the formats that we took, and that we understand our codecs with static numbers
// too, whether or not they were listed: some phones send the other law of G.711
// than they were answered.
func (n *Negotiation) keep(s remoteStream, agreed *rtp.Params, took []format) {
	if n.numbers == nil {
		n.numbers = numbers{}
	}
	for _, f := range append(took, s.formats()...) {
		n.numbers.learn(f)
	}
	n.understandEvents(s, agreed)
	for _, c := range n.Codecs {
		if c.Static() {
			agreed.Understood = append(agreed.Understood, rtp.Format{Codec: c, PayloadType: c.PayloadType})
		}
	}
}

// understandEvents notes every number under which a key may come. By RFC 3264 the
// far end sends it under the number that our description gives; many send it under
// their own, or under one that was agreed on before.
func (n *Negotiation) understandEvents(s remoteStream, agreed *rtp.Params) {
	known := map[uint8]bool{agreed.EventPayloadType: agreed.EventPayloadType != 0}
	understand := func(e rtp.EventFormat) {
		if !known[e.PayloadType] {
			known[e.PayloadType] = true
			agreed.EventsUnderstood = append(agreed.EventsUnderstood, e)
		}
	}
	for _, f := range s.formats() {
		if f.isEvent() && f.mapping.clockRateHz > 0 {
			understand(rtp.EventFormat{PayloadType: f.payloadType, ClockRateHz: f.mapping.clockRateHz})
		}
	}
	for _, e := range n.numbers.events() {
		understand(e)
	}
}

// choose takes the first audio stream that we can do. Its error is that of the
// first stream when there is none.
func (n *Negotiation) choose(streams []remoteStream) (int, rtp.Params, error) {
	var first error
	for i, s := range streams {
		if !s.usable() {
			continue
		}
		agreed, err := s.agree(n.Codecs)
		if err == nil {
			return i, agreed, nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = fmt.Errorf("%w: no audio over RTP/AVP is offered", ErrNotAcceptable)
	}
	return 0, rtp.Params{}, first
}

func (n *Negotiation) audio(formats []format, dir rtp.Direction) *pion.MediaDescription {
	m := &pion.MediaDescription{MediaName: pion.MediaName{
		Media: "audio", Port: pion.RangedPort{Value: int(n.Local.Port())}, Protos: []string{cmp.Or(n.profile, avp)},
	}}
	for _, f := range formats {
		f.put(m)
	}
	if n.muxed {
		m.WithPropertyAttribute("rtcp-mux")
	}
	return m.WithValueAttribute("ptime", "20").WithPropertyAttribute(dir.String())
}

// describe makes a description of these streams. The version rises when it
// says anything new.
func (n *Negotiation) describe(media ...*pion.MediaDescription) []byte {
	family := "IP4"
	if n.Local.Addr().Is6() {
		family = "IP6"
	}
	host := n.Local.Addr().String()
	d := pion.SessionDescription{
		Origin: pion.Origin{
			Username: "strowger", SessionID: n.Session, NetworkType: "IN", AddressType: family, UnicastAddress: host,
		},
		SessionName: "-",
		ConnectionInformation: &pion.ConnectionInformation{
			NetworkType: "IN", AddressType: family, Address: &pion.Address{Address: host},
		},
		TimeDescriptions:  []pion.TimeDescription{{}},
		MediaDescriptions: media,
	}
	if body := marshal(&d); body != n.last {
		n.last = body
		n.Version++
	}
	d.Origin.SessionVersion = n.Version
	return []byte(marshal(&d))
}

func marshal(d *pion.SessionDescription) string {
	text, err := d.Marshal()
	if err != nil {
		panic(fmt.Sprintf("sdp: our own description: %v", err)) // pion's Marshal has no error to give
	}
	return string(text)
}
