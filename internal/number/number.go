// Package number is the one rule for what a telephone number is.
//
// A number is global, "+" and up to 15 digits of which the first is no 0 (E.164
// 6.1), or local: up to 15 digits as they are dialled within a country, a network
// or a company. What people and carriers write is read into one of these two
// forms by a Plan; all else in the server compares them as they are.
//
// A country is never guessed: it stands in the number, in its phone-context, or in
// the settings of the trunk that brings it.
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

// IsCountry reports whether s may be a country code: one to three digits, the
// first no 0.
func IsCountry(s string) bool { return len(s) <= 3 && IsGlobal("+"+s) }

// IsDialPrefix reports whether s may stand before a number that is dialled.
func IsDialPrefix(s string) bool { return len(s) <= 5 && isDigits(s) }

func isDigits(s string) bool {
	return s != "" && len(s) <= digitsMost && strings.Trim(s, "0123456789") == ""
}
