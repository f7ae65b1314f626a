package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// What is kept free on the disk of the embedded server: a share of it, within
// these bounds.
const (
	reserveShare = 16
	reserveLeast = 256 << 10
	reserveMost  = 32 << 20
)

// reserveSlices is into how many pieces the reserve is given up: whoever fills
// the disk takes no more than the piece that a call needs.
const reserveSlices = 8

// disk is where the embedded server has its files. A write that fails there
// closes a stream until the server is started again, so that the journal asks
// for room first:
//
//   - A new call needs as much free space as the reserve has.
//   - What has begun needs next to none. When even that is not there, the reserve
//     is given up for it, piece by piece: a file of ours, which nobody else has
//     filled.
//   - When there is space again, the reserve is made again, and then new calls
//     are taken.
type disk struct {
	file    string // the reserve
	measure func(dir string) (free, total int64, err error)

	mu   sync.Mutex
	kept int64 // bytes of the reserve that are there
	low  bool  // new calls are refused
}

func newDisk(c Config) *disk {
	d := &disk{file: filepath.Join(c.Dir, "reserve"), measure: c.measure}
	if info, err := os.Stat(d.file); err == nil {
		d.kept = info.Size()
	}
	return d
}

// space is how much is free, and how large the reserve is meant to be.
func (d *disk) space() (free, reserve int64, err error) {
	free, total, err := d.measure(filepath.Dir(d.file))
	return free, min(max(total/reserveShare, reserveLeast), reserveMost), err
}

// admit says with ErrNoSpace that a message of n bytes is not to be written, as
// one that begins a call or as one of a call that is there.
func (d *disk) admit(n int, begins bool) error {
	free, reserve, err := d.space()
	if err != nil {
		return nil // the write will tell
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if begins {
		if d.low = d.low || free < reserve; d.low {
			return noSpace(free)
		}
		return nil
	}
	piece := reserve / reserveSlices
	for need := int64(n) + piece; free < need && d.kept > 0; {
		if err := d.give(piece); err != nil {
			return fmt.Errorf("%w (%w)", noSpace(free), err)
		}
		if free, _, err = d.space(); err != nil {
			return nil
		}
	}
	if free < int64(n)+piece {
		return noSpace(free)
	}
	return nil
}

// give gives a piece of the reserve up.
func (d *disk) give(piece int64) error {
	d.low = true
	left := max(d.kept-piece, 0)
	if err := os.Truncate(d.file, left); err != nil {
		return err
	}
	d.kept = left
	return nil
}

// check is to be called from time to time: it makes the reserve again when there
// is space, and says with ErrNoSpace that new calls are refused.
func (d *disk) check() error {
	free, reserve, err := d.space()
	if err != nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	missing := max(reserve-d.kept, 0)
	if missing > 0 && free >= missing+2*reserve && allocate(d.file, reserve) == nil {
		d.kept, free, missing = reserve, free-missing, 0
	}
	// Twice as much ends it as began it: it does not come and go.
	if d.low = free < reserve || d.low && free < 2*reserve+missing; d.low {
		return noSpace(free)
	}
	return nil
}

// spare gives the whole reserve up when the server could not start without.
func (d *disk) spare() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if free, reserve, err := d.space(); err == nil && free < reserve/reserveSlices && d.kept > 0 {
		_ = d.give(d.kept) // if not, the start will tell
	}
}

func noSpace(free int64) error {
	return fmt.Errorf("%w: %d KiB are free", ErrNoSpace, free>>10)
}
