package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"

	"strowger/internal/config"
)

// pairsTried is how many pairs of ports are looked at, spread over the range.
const pairsTried = 16

// media opens pairs of the range as a leg does, and sends a packet through one.
func media(_ context.Context, cfg config.Config) []Finding {
	const subject = "rtp"
	r := cfg.RTP.Ports
	first := r.First + r.First%2 // RFC 3550 11: RTP on the even port
	pairs := (r.Last - first + 1) / 2
	tried := min(pairs, pairsTried)
	taken, proven := 0, false
	for i := range tried {
		port := first + 2*(i*pairs/tried)
		switch err := echo(port); {
		case err == nil:
			proven = true
		case errors.Is(err, syscall.EADDRINUSE):
			taken++
		default:
			return []Finding{fail(subject, fmt.Errorf("ports %d and %d: %w", port, port+1, err), "allow UDP on this machine for rtp.ports")}
		}
	}
	switch {
	case !proven:
		return []Finding{fail(subject, fmt.Errorf("all ports of %s that were tried are taken", r), "choose a range that no other program uses")}
	case taken > 0:
		return []Finding{warn(subject, fmt.Errorf("%d of %d pairs tried in %s are taken", taken, tried, r), "calls avoid taken ports; choose a free range if this is not Strowger itself")}
	default:
		return []Finding{ok(subject, "a packet went through %s: room for %d legs", r, pairs)}
	}
}

// echo opens port and the one above it, and sends a packet from one to the other.
func echo(port int) error {
	rtp, err := net.ListenPacket("udp4", ":"+strconv.Itoa(port))
	if err != nil {
		return err
	}
	defer rtp.Close()
	rtcp, err := net.ListenPacket("udp4", ":"+strconv.Itoa(port+1))
	if err != nil {
		return err
	}
	defer rtcp.Close()
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	if _, err := rtcp.WriteTo([]byte("strowger doctor"), to); err != nil {
		return err
	}
	if err := rtp.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, _, err := rtp.ReadFrom(make([]byte, 64)); err != nil {
		return fmt.Errorf("a packet sent over loopback did not arrive: %w", err)
	}
	return nil
}
