package soundfile

// fragment collects the packets of a moof and its mdat.
type fragment struct {
	most  int // packets
	sizes []uint32
	data  []byte
}

// sizesAt is where in a fragment its packets' sizes are: moof, mfhd, traf, tfhd,
// tfdt and what trun has before them.
const sizesAt = 8 + 16 + 8 + 16 + 20 + 20

// fragmentHead is what a fragment of so many packets has before the first one's data.
func fragmentHead(packets int) int { return sizesAt + 4*packets + 8 }

func newFragment(most int) fragment {
	return fragment{most: most, sizes: make([]uint32, 0, most)}
}

func (f *fragment) add(packet []byte) {
	f.sizes = append(f.sizes, uint32(len(packet)))
	f.data = append(f.data, packet...)
}

func (f *fragment) full() bool  { return len(f.sizes) == f.most }
func (f *fragment) empty() bool { return len(f.sizes) == 0 }

func (f *fragment) reset() { f.sizes, f.data = f.sizes[:0], f.data[:0] }

// bytes makes the two boxes (8.8) of the fragment with a number from 1, whose first
// packet is at a tick.
func (f *fragment) bytes(number, tick int64) []byte {
	const (
		baseIsMoof = 0x20000
		hasOffset  = 0x1
		hasSizes   = 0x200
	)
	count := len(f.sizes)
	run := box("trun", full(0, hasOffset|hasSizes), number32(uint32(count), uint32(fragmentHead(count))), number32(f.sizes...))
	track := box("traf", box("tfhd", full(0, baseIsMoof), number32(trackID)), box("tfdt", full(1, 0), number64(tick)), run)
	moof := box("moof", box("mfhd", full(0, 0), number32(uint32(number))), track)
	return append(moof, box("mdat", f.data)...)
}
