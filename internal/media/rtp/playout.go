package rtp

import (
	"math"
	"sync/atomic"
)

// The depth of the jitter buffer, in frames. It starts at none: the first
// packet is played in the next tick, so that sound waits 10 ms on average and
// 20 at most. It deepens by what was missing whenever a packet comes too late,
// and gets shallower when a frame more than needed has been waiting all along.
const (
	maxDepth = 10 // more than 200 ms is dropped at once
	farDepth = 3  // from here on it gets shallower fast

	fastWindow = 25   // ticks
	minWindow  = 100  // ticks; doubled whenever shallower was too shallow
	maxWindow  = 3200 // 64 s, which still follows a clock that is 300 ppm fast
	growPause  = 25   // ticks between deepenings for overtaken packets
)

// playout turns packets that come when they like into frames that are due. It
// belongs to the clock.
//
// cursor is the timestamp of the sample after the last one decoded. A packet
// that starts there is decoded; what is missing before the next packet is made
// up. When there is no next packet the cursor stays, because nobody knows yet
// whether the missing one is lost, late, or was never sent; that is decided
// when the next one comes.
type playout struct {
	ring ring

	fifo   []int16 // decoded, not played yet
	length int     // of what is in fifo
	made   concealer

	playing bool
	known   bool // whether cursor means something
	clockHz int  // of the timestamps
	cursor  uint32
	epoch   uint32
	stalled uint32 // timestamp units made up since the ring ran dry
	packet  int    // samples in the last packet

	hurry      bool // leave out one frame when there are two
	window     int  // ticks that must go by before the depth is reduced
	ticks      int  // of the current window
	spare      int  // least samples waiting in it
	fastTicks  int
	fastSpare  int
	sinceHurry int
	sinceGrown int
	overtaken  uint64 // as of the last tick

	// Counters, for anyone to read.
	concealed atomic.Uint64 // samples
	hurried   atomic.Uint64 // times that sound was left out
	tooLate   atomic.Uint64 // packets that held nothing but the past
	waiting   atomic.Int64  // samples
}

// fifoFrames is how much can be decoded at once: two frames that are due and the
// longest packet, 120 ms.
const fifoFrames = 8

// format is what the playout has to know of the codecs.
type format interface {
	decode(dst []int16, it *item) (samples int)
	// conceal fills dst with what the codec makes up before next, or reports
	// that it cannot. next is nil when what follows dst has not come.
	conceal(dst []int16, next *item) bool
	clockRateHz(payloadType uint8) int
}

// reset forgets all sound, for frames of a new length.
func (p *playout) reset(frame int) {
	if len(p.fifo) != fifoFrames*frame {
		p.fifo = make([]int16, fifoFrames*frame)
	}
	p.length, p.packet = 0, frame
	p.playing, p.known = false, false
	p.stalled = 0
	p.window, p.sinceGrown = minWindow, growPause
	p.made.reset(frame)
	p.restartWindows()
}

// read fills dst with the next frame and reports whether there is sound in it.
// overtaken counts the packets that the reader found to be too late.
func (p *playout) read(dst []int16, f format, overtaken uint64) bool {
	need := len(dst)
	p.sinceHurry++
	p.sinceGrown++
	p.limit(need)
	want := need
	if p.hurry {
		want = 2 * need
	}
	if p.deepen(overtaken) {
		p.conceal(need, f, nil)
	}
	for p.length < want && p.pull(want, f) {
	}
	if !p.playing {
		if p.length < need {
			return false
		}
		p.playing = true
		p.restartWindows()
	}
	voiced := p.length > 0 || !p.made.silent()
	p.runDry(need, f)
	p.emit(dst)
	p.watch(need)
	return voiced
}

// pull moves one step towards a full fifo: it decodes a packet or makes up
// what is missing before it. It returns false when there is nothing to go by.
func (p *playout) pull(want int, f format) bool {
	sequence, s := p.ring.first()
	if s == nil {
		return false
	}
	if s.kind == quiet {
		p.ring.done(sequence, s)
		p.made.hush()
		return true
	}
	if !p.known || s.epoch != p.epoch {
		p.known, p.epoch, p.stalled = true, s.epoch, 0
		p.clockHz, p.cursor = f.clockRateHz(s.payloadType), s.timestamp
	}
	if missing := p.gap(s.timestamp); missing > 0 {
		fill, next := missing, &s.item
		if fill > want-p.length {
			fill, next = want-p.length, nil
		}
		p.conceal(fill, f, next)
		p.ring.give(sequence, s)
		p.cursor += p.units(fill)
		return true
	}
	p.decode(&s.item, f)
	p.ring.done(sequence, s)
	return true
}

