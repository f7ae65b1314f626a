package lab

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"strowger/internal/media/codec"
	"strowger/internal/media/dtmf"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/sdp"
	"strowger/internal/sip/ua"
)

// side is our side of one call, whoever placed it: its session, and its sound.
// The goroutine that runs the call owns the negotiation; the methods of
// ua.Observer only pass on what happens, on a SIP shard.
type side struct {
	session *ua.Session

	offers   chan *ua.Offer // re-INVITEs
	answers  chan []byte    // to offers of ours within the call
	answered chan []byte    // the call is up: the answer to our INVITE, nothing when ours was acknowledged
	gone     chan struct{}  // closed by the end
	cause    ua.Cause       // why; to be read after gone

	negotiation sdp.Negotiation
	rtp         *rtp.Session
}

func newSide() side {
	return side{
		offers: make(chan *ua.Offer, 4), answers: make(chan []byte, 4),
		answered: make(chan []byte, 1), gone: make(chan struct{}),
	}
}

// openSound takes a port. What it starts ends, and the port is given back, when
// the returned function is called.
func (s *side) openSound(ctx context.Context, ports *rtp.Ports, ip netip.Addr, onDigit func(dtmf.Digit, time.Time)) (stop func(), _ error) {
	io, err := ports.Listen(ip)
	if err != nil {
		return nil, err
	}
	s.rtp = rtp.NewSession(rtp.Config{Transport: io, OnDigit: onDigit})
	local := s.rtp.LocalAddr()
	s.negotiation = sdp.Negotiation{Codecs: codec.G711, Session: uint64(local.Port()), Local: local}
	var running sync.WaitGroup
	running.Go(func() { _ = s.rtp.Run(ctx) })
	return func() {
		_ = s.rtp.Close()
		running.Wait()
	}, nil
}

// accept answers an offer.
func (s *side) accept(offer []byte) ([]byte, error) {
	body, agreed, err := s.negotiation.Answer(offer)
	if err != nil {
		return nil, err
	}
	return body, s.rtp.Update(agreed)
}

// agree takes the answer to an offer of ours.
func (s *side) agree(answer []byte) error {
	agreed, err := s.negotiation.Agree(answer)
	if err != nil {
		return err
	}
	return s.rtp.Update(agreed)
}

func (s *side) renegotiate(o *ua.Offer) {
	if len(o.SDP) == 0 {
		o.Answer(s.negotiation.Offer())
		return
	}
	body, err := s.accept(o.SDP)
	if err != nil {
		o.Refuse(ua.Refusal{Code: 488})
		return
	}
	o.Answer(body)
}

func (s *side) hangUp() { s.session.Hangup(ua.Reason{}) }

// Progress: nobody here waits for it.
func (s *side) Progress(int, []byte, ua.Dialog) {}

// Answered comes once.
func (s *side) Answered(body []byte, _ ua.Dialog) { s.answered <- body }

// Reinvited answers an offer that a re-INVITE had asked us for.
func (s *side) Reinvited(code int, body []byte, _ ua.Dialog) {
	if code >= 300 {
		return
	}
	select {
	case s.answers <- body:
	default: // what was agreed before goes on
	}
}

// Offer is a re-INVITE.
func (s *side) Offer(o *ua.Offer) {
	select {
	case s.offers <- o:
	default:
		o.Refuse(ua.Refusal{Code: 500})
	}
}

// Failed and Ended: the call is over, and one of them comes once.
func (s *side) Failed(cause ua.Cause) {
	s.cause = cause
	close(s.gone)
}

// Ended is Failed after the answer.
func (s *side) Ended(cause ua.Cause) { s.Failed(cause) }
