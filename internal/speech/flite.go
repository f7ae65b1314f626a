package speech

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unsafe"

	"strowger/internal/media/player"
	"strowger/internal/native"
)

// Flite is the engine Flite 2.2, in this process: English, with voices of its own.
// It makes a second of speech in about 15 ms.
type Flite struct {
	voices [len(fliteVoices)]fliteVoice
}

// fliteVoices are those that are used. The first of a gender is taken when no name
// says which.
var fliteVoices = [...]struct {
	name   string
	gender Gender
	hz     float64 // of its pitch, about
}{
	{"slt", Female, 165}, {"rms", Male, 105}, {"awb", Male, 120},
}

// fliteVoice is a voice that is opened when it is first used. Flite keeps what a voice
// is asked for in the voice itself: one line at a time.
type fliteVoice struct {
	library native.Library[fliteRegister]

	mu     sync.Mutex
	handle uintptr
}

type fliteRegister struct {
	register func(directory uintptr) uintptr
}

// fliteLibrary is libflite 2.2.
var fliteLibrary = native.Library[fliteFunctions]{Name: "libflite.so.1", Debian: "libflite1", Bind: bindFlite}

// fliteFunctions are those of flite.h that are used here. A voice is what a voice's
// register function returns.
type fliteFunctions struct {
	initialize func() int32
	say        func(text string, voice uintptr) unsafe.Pointer
	forget     func(wave unsafe.Pointer)
	set        func(features uintptr, name *byte, value float32)
	remove     func(features uintptr, name *byte) int32
}

// What a voice is asked for. Flite keeps the names as pointers, so they stay where they are.
var (
	fliteStretch = []byte("duration_stretch\x00")
	flitePitch   = []byte("int_f0_target_mean\x00")
)

func bindFlite(find native.Lookup) (*fliteFunctions, error) {
	var f fliteFunctions
	err := native.Symbols{
		"flite_init": &f.initialize, "flite_text_to_wave": &f.say, "delete_wave": &f.forget,
		"feat_set_float": &f.set, "feat_remove": &f.remove,
	}.Bind(find)
	if err == nil {
		f.initialize()
	}
	return &f, err
}

// cstWave is cst_wave of flite.h.
type cstWave struct {
	_        uintptr
	rateHz   int32
	samples  int32
	channels int32
	data     *int16
}

// cstVoice is how cst_voice of flite.h begins.
type cstVoice struct {
	_        uintptr
	features uintptr
}

// NewFlite makes the engine, whether the libraries are there or not.
func NewFlite() *Flite {
	f := &Flite{}
	for i, v := range fliteVoices {
		f.voices[i].library = native.Library[fliteRegister]{
			Name: "libflite_cmu_us_" + v.name + ".so.1", Debian: "libflite1",
			Bind: func(find native.Lookup) (*fliteRegister, error) {
				var r fliteRegister
				return &r, find(&r.register, "register_cmu_us_"+v.name)
			},
		}
	}
	return f
}

// Name is the engine's.
func (f *Flite) Name() string { return "flite" }

// Speaks reports whether it is English and the libraries are there.
func (f *Flite) Speaks(v Voice) bool { return primary(v.Language) == "en" && f.Open() == nil }

// Open opens the libraries of the voices. Its error says what to install.
func (f *Flite) Open() error {
	if _, err := fliteLibrary.Open(); err != nil {
		return err
	}
	for i := range f.voices {
		if _, err := f.voices[i].library.Open(); err != nil {
			return err
		}
	}
	return nil
}

// Say makes a line.
func (f *Flite) Say(_ context.Context, l Line) (*player.Audio, error) {
	functions, err := fliteLibrary.Open()
	if err != nil {
		return nil, err
	}
	chosen := fliteChoice(l.Voice)
	v := &f.voices[chosen]
	register, err := v.library.Open()
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.handle == 0 {
		if v.handle = register.register(0); v.handle == 0 {
			return nil, errors.New("the voice cannot be opened")
		}
	}
	features := (*cstVoice)(pointer(v.handle)).features
	functions.set(features, &fliteStretch[0], float32(1/l.rate()))
	functions.remove(features, &flitePitch[0])
	if l.pitch() != 1 {
		functions.set(features, &flitePitch[0], float32(fliteVoices[chosen].hz*l.pitch()))
	}
	wave := functions.say(Plain(l.Text), v.handle)
	if wave == nil {
		return nil, errors.New("it made no sound")
	}
	defer functions.forget(wave)
	return fliteAudio((*cstWave)(wave))
}

func fliteAudio(w *cstWave) (*player.Audio, error) {
	if w.samples <= 0 || w.data == nil {
		return &player.Audio{RateHz: RateHz}, nil
	}
	if w.channels != 1 || w.rateHz <= 0 {
		return nil, errors.New("its sound is not mono")
	}
	return &player.Audio{RateHz: int(w.rateHz), Samples: slices.Clone(unsafe.Slice(w.data, w.samples))}, nil
}

// pointer is what a library of C gave as a number. It points to no memory of Go's.
func pointer(handle uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&handle)) }

// fliteChoice is the voice for a line.
func fliteChoice(v Voice) int {
	name := strings.TrimPrefix(strings.ToLower(v.Name), "cmu_us_")
	for i, has := range fliteVoices {
		if has.name == name {
			return i
		}
	}
	for i, has := range fliteVoices {
		if has.gender == v.Gender {
			return i
		}
	}
	return 0
}

// Plain writes text in the letters that Flite reads: those of ASCII.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII {
			return r
		}
		if a, ok := plainer[r]; ok {
			return a
		}
		return ' '
	}, strings.NewReplacer("ß", "ss", "æ", "ae", "Æ", "Ae", "œ", "oe", "…", "...", "€", " euros ", "£", " pounds ", "°", " degrees ").Replace(text))
}

// plainer are letters of ASCII for letters of names, and for the marks of typography.
var plainer = func() map[rune]rune {
	all := map[rune]rune{}
	for ascii, others := range map[rune]string{
		'a': "àáâãäåā", 'c': "çćč", 'e': "èéêëēę", 'i': "ìíîïī", 'l': "ł", 'n': "ñńň", 'o': "òóôõöøō", 's': "śš", 'u': "ùúûüūů", 'y': "ýÿ", 'z': "źżž",
		'\'': "‘’‚´", '"': "“”„«»", '-': "–—−",
	} {
		for _, r := range others {
			all[r] = ascii
			if upper := unicode.ToUpper(r); upper != r {
				all[upper] = unicode.ToUpper(ascii)
			}
		}
	}
	return all
}()