// gap is how many samples are missing between the cursor and a packet. The
// time that was made up while the ring was dry has passed for the far end too,
// if the packet says so; else the packet was late, and the delay has grown.
func (p *playout) gap(timestamp uint32) int {
	gap := int32(timestamp - p.cursor)
	if gap >= 0 {
		passed := min(uint32(gap), p.stalled)
		if passed < p.stalled {
			p.tooShallow()
		}
		p.cursor += passed
		gap -= int32(passed)
	}
	p.stalled = 0
	if limit := int32(p.units(maxDepth * len(p.made.past))); gap > limit || gap < -limit {
		p.cursor, gap = timestamp, 0 // the far end started its timestamps anew
	}
	return p.samples(uint32(max(gap, 0)))
}

// decode appends a packet, less what lies before the cursor.
func (p *playout) decode(it *item, f format) {
	fresh := p.fifo[p.length:]
	n := f.decode(fresh, it)
	if n == 0 {
		return
	}
	p.packet = n
	old := 0
	if behind := int32(p.cursor - it.timestamp); behind > 0 {
		old = min(p.samples(uint32(behind)), n)
	}
	if old == n {
		p.tooLate.Add(1)
		return
	}
	copy(fresh, fresh[old:n])
	fresh = fresh[:n-old]
	p.made.hear(fresh)
	p.length += len(fresh)
	p.cursor = it.timestamp + p.units(n)
}

// runDry makes up the rest of a frame for which no packet came.
func (p *playout) runDry(need int, f format) {
	missing := need - p.length
	if missing <= 0 {
		return
	}
	p.conceal(missing, f, nil)
	p.stalled += p.units(missing)
	if p.stalled > p.units(maxDepth*need) {
		p.playing, p.known, p.stalled = false, false, 0 // whoever speaks next starts afresh
	}
}

// samples and units convert between timestamp units and samples, of which there
// are 50 frames in a second.
func (p *playout) samples(units uint32) int {
	return int(uint64(units) * uint64(50*len(p.made.past)) / uint64(p.clockHz))
}

func (p *playout) units(samples int) uint32 {
	return uint32(uint64(samples) * uint64(p.clockHz) / uint64(50*len(p.made.past)))
}

func (p *playout) conceal(samples int, f format, next *item) {
	p.made.fill(p.fifo[p.length:p.length+samples], f, next)
	p.length += samples
	p.concealed.Add(uint64(samples))
}

// emit takes one frame from the fifo; in a hurry two, blended into one so that
// the seam cannot be heard.
func (p *playout) emit(dst []int16) {
	need := len(dst)
	used := need
	copy(dst, p.fifo[:need])
	if p.hurry && p.length >= 2*need {
		for i, later := range p.fifo[need : 2*need] {
			dst[i] = int16((int(dst[i])*(need-i) + int(later)*i) / need)
		}
		used = 2 * need
		p.hurry, p.sinceHurry = false, 0
		p.hurried.Add(1)
	}
	p.length = copy(p.fifo, p.fifo[used:p.length])
}

// limit drops what is too old: after a pause of the network everything comes
// at once, and nobody wants to hear it that much later.
func (p *playout) limit(need int) {
	if p.depth() <= maxDepth*need {
		return
	}
	keep := uint64(2*need+p.packet-1) / uint64(p.packet)
	p.ring.skipTo(p.ring.newest.Load() - keep + 1)
	if p.playing {
		p.hurried.Add(1)
	}
	p.length, p.known, p.hurry = 0, false, false
	p.restartWindows()
}

// depth is how many samples are waiting.
func (p *playout) depth() int { return p.length + p.ring.waiting()*p.packet }

// deepen reports whether to wait one frame longer because packets were
// overtaken by others and came too late.
func (p *playout) deepen(overtaken uint64) bool {
	if overtaken == p.overtaken {
		return false
	}
	p.overtaken = overtaken
	if !p.playing || p.sinceGrown < growPause || p.depth() >= maxDepth/2*len(p.made.past) {
		return false
	}
	p.sinceGrown = 0
	p.tooShallow()
	return true
}

// tooShallow notes that a packet came too late. If the depth was reduced not
// long ago, that was wrong, and it will not be done so soon again.
func (p *playout) tooShallow() {
	if p.sinceHurry < 2*p.window {
		p.window = min(2*p.window, maxWindow)
	}
	p.hurry = false
	p.restartWindows()
}

// watch decides whether the buffer is deeper than need be.
func (p *playout) watch(need int) {
	depth := p.depth()
	p.waiting.Store(int64(depth))
	p.spare, p.fastSpare = min(p.spare, depth), min(p.fastSpare, depth)
	p.ticks++
	p.fastTicks++
	if p.fastTicks >= fastWindow {
		p.hurry = p.hurry || p.fastSpare >= farDepth*need
		p.fastTicks, p.fastSpare = 0, math.MaxInt
	}
	if p.ticks >= p.window {
		p.hurry = p.hurry || p.spare >= need
		p.ticks, p.spare = 0, math.MaxInt
	}
}

func (p *playout) restartWindows() {
	p.ticks, p.spare = 0, math.MaxInt
	p.fastTicks, p.fastSpare = 0, math.MaxInt
}
