package number

import "strings"

// Plan is how somebody writes numbers: what the digits mean that come without a
// plus. The zero Plan knows numbers with a plus and takes all others as they are.
type Plan struct {
	// Country is the country code of what is written without one; empty when
	// nobody knows.
	Country string
	// International stands before a country code, in place of the plus; empty when
	// nothing does.
	International string
	// National stands before an area code; empty where area codes stand alone.
	// Where it is the country code too (North America), it may be left out.
	National string
}

// ITU has the prefixes that the ITU recommends (E.164 Annex, E.123), and most
// countries have. It knows no country.
var ITU = Plan{International: "00", National: "0"}

// shortestNational is how many digits a national number has at least. What is
// shorter is a service number (110, 911, 116117): no country code goes with it.
const shortestNational = 7

// Read reads a number as it is written, with visual separators (RFC 3966 5.1.1) or
// without. The context is its phone-context (5.1.5), empty when it has none: a
// country code there counts before the plan's. What is no number is not ok.
//
// It comes out global where the number, the context or the plan says what its
// country is, and else as it is, without the separators.
func (p Plan) Read(written, context string) (number string, ok bool) {
	number = withoutSeparators(written)
	if !IsNumber(number) && !p.isInternational(number) {
		return number, false
	}
	if g := p.global(number, countryIn(context)); IsGlobal(g) {
		return g, true
	}
	return number, IsNumber(number)
}

// isInternational reports whether the digits without the prefix make a number:
// with it they may be too many for one.
func (p Plan) isInternational(digits string) bool {
	rest, international := strings.CutPrefix(digits, p.International)
	return international && p.International != "" && IsGlobal("+"+rest)
}

func (p Plan) global(n, context string) string {
	if context != "" && context != p.Country {
		p.Country, p.National = context, nationalOf(context)
	}
	rest, national := strings.CutPrefix(n, p.National)
	national = national && p.National != ""
	switch {
	case n[0] == '+':
		return n
	case p.isInternational(n):
		return "+" + n[len(p.International):]
	case p.Country == "" || len(n) < shortestNational:
		return n
	case national:
		return "+" + p.Country + rest
	case p.National != "" && n[0] == '0':
		return n // some prefix, and not ours
	case context != "" || p.National == "" || p.National == p.Country:
		return "+" + p.Country + n
	case strings.HasPrefix(n, p.Country):
		// National numbers begin with the national prefix here. This one does not,
		// so it begins with its country code.
		return "+" + n
	}
	return n
}

// nationalOf is the national prefix in a country that is no trunk's: the ITU's,
// but not where a 0 belongs to the number (Italy, Côte d'Ivoire, Gabon, San
// Marino).
func nationalOf(country string) string {
	switch country {
	case "39", "225", "241", "378":
		return ""
	}
	return ITU.National
}

// countryIn is the country code in a phone-context. A longer beginning of global
// numbers says where a number is good, and not what is missing before it (RFC 3966
// 5.1.5); a domain says nothing.
func countryIn(context string) string {
	digits, global := strings.CutPrefix(withoutSeparators(context), "+")
	if !global || !IsCountry(digits) {
		return ""
	}
	return digits
}

func withoutSeparators(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.() ", r) {
			return -1
		}
		return r
	}, s)
}
