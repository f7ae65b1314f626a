package pocketsphinx

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"strowger/internal/speech"
)

// spoken are the words of a phrase as they are said: "Press 2!" is press two, and "the
// 1st of May" the first of may. It may be empty.
func spoken(phrase string) (words []string) {
	text := strings.ReplaceAll(strings.Join(strings.Fields(aloud.Replace(phrase)), " "), "’", "'")
	for _, part := range parts.FindAllString(text, -1) {
		words = append(words, said(part)...)
	}
	return words
}

// aloud are marks that are words.
var aloud = strings.NewReplacer("&", " and ", "@", " at ", "%", " percent ", "+", " plus ", "=", " equals ", "-", " ", "/", " ", "_", " ")

// parts are what is said one by one: numbers with commas, ordinals, numbers, letters with
// dots after them, words, and the dot of a decimal or an address.
var parts = regexp.MustCompile(`\d{1,3}(?:,\d{3})+|\d+(?:st|nd|rd|th)\b|\d+|\pL\.(?:\pL\.)+|[\pL\pM'´]+|\.\b`)

// said are the words of a part.
func said(part string) []string {
	switch first := []rune(part)[0]; {
	case part == ".":
		return []string{"point"}
	case unicode.IsDigit(first):
		return number(strings.ReplaceAll(part, ",", ""))
	case strings.Contains(part, "."):
		return strings.Split(strings.ToLower(strings.Trim(part, ".")), ".")
	}
	word := strings.Trim(plain(part), "'")
	if word == "" {
		return nil
	}
	// Capitals without a vowel, such as BBC, are said letter by letter.
	if part == strings.ToUpper(part) && !strings.ContainsAny(word, "aeiouy'") && sayable(word) {
		return strings.Split(word, "")
	}
	return []string{word}
}

// plain is a word in small letters of ASCII; one that has none is left as it is.
func plain(word string) string {
	ascii := strings.ToLower(speech.Plain(word))
	if strings.Contains(ascii, " ") {
		return strings.ToLower(word)
	}
	return ascii
}

// number are the words of a number of digits, perhaps with the letters of an ordinal.
// One of more than four digits, or one that begins with 0, is said digit by digit.
func number(digits string) []string {
	bare := strings.TrimRight(digits, "stndrh")
	value, err := strconv.Atoi(bare)
	if err != nil || len(bare) > 6 || len(bare) > 1 && bare[0] == '0' {
		var words []string
		for _, digit := range bare {
			words = append(words, small(digit))
		}
		return words
	}
	words := cardinal(value)
	if bare != digits {
		words[len(words)-1] = ordinal(words[len(words)-1])
	}
	return words
}

// small is the word of a digit; one of another script is left as it is.
func small(digit rune) string {
	if digit < '0' || digit > '9' {
		return string(digit)
	}
	return ones[digit-'0']
}

var (
	ones = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens = strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
)

// cardinal are the words of a number below a million.
func cardinal(n int) []string {
	for _, unit := range []struct {
		size int
		name string
	}{{1000, "thousand"}, {100, "hundred"}} {
		if n >= unit.size {
			words := append(cardinal(n/unit.size), unit.name)
			if rest := n % unit.size; rest > 0 {
				words = append(words, cardinal(rest)...)
			}
			return words
		}
	}
	switch {
	case n < len(ones):
		return []string{ones[n]}
	case n%10 == 0:
		return []string{tens[n/10]}
	}
	return []string{tens[n/10], ones[n%10]}
}

// ordinal is a number's last word as an ordinal.
func ordinal(word string) string {
	if irregular, ok := map[string]string{"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth"}[word]; ok {
		return irregular
	}
	if stem, ok := strings.CutSuffix(word, "y"); ok {
		return stem + "ieth"
	}
	return word + "th"
}

// vocabulary are the phrases that are listened for, and how they are said.
type vocabulary []struct {
	phrase string
	words  []string
}

func vocabularyOf(phrases []string) vocabulary {
	v := make(vocabulary, len(phrases))
	for i, p := range phrases {
		v[i].phrase, v[i].words = p, spoken(p)
	}
	return v
}

// distinct are the ways in which something may be said, each once. A phrase without
// words is never said.
func (v vocabulary) distinct() (all [][]string) {
	known := map[string]bool{"": true}
	for _, entry := range v {
		if one := strings.Join(entry.words, " "); !known[one] {
			known[one] = true
			all = append(all, entry.words)
		}
	}
	return all
}

// courtesy is what may be said after a phrase.
const courtesy = "please"

// phrase is the first that sounds like some words, perhaps with a courtesy after it.
func (v vocabulary) phrase(words []string) (phrase string, ok bool) {
	one := strings.Join(words, " ")
	for _, said := range []string{one, strings.TrimSuffix(one, " "+courtesy)} {
		for _, entry := range v {
			if said != "" && said == strings.Join(entry.words, " ") {
				return entry.phrase, true
			}
		}
	}
	return "", false
}
