package journal_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"strowger/internal/journal"
)

// Two nodes enter what two streams tell, each of it whenever its place is free: all of it
// is there once, in the order of its stream, and read from anywhere.
func TestTwoNodesEnterTenThousandInTheirPlaces(t *testing.T) {
	const each = 5_000 // of a stream
	s := startServer(t, t.TempDir(), server.RANDOM_PORT)
	var ledgers []journal.Ledger
	for range 2 {
		l, err := openURL(t, s.ClientURL()).Ledger(t.Context(), journal.LedgerBounds{Keep: time.Hour, MaxBytes: 64 << 20})
		must(t, err)
		ledgers = append(ledgers, l)
	}
	var entering sync.WaitGroup
	for _, l := range ledgers {
		for stream := range 2 {
			entering.Go(func() { enterAll(t, l, stream, each) })
		}
	}
	entering.Wait()
	for _, from := range []int{0, 1, 9_001} {
		var next [2]int
		count, last := 0, uint64(0)
		must(t, ledgers[0].Read(t.Context(), uint64(from), time.Time{}, func(e journal.LedgerEntry) error {
			n, err := strconv.Atoi(string(e.Document))
			if err != nil || e.Sequence <= last || next[e.Stream] != 0 && n != next[e.Stream] {
				t.Errorf("entry %d of stream %d is %s after %d, %v", e.Sequence, e.Stream, e.Document, next[e.Stream], err)
			}
			next[e.Stream], last = n+1, e.Sequence
			count++
			return nil
		}))
		if want := 2*each - max(0, from-1); count != want || next != [2]int{each, each} {
			t.Errorf("from %d on %d entries are read up to %v, want %d", from, count, next, want)
		}
	}
}

// enterAll enters numbers, each after the last that is there, until all are.
func enterAll(t *testing.T, l journal.Ledger, stream, count int) {
	for {
		var sequence uint64
		n := 0
		last, err := l.Last(t.Context(), stream)
		if err == nil {
			sequence = last.Sequence
			n, err = strconv.Atoi(string(last.Document))
			n++
		}
		if err != nil && !errors.Is(err, journal.ErrNotFound) {
			t.Error(err)
			return
		}
		for ; n < count && !errors.Is(err, journal.ErrUnexpected); n++ {
			sequence, err = l.Enter(t.Context(), stream, []byte(strconv.Itoa(n)), sequence)
			if err != nil && !errors.Is(err, journal.ErrUnexpected) {
				t.Error(err)
				return
			}
		}
		if n == count && !errors.Is(err, journal.ErrUnexpected) {
			return
		}
	}
}
