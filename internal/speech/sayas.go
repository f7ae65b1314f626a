package speech

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// sayAs writes text out so that a voice which knows nothing of SSML says it as is
// asked. What it does not know it leaves to the voice.
func sayAs(how, format, text, language string) string {
	switch how {
	case "digits", "number_digit":
		return spaced(text, unicode.IsDigit, " ")
	case "characters", "spell-out", "letters":
		return spaced(text, func(r rune) bool { return !unicode.IsSpace(r) }, ", ")
	case "telephone":
		return telephone(text)
	case "ordinal":
		if primary(language) == "en" {
			return ordinal(text)
		}
	case "date":
		if primary(language) == "en" {
			return date(format, text)
		}
	}
	return text
}

// spaced is what of a text counts, one by one.
func spaced(text string, counts func(rune) bool, between string) string {
	var parts []string
	for _, r := range text {
		if counts(r) {
			parts = append(parts, string(r))
		}
	}
	return strings.Join(parts, between)
}

// telephone reads digit by digit, with a little pause where it is written in groups.
func telephone(text string) string {
	groups := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) && r != '+' })
	for i, g := range groups {
		g, plus := strings.CutPrefix(g, "+")
		groups[i] = spaced(g, unicode.IsDigit, " ")
		if plus {
			groups[i] = "plus " + groups[i]
		}
	}
	return strings.Join(groups, ", ")
}

func ordinal(text string) string {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		return text
	}
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

// date reads a date by the order of its parts: "mdy", "dmy", "ymd", "md", "dm", "ym",
// "my", "y", "m", "d"; without one, as ISO 8601 or the American order.
func date(format, text string) string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) })
	if format == "" && len(parts) == 3 {
		if format = "mdy"; len(parts[0]) == 4 {
			format = "ymd"
		}
	}
	if len(parts) != len(format) || len(parts) == 0 {
		return text
	}
	given := map[rune]int{}
	for i, part := range format {
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return text
		}
		given[part] = n
	}
	var said []string
	if m, ok := given['m']; ok {
		if m < 1 || m > 12 {
			return text
		}
		said = append(said, time.Month(m).String())
	}
	if d, ok := given['d']; ok {
		said = append(said, ordinal(strconv.Itoa(d)))
	}
	words := strings.Join(said, " ")
	if y, ok := given['y']; ok {
		if words != "" {
			words += ", "
		}
		words += year(y)
	}
	return words
}

// year reads a year in pairs, as people do.
func year(y int) string {
	switch {
	case y < 1100 || y > 2099 || y%1000 < 10:
		return strconv.Itoa(y)
	case y%100 == 0:
		return strconv.Itoa(y/100) + " hundred"
	case y%100 < 10:
		return strconv.Itoa(y/100) + " oh " + strconv.Itoa(y%100)
	}
	return strconv.Itoa(y/100) + " " + strconv.Itoa(y%100)
}

func decibels(factor float64) float64 {
	if factor <= 0 {
		return silentDB
	}
	return max(20*math.Log10(factor), silentDB)
}

func power(base, exponent float64) float64 { return math.Pow(base, exponent) }
