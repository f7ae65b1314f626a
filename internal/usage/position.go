package usage

import (
	"encoding"
	"fmt"
	"strconv"
	"strings"
)

// Position is the place of a record in the ledger: an entry, and which of its records.
// It is written as 17.2.
type Position struct {
	Entry uint64
	Index int
}

var (
	_ encoding.TextMarshaler   = Position{}
	_ encoding.TextUnmarshaler = (*Position)(nil)
)

func (p Position) String() string { return fmt.Sprintf("%d.%d", p.Entry, p.Index) }

// MarshalText implements encoding.TextMarshaler.
func (p Position) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Position) UnmarshalText(text []byte) error {
	entry, index, _ := strings.Cut(string(text), ".")
	e, err := strconv.ParseUint(entry, 10, 64)
	i, err2 := strconv.ParseUint(index, 10, 31)
	if err != nil || err2 != nil || e == 0 {
		return fmt.Errorf("%q is no position like 17.2", text)
	}
	*p = Position{e, int(i)}
	return nil
}

// before reports whether p comes before o.
func (p Position) before(o Position) bool {
	return p.Entry < o.Entry || p.Entry == o.Entry && p.Index < o.Index
}
