package archtest

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	begin = "<!-- layers:begin -->"
	end   = "<!-- layers:end -->"
)

// Table is the layer table: the row of each package.
type Table map[string]Row

// Row says what its packages may import beside each other.
type Row struct {
	Packages   []string
	Allowed    []string
	Everything bool
	Later      bool // a place kept for packages that are not there yet
}

var quoted = regexp.MustCompile("`([^`]+)`")

// ParseTable reads the table between its markers in a Markdown text.
func ParseTable(markdown string) (Table, error) {
	_, rest, found := strings.Cut(markdown, begin)
	body, _, closed := strings.Cut(rest, end)
	if !found || !closed {
		return nil, fmt.Errorf("no table between %s and %s", begin, end)
	}
	table := Table{}
	for line := range strings.Lines(body) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 || strings.HasPrefix(cells[0], "--") || strings.Contains(cells[0], "internal/…") {
			continue
		}
		if err := table.add(cells); err != nil {
			return nil, err
		}
	}
	if len(table) == 0 {
		return nil, errors.New("the table has no rows")
	}
	return table, table.check()
}

// check refuses a row that allows what has no row.
func (t Table) check() error {
	for pkg, row := range t {
		for _, allowed := range row.Allowed {
			if _, ok := t[allowed]; !ok {
				return fmt.Errorf("the row of %s allows %s, which has no row", pkg, allowed)
			}
		}
	}
	return nil
}

func (t Table) add(cells []string) error {
	row := Row{
		Packages:   names(cells[0]),
		Allowed:    names(cells[2]),
		Everything: strings.TrimSpace(cells[2]) == "everything",
		Later:      strings.HasPrefix(strings.TrimSpace(cells[1]), "later:"),
	}
	if len(row.Allowed) == 0 && !row.Everything && strings.TrimSpace(cells[2]) != "–" {
		return fmt.Errorf("the row of %s: write – for no imports, not %q", cells[0], cells[2])
	}
	for _, pkg := range row.Packages {
		if _, twice := t[pkg]; twice {
			return fmt.Errorf("%s stands in two rows", pkg)
		}
		t[pkg] = row
	}
	return nil
}

// names lists the `quoted` words of a cell.
func names(cell string) []string {
	var found []string
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		found = append(found, m[1])
	}
	return found
}

// Row finds the row of a package. A fake, whose name is that of its parent
// with "test" behind it, stands in its parent's row and may import it.
func (t Table) Row(pkg string) (Row, bool) {
	if row, ok := t[pkg]; ok {
		return row, true
	}
	parent := path.Dir(pkg)
	row, ok := t[parent]
	if !ok || path.Base(pkg) != path.Base(parent)+"test" {
		return Row{}, false
	}
	row.Allowed = append(slices.Clone(row.Allowed), parent)
	return row, true
}

// Allows reports whether from may import imported: they share a row, or from's
// row names a package of imported's row. It is false when either has no row.
func (t Table) Allows(from, imported string) bool {
	row, ok := t.Row(from)
	target, known := t[imported]
	if !ok || !known {
		return false
	}
	return row.Everything || slices.Contains(row.Packages, imported) || slices.ContainsFunc(row.Allowed, func(allowed string) bool {
		return slices.Contains(target.Packages, allowed)
	})
}
