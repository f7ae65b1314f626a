package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"strowger/internal/call"
	"strowger/internal/media/dtmf"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/sdp"
)

// sound is a leg's RTP session and what was negotiated for it.
type sound struct {
	session     *rtp.Session
	negotiation sdp.Negotiation
	params      rtp.Params
	behind      netip.Addr // where its media may come from though announced elsewhere; often invalid
	done        chan struct{}
}

// hearing is what a leg wants to know from its sound. Both run on the
// session's reader.
type hearing struct {
	digit  func(d dtmf.Digit, at time.Time)
	silent func()
}

// openSound takes a port for a far end whose signalling is at remote. The
// sound must be closed.
func (ls *Legs) openSound(remote netip.Addr, h hearing) (*sound, error) {
	bind, shown, err := ls.mediaAddress(remote)
	if err != nil {
		return nil, err
	}
	io, err := ls.cfg.Ports.Listen(bind)
	if err != nil {
		return nil, fmt.Errorf("open a media port: %w", err)
	}
	s := &sound{
		session: rtp.NewSession(rtp.Config{
			Transport: io, MediaTimeout: ls.cfg.MediaTimeout,
			OnDigit: h.digit, OnMediaTimeout: h.silent,
		}),
		negotiation: sdp.Negotiation{
			// RFC 8866 5.2 suggests the time, to be unlike any other of ours.
			Session: uint64(time.Now().UnixMilli()),
			Local:   netip.AddrPortFrom(shown, io.LocalAddr().Port()),
			Codecs:  ls.cfg.Codecs,
		},
		done: make(chan struct{}),
	}
	ls.expectNAT(s, remote)
	go func() {
		defer close(s.done)
		// Close ends it, so that it ends with its leg and not before.
		if err := s.session.Run(context.Background()); err != nil {
			ls.log.Warn("media socket failed", "error", err)
		}
	}()
	return s, nil
}

// expectNAT notes where the signalling of the far end is, when that may be where
// its media come from, too.
func (ls *Legs) expectNAT(s *sound, signalling netip.Addr) {
	if ls.cfg.NAT && signalling.IsValid() {
		s.behind = signalling.Unmap()
	}
}

// close gives the port back. It waits for the reader, which never waits for a leg.
func (s *sound) close() {
	_ = s.session.Close()
	<-s.done
}

// apply makes the session follow what was negotiated.
func (s *sound) apply(p rtp.Params) error {
	p.Behind = s.behind
	if err := s.session.Update(p); err != nil {
		return err
	}
	s.params = p
	return nil
}

// agree applies an answer to our offer.
func (s *sound) agree(answer []byte) error {
	agreed, err := s.negotiation.Agree(answer)
	if err != nil {
		return err
	}
	return s.apply(agreed)
}

// held reports whether the far end has told us not to expect anything.
func (s *sound) held() bool { return s.params.Direction != rtp.SendRecv }

func (s *sound) media() call.Media {
	if s == nil || s.params.Codec == nil {
		return call.Media{}
	}
	return call.Media{
		LocalAddr: s.negotiation.Local.String(), RemoteAddr: s.params.Remote.String(),
		Codec: s.params.Codec.Name, PayloadType: s.params.PayloadType, EventPayloadType: s.params.EventPayloadType,
		SSRC:       s.session.SSRC(),
		SDPSession: s.negotiation.Session, SDPVersion: s.negotiation.Version,
	}
}

// quality is what the network made of the sound, for the log: packets, and the
// jitter of those that came (RFC 3550 A.8). What the far end reports of those that
// went is there when it sends RTCP.
func (s *sound) quality() []any {
	st := s.session.Stats()
	quality := []any{"packets_sent", st.Sent, "packets_received", st.Received, "packets_lost", st.Lost, "packets_late", st.Late,
		"concealed", st.Concealed, "jitter", st.Jitter}
	if st.Reports > 0 {
		quality = append(quality, "far_packets_lost", st.FarLost, "far_jitter", st.FarJitter, "round_trip", st.RoundTrip)
	}
	return quality
}

// mediaAddress is where a leg's port is bound and which address the far end is
// told. Behind NAT that is the external address, but not for a program on this
// machine: NAT does not bring its packets back.
func (ls *Legs) mediaAddress(remote netip.Addr) (bind, shown netip.Addr, err error) {
	remote = remote.Unmap()
	bind = ls.cfg.MediaIP
	if !bind.IsValid() || bind.IsUnspecified() {
		bind = netip.IPv4Unspecified()
		if remote.Is6() {
			bind = netip.IPv6Unspecified()
		}
	}
	switch {
	case ls.cfg.UA.External().IsValid() && !remote.IsLoopback():
		return bind, ls.cfg.UA.External(), nil
	case !bind.IsUnspecified():
		return bind, bind, nil
	}
	shown, err = localAddress(remote)
	return bind, shown, err
}

// localAddress is the address from which this machine reaches another. No
// packet is sent.
func localAddress(remote netip.Addr) (netip.Addr, error) {
	if !remote.IsValid() {
		remote = netip.AddrFrom4([4]byte{192, 0, 2, 1}) // TEST-NET: the way of the default route
	}
	conn, err := net.Dial("udp", net.JoinHostPort(remote.String(), strconv.Itoa(9)))
	if err != nil {
		return netip.Addr{}, fmt.Errorf("find our address towards %s: %w", remote, err)
	}
	defer conn.Close()
	return netip.MustParseAddrPort(conn.LocalAddr().String()).Addr(), nil
}
