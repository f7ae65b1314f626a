package recognition

import (
	"slices"
	"strings"
	"unicode"
)

// Choice is one of several things that may be said, and how.
type Choice struct {
	Phrases []string
}

// How different from a phrase what was heard may be: the share of letters that would have
// to change. Of short words other words are near, so less of them may.
const (
	differentMost      = 0.5
	differentMostShort = 0.34
	shortLetters       = 4
)

// phraseLetters bounds what is compared letter by letter.
const phraseLetters = 200

// Choose is which choice was meant, the phrase of it as the choice has it, and how sure
// that is, from 0 to 1; !ok: none of them. What was heard is compared in this order with
// the phrases, without regard to case, marks and how numbers are written:
//
//  1. it is the phrase, perhaps as a word that sounds alike ("to", "for");
//  2. the phrase is in it, word by word; the longest such phrase;
//  3. it is nearly the phrase, by its letters; the nearest.
//
// Of choices that fit equally well it is the first.
func Choose(h Heard, choices []Choice) (chosen int, phrase string, confidence float64, ok bool) {
	heard := wordsOf(h.Text)
	if len(heard) == 0 {
		return -1, "", 0, false
	}
	best := fit{choice: -1}
	for i, c := range choices {
		for _, p := range c.Phrases {
			if f := compare(heard, wordsOf(p)); f.better(best) {
				f.choice, f.phrase = i, p
				best = f
			}
		}
	}
	if best.choice < 0 {
		return -1, "", 0, false
	}
	sure := h.Confidence
	if sure == 0 {
		sure = 1
	}
	return best.choice, best.phrase, sure * (1 - best.different), true
}

// closeness is how what was heard fits a phrase, the worst first.
type closeness int

const (
	apart closeness = iota
	near
	within
	alike
	same
)

// fit is how one phrase fits.
type fit struct {
	closeness
	words, letters int // of a phrase that is within
	different      float64
	choice         int
	phrase         string
}

func (f fit) better(than fit) bool {
	if f.closeness != than.closeness {
		return f.closeness > than.closeness
	}
	switch f.closeness {
	case within:
		return f.words > than.words || f.words == than.words && f.letters > than.letters
	case near:
		return f.different < than.different
	}
	return false
}

func compare(heard, phrase []string) fit {
	switch {
	case len(phrase) == 0:
		return fit{}
	case slices.Equal(heard, phrase):
		return fit{closeness: same}
	case slices.Equal(soundOf(heard), soundOf(phrase)):
		return fit{closeness: alike}
	case contains(heard, phrase):
		return fit{closeness: within, words: len(phrase), letters: len(strings.Join(phrase, ""))}
	}
	a, b := []rune(spelled(heard)), []rune(spelled(phrase))
	longest := max(len(a), len(b))
	if longest > phraseLetters {
		return fit{}
	}
	most := differentMost
	if len(b) <= shortLetters {
		most = differentMostShort
	}
	if different := float64(distance(a, b)) / float64(longest); different <= most {
		return fit{closeness: near, different: different}
	}
	return fit{}
}

// wordsOf are the words of a text in small letters, without marks; numbers up to ten are
// digits, in whatever language they were written out.
func wordsOf(text string) []string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mn, r), unicode.Is(unicode.Mc, r):
			return unicode.ToLower(r)
		case strings.ContainsRune("'’´", r):
			return -1 // "don't" is one word
		}
		return ' '
	}, strings.ToValidUTF8(text, " "))
	words := strings.Fields(text)
	for i, w := range words {
		if digit, ok := digits[w]; ok {
			words[i] = digit
		}
	}
	return words
}

// digits are numbers that are written out: those that people choose by.
var digits = func() map[string]string {
	all := map[string]string{}
	for _, language := range []string{
		"zero one two three four five six seven eight nine ten",
		"null eins zwei drei vier fünf sechs sieben acht neun zehn",
		"zéro un deux trois quatre cinq six sept huit neuf dix",
		"cero uno dos tres cuatro cinco seis siete ocho nueve diez",
		"zero uno due tre quattro cinque sei sette otto nove dieci",
		"zero um dois três quatro cinco seis sete oito nove dez",
		"nul een twee drie vier vijf zes zeven acht negen tien",
	} {
		for n, word := range strings.Fields(language) {
			all[word] = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}[n]
		}
	}
	return all
}()

// soundOf are words as they sound, as far as engines that know no phrases are known to
// write other words for numbers.
func soundOf(words []string) []string {
	out := slices.Clone(words)
	for i, w := range words {
		if digit, ok := homophones[w]; ok {
			out[i] = digit
		}
	}
	return out
}

var homophones = map[string]string{
	"oh": "0", "o": "0", "won": "1", "to": "2", "too": "2", "tree": "3", "for": "4", "fore": "4", "fife": "5", "sex": "6", "sicks": "6", "ate": "8", "nein": "9", "niner": "9",
}

// spelled is how numbers are compared letter by letter: written out.
func spelled(words []string) string {
	var out strings.Builder
	for i, w := range words {
		if i > 0 {
			out.WriteByte(' ')
		}
		if n := slices.Index([]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}, w); n >= 0 {
			w = strings.Fields("zero one two three four five six seven eight nine ten")[n]
		}
		out.WriteString(w)
	}
	return out.String()
}

func contains(words, part []string) bool {
	for i := 0; i+len(part) <= len(words); i++ {
		if slices.Equal(words[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// distance is how many letters have to be changed, added or taken away (Levenshtein).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		before := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := before
			if x != y {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
