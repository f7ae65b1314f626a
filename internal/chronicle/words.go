package chronicle

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// words spells the name of a type as people do: "LegEnded" is "leg ended".
func words(name string) string {
	var out strings.Builder
	for i, c := range name {
		if unicode.IsUpper(c) && i > 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(unicode.ToLower(c))
	}
	return out.String()
}

// number is a telephone number as a raw id.
var number = regexp.MustCompile(`\b4:(\+?[0-9])`)

// plain has numbers and spaces as people write them.
func plain(text string) string {
	return strings.ReplaceAll(number.ReplaceAllString(text, "$1"), "\u00a0", " ")
}

// value is one of the details of a note.
func value(details, name string) string {
	for word := range strings.SplitSeq(details, " ") {
		if v, ok := strings.CutPrefix(word, name+"="); ok {
			return v
		}
	}
	return ""
}

// without leaves out details.
func without(details string, names ...string) string {
	var kept []string
	for word := range strings.SplitSeq(details, " ") {
		if name, _, _ := strings.Cut(word, "="); !slices.Contains(names, name) {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " ")
}

// join leaves out what is empty.
func join(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " ")
}

func itoa(n int) string { return strconv.Itoa(n) }

// rounded is a duration with two or three digits that matter.
func rounded(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
