package rtp

import (
	"math"
	"sync/atomic"
	"time"
)

// Stats counts what happened to a session's packets.
type Stats struct {
	Received   uint64        // valid packets from the far end
	Lost       uint64        // never came (RFC 3550 A.3)
	Late       uint64        // came after their time to be played
	Duplicated uint64        // came again
	Invalid    uint64        // not RTP, of no use here, or from a stranger
	Concealed  time.Duration // sound made up where none came in time
	Hurried    uint64        // times that sound was left out to shorten the delay
	Sent       uint64
	SendErrors uint64
	Jitter     time.Duration // interarrival jitter (RFC 3550 A.8)
	Delay      time.Duration // sound waiting in the jitter buffer

	// By the far end's RTCP; zero without any.
	Reports   uint64        // that came about what we send
	FarLost   uint64        // packets that never came there, or late
	FarJitter time.Duration // of those that came
	RoundTrip time.Duration // there and back, without the time in between
}

// intake counts what the reader goroutine sees.
type intake struct {
	received   atomic.Uint64 // valid and numbered, duplicates too
	due        atomic.Uint64
	late       atomic.Uint64
	duplicated atomic.Uint64
	invalid    atomic.Uint64
	events     atomic.Uint64 // telephone-event packets
	apart      atomic.Uint64 // those of them that are not numbered with the sound
	jitter     jitter
	ssrc       atomic.Uint32 // of the stream
	highest    atomic.Uint32 // sequence number, extended by its cycles (RFC 3550 A.1)
}

func (in *intake) lost() uint64 {
	due, got := in.due.Load(), in.received.Load()-in.duplicated.Load()-in.apart.Load()
	if got > due {
		return 0
	}
	return due - got
}

// jitter is the estimator of RFC 3550 A.8, in seconds.
type jitter struct {
	started bool
	transit float64
	value   float64
	shown   atomic.Uint64 // math.Float64bits of value
}

// take notes that a packet with this timestamp arrived now.
func (j *jitter) take(arrival time.Duration, timestamp uint32, clockRateHz int) {
	transit := arrival.Seconds() - float64(timestamp)/float64(clockRateHz)
	if j.started {
		change := math.Abs(transit - j.transit)
		// A timestamp that wrapped, or a stream that started anew, is no jitter.
		if change < 5 {
			j.value += (change - j.value) / 16
			j.shown.Store(math.Float64bits(j.value))
		}
	}
	j.started, j.transit = true, transit
}

func (j *jitter) duration() time.Duration {
	return time.Duration(math.Float64frombits(j.shown.Load()) * float64(time.Second))
}
