package pocketsphinx

import (
	"fmt"
	"os"
	"path/filepath"
	"unsafe"

	"strowger/internal/native"
)

// The model of American English, and its Debian package.
const (
	modelDirectory = "/usr/share/pocketsphinx/model/en-us"
	modelPackage   = "pocketsphinx-en-us"
	soundModel     = "en-us"
	dictionary     = "cmudict-en-us.dict"
	phoneModel     = "en-us-phone.lm.bin"
	languageModel  = "en-us.lm.bin"
)

// sphinx is pocketsphinx 5prealpha.
var sphinx = native.Library[sphinxFunctions]{Name: "libpocketsphinx.so.3", Debian: "libpocketsphinx3", Bind: func(find native.Lookup) (*sphinxFunctions, error) {
	var f sphinxFunctions
	return &f, native.Symbols{
		"ps_args": &f.arguments, "ps_init": &f.open, "ps_set_jsgf_string": &f.setGrammar, "ps_set_allphone_file": &f.setSounds,
		"ps_set_lm_file": &f.setLanguage, "ps_set_search": &f.choose, "ps_unset_search": &f.remove, "ps_start_utt": &f.start,
		"ps_end_utt": &f.end, "ps_process_cep": &f.process, "ps_get_hyp": &f.hypothesis, "ps_seg_iter": &f.segments,
		"ps_seg_next": &f.next, "ps_seg_word": &f.word, "ps_seg_frames": &f.frames, "ps_seg_prob": &f.score,
		"ps_lookup_word": &f.lookup, "ps_add_word": &f.add,
	}.Bind(find)
}}

// sphinxFunctions are those of pocketsphinx.h that are used here. What may fail answers
// less than 0. Strings that are answered belong to the library.
type sphinxFunctions struct {
	arguments  func() uintptr
	open       func(settings uintptr) uintptr
	setGrammar func(decoder uintptr, name, grammar string) int32
	setSounds  func(decoder uintptr, name, path string) int32
	// setLanguage is slow once words were added: the model learns them.
	setLanguage func(decoder uintptr, name, path string) int32
	choose      func(decoder uintptr, name string) int32
	remove      func(decoder uintptr, name string) int32
	start       func(decoder uintptr) int32
	end         func(decoder uintptr) int32
	// process takes cepstra, a pointer to the 13 of each frame, and changes them.
	process    func(decoder uintptr, cepstra unsafe.Pointer, frames, withoutSearch, whole int32) int32
	hypothesis func(decoder uintptr, score unsafe.Pointer) string
	segments   func(decoder uintptr) uintptr
	next       func(segment uintptr) uintptr // frees the last one too
	word       func(segment uintptr) string
	frames     func(segment uintptr, first, last unsafe.Pointer)
	score      func(segment uintptr, acoustic, language, backoff unsafe.Pointer) int32
	lookup     func(decoder uintptr, word string) uintptr // to be freed
	add        func(decoder uintptr, word, sounds string, update int32) int32
}

// sphinxBase is what pocketsphinx stands on.
var sphinxBase = native.Library[baseFunctions]{Name: "libsphinxbase.so.3", Debian: "libsphinxbase3", Bind: func(find native.Lookup) (*baseFunctions, error) {
	var f baseFunctions
	return &f, native.Symbols{"cmd_ln_parse_r": &f.settings, "cmd_ln_set_float_r": &f.set, "err_set_logfp": &f.logTo, "ckd_free": &f.free}.Bind(find)
}}

// baseFunctions are those of sphinxbase that are used here.
type baseFunctions struct {
	settings func(old, definitions uintptr, count int32, arguments unsafe.Pointer, strict int32) uintptr
	set      func(settings uintptr, name string, value float64)
	logTo    func(file uintptr)
	free     func(pointer uintptr)
}

// libraries are both, when the model is there too. Its error says what to install.
func libraries() (*sphinxFunctions, *baseFunctions, error) {
	s, err := sphinx.Open()
	if err != nil {
		return nil, nil, err
	}
	base, err := sphinxBase.Open()
	if err != nil {
		return nil, nil, err
	}
	for _, file := range []string{soundModel, dictionary, phoneModel, languageModel} {
		if _, err := os.Stat(filepath.Join(modelDirectory, file)); err != nil {
			return nil, nil, fmt.Errorf("the model of English cannot be used (install the Debian package %s): %w", modelPackage, err)
		}
	}
	return s, base, nil
}
