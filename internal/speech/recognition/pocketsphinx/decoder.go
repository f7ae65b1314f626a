package pocketsphinx

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unsafe"
)

// Names of searches beside those of grammars.
const (
	soundSearch    = "sounds"
	languageSearch = "dictation"
)

// How much the model of what is said counts against that of how it sounds. For what is
// said freely it is as the model's makers have it. Of phrases none is likelier than
// another.
const (
	languageWeight = 6.5
	evenWeight     = 1
)

// grammarsMost is how many grammars are kept for those who ask again with the same
// phrases.
const grammarsMost = 16

// keptArguments are those that the library keeps pointers to.
var keptArguments [][]byte

// decoder is pocketsphinx, in a worker's process. It belongs to one goroutine.
type decoder struct {
	*sphinxFunctions
	base     *baseFunctions
	handle   uintptr
	settings uintptr
	lexicon  *lexicon

	ready    map[string]bool // the searches that have their model
	grammars []grammar       // the one that was used last is the last
	made     int             // how many were made
}

// grammar is a search for phrases.
type grammar struct{ phrases, name string }

// newDecoder opens the libraries and the model.
func newDecoder() (*decoder, error) {
	functions, base, err := libraries()
	if err != nil {
		return nil, err
	}
	base.logTo(0)
	arguments := []string{
		"strowger", "-hmm", filepath.Join(modelDirectory, soundModel), "-dict", filepath.Join(modelDirectory, dictionary),
		// All scores are worked out in each frame: those of two searches can be compared.
		"-cmn", "none", "-compallsen", "yes", "-topn", "8", "-allphone_ci", "yes",
	}
	pointers := make([]*byte, len(arguments))
	for i, a := range arguments {
		keptArguments = append(keptArguments, []byte(a+"\x00"))
		pointers[i] = &keptArguments[len(keptArguments)-1][0]
	}
	d := &decoder{sphinxFunctions: functions, base: base, ready: map[string]bool{}}
	if d.settings = base.settings(0, functions.arguments(), int32(len(pointers)), unsafe.Pointer(&pointers[0]), 1); d.settings == 0 {
		return nil, errors.New("pocketsphinx does not take its settings")
	}
	if d.handle = functions.open(d.settings); d.handle == 0 {
		return nil, fmt.Errorf("pocketsphinx cannot use the model in %s", modelDirectory)
	}
	d.lexicon, err = openLexicon()
	return d, err
}

// answer answers a request.
func (d *decoder) answer(q *Request) (a Response) {
	if err := d.search(q, &a); err != nil {
		a.Failure = err.Error()
	}
	return a
}

func (d *decoder) search(q *Request, a *Response) (err error) {
	if err := q.check(); err != nil {
		return err
	}
	if len(q.Phrases) > 0 {
		return d.searchPhrases(q, a)
	}
	if err := d.prepare(languageSearch, languageWeight, languageModel, d.setLanguage); err != nil {
		return err
	}
	a.Heard, err = d.decode(languageSearch, q.Cepstra)
	return err
}

// searchPhrases looks for phrases of which all words can be said, and for sounds.
func (d *decoder) searchPhrases(q *Request, a *Response) (err error) {
	var ways []string
	for _, words := range q.Phrases {
		unknown := slices.DeleteFunc(slices.Clone(words), d.knows)
		if len(unknown) == 0 && len(words) > 0 {
			ways = append(ways, strings.Join(words, " "))
		}
		for _, word := range unknown {
			if !slices.Contains(a.Unknown, word) {
				a.Unknown = append(a.Unknown, word)
			}
		}
	}
	if len(ways) == 0 {
		return nil
	}
	name, err := d.grammar(strings.Join(ways, " | "))
	if err != nil {
		return err
	}
	if a.Heard, err = d.decode(name, q.Cepstra); err != nil {
		return err
	}
	if err := d.prepare(soundSearch, evenWeight, phoneModel, d.setSounds); err != nil {
		return err
	}
	a.Sounds, err = d.decode(soundSearch, q.Cepstra)
	return err
}

// prepare gives a search its model, once.
func (d *decoder) prepare(search string, weight float64, file string, set func(decoder uintptr, name, path string) int32) error {
	if d.ready[search] {
		return nil
	}
	d.base.set(d.settings, "-lw", weight)
	if set(d.handle, search, filepath.Join(modelDirectory, file)) < 0 {
		return fmt.Errorf("pocketsphinx cannot use the model's %s", file)
	}
	d.ready[search] = true
	return nil
}

// knows reports whether a word can be said. One that is in no dictionary is said as the
// rules of English have it.
func (d *decoder) knows(word string) bool {
	if !sayable(word) {
		return false
	}
	if found := d.lookup(d.handle, word); found != 0 {
		d.base.free(found)
		return true
	}
	sounds := d.lexicon.sounds(word)
	return sounds != "" && d.add(d.handle, word, sounds, 0) >= 0
}

// grammar is the name of the search for phrases, which are written as alternatives.
func (d *decoder) grammar(phrases string) (string, error) {
	if i := slices.IndexFunc(d.grammars, func(g grammar) bool { return g.phrases == phrases }); i >= 0 {
		g := d.grammars[i]
		d.grammars = append(slices.Delete(d.grammars, i, i+1), g)
		return g.name, nil
	}
	if len(d.grammars) >= grammarsMost {
		d.remove(d.handle, d.grammars[0].name)
		d.grammars = slices.Delete(d.grammars, 0, 1)
	}
	d.made++
	name := fmt.Sprintf("grammar%d", d.made)
	d.base.set(d.settings, "-lw", evenWeight)
	if d.setGrammar(d.handle, name, "#JSGF V1.0;\ngrammar g;\npublic <phrase> = ( "+phrases+" ) | ( "+phrases+" ) "+courtesy+" ;\n") < 0 {
		return "", errors.New("pocketsphinx does not take the phrases")
	}
	d.grammars = append(d.grammars, grammar{phrases, name})
	return name, nil
}

// decode lets a search hear an utterance.
func (d *decoder) decode(search string, cepstra [][cepstraCount]float32) (found Decoding, err error) {
	if len(cepstra) == 0 {
		return nil, nil
	}
	// The library changes what it is given, and another search wants it too.
	cepstra = slices.Clone(cepstra)
	rows := make([]*float32, len(cepstra))
	for i := range cepstra {
		rows[i] = &cepstra[i][0]
	}
	if d.choose(d.handle, search) < 0 || d.start(d.handle) < 0 {
		return nil, fmt.Errorf("pocketsphinx cannot begin its search %s", search)
	}
	processed := d.process(d.handle, unsafe.Pointer(&rows[0]), int32(len(rows)), 0, 1)
	runtime.KeepAlive(rows)
	if d.end(d.handle) < 0 || processed < 0 {
		return nil, fmt.Errorf("pocketsphinx cannot end its search %s", search)
	}
	for s := d.segments(d.handle); s != 0; s = d.next(s) {
		found = append(found, d.segment(s))
	}
	return found, nil
}

func (d *decoder) segment(s uintptr) Segment {
	var first, last, acoustic, language, backoff int32
	d.frames(s, unsafe.Pointer(&first), unsafe.Pointer(&last))
	d.score(s, unsafe.Pointer(&acoustic), unsafe.Pointer(&language), unsafe.Pointer(&backoff))
	return Segment{Word: d.word(s), First: int(first), Last: int(last), Score: int(acoustic)}
}
