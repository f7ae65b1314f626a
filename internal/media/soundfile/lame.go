package soundfile

import (
	"fmt"
	"sync"

	"strowger/internal/native"
)

// lameLibrary is libmp3lame 3.100.
var lameLibrary = native.Library[lameFunctions]{Name: "libmp3lame.so.0", Debian: "libmp3lame0", Bind: bindLAME}

// lameFunctions are those of lame.h that are used here. A handle is what lame_init
// returns.
type lameFunctions struct {
	initialize     func() uintptr
	initParams     func(handle uintptr) int32
	setInRate      func(handle uintptr, hz int32) int32
	setOutRate     func(handle uintptr, hz int32) int32
	setChannels    func(handle uintptr, n int32) int32
	setMode        func(handle uintptr, mode int32) int32
	setBitRate     func(handle uintptr, kilobits int32) int32
	setQuality     func(handle uintptr, quality int32) int32
	setErrors      func(handle uintptr, report uintptr) int32
	setDebug       func(handle uintptr, report uintptr) int32
	setMessages    func(handle uintptr, report uintptr) int32
	encode         func(handle uintptr, left, right *int16, frames int32, to *byte, size int32) int32
	encodeTwo      func(handle uintptr, both *int16, frames int32, to *byte, size int32) int32
	flush          func(handle uintptr, to *byte, size int32) int32
	tag            func(handle uintptr, to *byte, size uintptr) uintptr
	closeAndForget func(handle uintptr) int32
}

func bindLAME(find native.Lookup) (*lameFunctions, error) {
	var f lameFunctions
	return &f, native.Symbols{
		"lame_init":                      &f.initialize,
		"lame_init_params":               &f.initParams,
		"lame_set_in_samplerate":         &f.setInRate,
		"lame_set_out_samplerate":        &f.setOutRate,
		"lame_set_num_channels":          &f.setChannels,
		"lame_set_mode":                  &f.setMode,
		"lame_set_brate":                 &f.setBitRate,
		"lame_set_quality":               &f.setQuality,
		"lame_set_errorf":                &f.setErrors,
		"lame_set_debugf":                &f.setDebug,
		"lame_set_msgf":                  &f.setMessages,
		"lame_encode_buffer":             &f.encode,
		"lame_encode_buffer_interleaved": &f.encodeTwo,
		"lame_encode_flush":              &f.flush,
		"lame_get_lametag_frame":         &f.tag,
		"lame_close":                     &f.closeAndForget,
	}.Bind(find)
}

const (
	lameJointStereo = 1
	lameMono        = 3
	// lameQuality is 0 (best) to 9: below 5 nothing is heard of what it costs.
	lameQuality = 7

	// lameBlock is how many frames are encoded at once, and lameBytes what lame.h
	// says that they may need.
	lameBlock = 4096
	lameBytes = lameBlock*5/4 + 7200
)

// lameOpening keeps encoders from being made side by side: lame_init_params fills
// tables that all of them share. It fills them with the same values each time, so
// encoders that are at work do not mind.
var lameOpening sync.Mutex

// lame is an MP3 encoder.
type lame struct {
	*lameFunctions
	format Format
	handle uintptr
	out    [lameBytes]byte
}

func openLAME(format Format) (*lame, error) {
	switch format.RateHz {
	case 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000: // ISO/IEC 11172-3 and 13818-3, and MPEG 2.5
	default:
		return nil, format.problem("MP3 has no such rate")
	}
	functions, err := lameLibrary.Open()
	if err != nil {
		return nil, err
	}
	lameOpening.Lock()
	defer lameOpening.Unlock()
	l := &lame{lameFunctions: functions, format: format, handle: functions.initialize()}
	if l.handle == 0 {
		return nil, fmt.Errorf("lame_init: out of memory")
	}
	if err := l.configure(); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *lame) configure() error {
	mode := int32(lameMono)
	if l.format.Channels == 2 {
		mode = lameJointStereo
	}
	for _, result := range []int32{
		// Without these it writes to standard error.
		l.setErrors(l.handle, 0), l.setDebug(l.handle, 0), l.setMessages(l.handle, 0),
		l.setInRate(l.handle, int32(l.format.RateHz)), l.setOutRate(l.handle, int32(l.format.RateHz)),
		l.setChannels(l.handle, int32(l.format.Channels)), l.setMode(l.handle, mode),
		l.setBitRate(l.handle, int32(bitRate(l.format)/1000)), l.setQuality(l.handle, lameQuality),
		l.initParams(l.handle),
	} {
		if result < 0 {
			return fmt.Errorf("lame_init_params for %d Hz, %d channels: %d", l.format.RateHz, l.format.Channels, result)
		}
	}
	return nil
}

// bitRate is, in bit/s, at which speech and music on hold keep what the rate of
// their samples leaves of them: 48 kbit/s for 16 kHz mono.
func bitRate(format Format) int { return 3 * format.RateHz * format.Channels }

// compress encodes up to lameBlock frames and returns what came of them and of those
// before. It is valid until the next call.
func (l *lame) compress(samples []int16) ([]byte, error) {
	if len(samples) == 0 {
		return nil, nil
	}
	frames := int32(len(samples) / l.format.Channels)
	if l.format.Channels == 2 {
		return l.result("lame_encode_buffer_interleaved", l.encodeTwo(l.handle, &samples[0], frames, &l.out[0], lameBytes))
	}
	return l.result("lame_encode_buffer", l.encode(l.handle, &samples[0], nil, frames, &l.out[0], lameBytes))
}

// finish returns the rest of the sound.
func (l *lame) finish() ([]byte, error) {
	return l.result("lame_encode_flush", l.flush(l.handle, &l.out[0], lameBytes))
}

func (l *lame) result(function string, n int32) ([]byte, error) {
	if n < 0 {
		return nil, fmt.Errorf("%s: %d", function, n)
	}
	return l.out[:n], nil
}

// head returns the frame to put in the place of the first, after finish: it says
// how long the sound is, and how many samples before and after it are the encoder's.
func (l *lame) head() ([]byte, error) {
	n := l.tag(l.handle, &l.out[0], lameBytes)
	if n == 0 || n > lameBytes {
		return nil, fmt.Errorf("lame_get_lametag_frame: %d", n)
	}
	return l.out[:n], nil
}

func (l *lame) close() { l.closeAndForget(l.handle) }
