// Package number is the one rule for what a telephone number is.
//
// A number is global, "+" and up to 15 digits of which the first is no 0 (E.164
// 6.1), or local: up to 15 digits as they are dialled within a country, a network
// or a company. What people and carriers write is read into one of these two
// forms; all else in the server compares them as they are.
package number

import "strings"

// digitsMost is E.164's bound, country code included.
const digitsMost = 15

// IsGlobal reports whether s is a number in E.164 form, with its plus.
func IsGlobal(s string) bool {
	digits, plus := strings.CutPrefix(s, "+")
	return plus && isDigits(digits) && digits[0] != '0'
}

// IsNumber reports whether s is a number, global or local.
func IsNumber(s string) bool { return IsGlobal(s) || isDigits(s) }

// IsPrefix reports whether numbers can begin with s: "+" alone begins all global
// ones.
func IsPrefix(s string) bool {
	digits, plus := strings.CutPrefix(s, "+")
	return isDigits(digits) || plus && digits == ""
}

// Dialled reads a number as people dial it, with visual separators (RFC 3966
// 5.1.1) or without. What is no number is not ok.
func Dialled(written string) (number string, ok bool) {
	number = withoutSeparators(written)
	return number, IsNumber(number)
}

// shortest is how many digits a number has at least that carriers send in
// full but without its plus.
const shortest = 8

// Calling reads the number of a caller as carriers send it: with a plus, with
// the international prefix 00, or the bare digits, which are global when they
// are many and begin with no 0. Shorter ones are service numbers and stay as
// they are. What is no number is not ok.
func Calling(written string) (number string, ok bool) {
	number = withoutSeparators(written)
	if international, ok := strings.CutPrefix(number, "00"); ok {
		number = "+" + international
	} else if len(number) >= shortest && IsGlobal("+"+number) {
		number = "+" + number
	}
	return number, IsNumber(number)
}

func withoutSeparators(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.() ", r) {
			return -1
		}
		return r
	}, s)
}

func isDigits(s string) bool {
	return s != "" && len(s) <= digitsMost && strings.Trim(s, "0123456789") == ""
}
