package pocketsphinx

import (
	"strings"
	"unsafe"

	"strowger/internal/native"
)

// lexiconLibrary is Flite's lexicon of American English, with its rules for words that
// are in none.
var lexiconLibrary = native.Library[lexiconFunctions]{Name: "libflite_cmulex.so.1", Debian: "libflite1", Bind: func(find native.Lookup) (*lexiconFunctions, error) {
	var f lexiconFunctions
	return &f, find(&f.initialize, "cmu_lex_init")
}}

type lexiconFunctions struct {
	initialize func() uintptr
}

// listLibrary is what answers of the lexicon are read with.
var listLibrary = native.Library[listFunctions]{Name: "libflite.so.1", Debian: "libflite1", Bind: func(find native.Lookup) (*listFunctions, error) {
	var f listFunctions
	return &f, native.Symbols{"lex_lookup": &f.lookup, "val_car": &f.first, "val_cdr": &f.rest, "val_string": &f.text, "delete_val": &f.forget}.Bind(find)
}}

// listFunctions are those of cst_lexicon.h and cst_val.h. A list of 0 is empty.
type listFunctions struct {
	lookup func(lexicon uintptr, word string, speechPart, features unsafe.Pointer) uintptr
	first  func(list uintptr) uintptr
	rest   func(list uintptr) uintptr
	text   func(value uintptr) string
	forget func(list uintptr)
}

// lexicon knows how words are said. It belongs to one goroutine.
type lexicon struct {
	functions *listFunctions
	handle    uintptr
}

func openLexicon() (*lexicon, error) {
	functions, err := listLibrary.Open()
	if err != nil {
		return nil, err
	}
	opener, err := lexiconLibrary.Open()
	if err != nil {
		return nil, err
	}
	return &lexicon{functions, opener.initialize()}, nil
}

// sounds are those of a word as the model names them, such as "B IH L IH NG"; empty when
// nothing says how it is said.
func (l *lexicon) sounds(word string) string {
	list := l.functions.lookup(l.handle, word, nil, nil)
	if list == 0 {
		return ""
	}
	defer l.functions.forget(list)
	var sounds []string
	for at := list; at != 0; at = l.functions.rest(at) {
		sound := modelSound(l.functions.text(l.functions.first(at)))
		if sound == "" {
			return ""
		}
		sounds = append(sounds, sound)
	}
	return strings.Join(sounds, " ")
}

// modelSounds are the sounds that the model knows, those of ARPAbet.
var modelSounds = func() map[string]bool {
	known := map[string]bool{}
	for _, sound := range strings.Fields("AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH") {
		known[sound] = true
	}
	return known
}()

// modelSound is the model's name of a sound of Flite's, which marks stress with a digit
// and tells some sounds apart that the model does not.
func modelSound(sound string) string {
	sound = strings.ToUpper(strings.TrimRight(sound, "012"))
	if same, ok := map[string]string{"AX": "AH", "AXR": "ER", "IX": "IH", "DX": "T", "EL": "L", "EM": "M", "EN": "N", "HV": "HH", "NX": "N", "UX": "UW"}[sound]; ok {
		sound = same
	}
	if !modelSounds[sound] {
		return ""
	}
	return sound
}
