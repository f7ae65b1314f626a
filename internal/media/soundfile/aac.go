package soundfile

import (
	"fmt"
	"slices"

	"strowger/internal/native"
)

// aacLibrary is libvo-aacenc 0.1.
var aacLibrary = native.Library[aacFunctions]{Name: "libvo-aacenc.so.0", Debian: "libvo-aacenc0", Bind: bindAAC}

// aacFunctions are those that voGetAACEncAPI gives. The library's 32-bit types are
// C's long, which is as wide as int is in Go on Linux.
type aacFunctions struct {
	initialize func(handle *uintptr, coding int32, memory *aacUserData) uint
	setInput   func(handle uintptr, in *aacInput) uint
	getOutput  func(handle uintptr, out *aacOutput, info *aacOutputInfo) uint
	setParam   func(handle uintptr, id int, value *aacParams) uint
	release    func(handle uintptr) uint

	memory aacMemory
}

// aacTable is VO_AUDIO_CODECAPI.
type aacTable struct {
	initialize, setInput, getOutput, setParam uintptr
	_                                         uintptr // GetParam
	release                                   uintptr
}

// aacMemory is VO_MEM_OPERATOR: how the library gets memory. These are functions of
// its own.
type aacMemory struct{ alloc, free, set, copy, check, compare, move uintptr }

// aacUserData is VO_CODEC_INIT_USERDATA.
type aacUserData struct {
	_      int32 // 0: memory is a VO_MEM_OPERATOR
	memory *aacMemory
	_      [2]uint
}

// aacInput is VO_CODECBUFFER with samples in it.
type aacInput struct {
	data   *int16
	length uint // bytes
	_      int64
}

// aacOutput is VO_CODECBUFFER for a packet.
type aacOutput struct {
	data   *byte
	length uint // bytes: of the room, then of the packet
	_      int64
}

// aacOutputInfo is VO_AUDIO_OUTPUTINFO, of which nothing is read.
type aacOutputInfo struct {
	_ [3]int
	_ [2]uint
}

// aacParams is AACENC_PARAM.
type aacParams struct {
	rateHz, bitRate int32
	channels        int16
	_               int16 // whether each packet has an ADTS header: no
}

func bindAAC(find native.Lookup) (*aacFunctions, error) {
	var f aacFunctions
	var table aacTable
	var getAPI func(table *aacTable) uint
	err := native.Symbols{
		"voGetAACEncAPI": &getAPI,
		"cmnMemAlloc":    &f.memory.alloc,
		"cmnMemFree":     &f.memory.free,
		"cmnMemSet":      &f.memory.set,
		"cmnMemCopy":     &f.memory.copy,
		"cmnMemCheck":    &f.memory.check,
		"cmnMemCompare":  &f.memory.compare,
		"cmnMemMove":     &f.memory.move,
	}.Bind(find)
	if err != nil {
		return nil, err
	}
	if code := getAPI(&table); code != 0 {
		return nil, fmt.Errorf("voGetAACEncAPI: %#x", code)
	}
	native.FunctionAt(&f.initialize, table.initialize)
	native.FunctionAt(&f.setInput, table.setInput)
	native.FunctionAt(&f.getOutput, table.getOutput)
	native.FunctionAt(&f.setParam, table.setParam)
	native.FunctionAt(&f.release, table.release)
	return &f, nil
}

const (
	aacCoding      = 8          // VO_AUDIO_CodingAAC
	aacParamID     = 0x42211040 // VO_PID_AAC_ENCPARAM
	aacPacket      = 1024       // frames
	aacMostBits    = 6144       // in a packet, of one channel (ISO/IEC 14496-3 4.5.3.1)
	aacDelay       = 1600       // frames
	aacObjectLC    = 2
	aacRollPackets = 1
)

// aacRates are the rates by their index in ISO/IEC 14496-3 table 1.18.
var aacRates = []int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000}

// aac makes packets of 1024 frames.
type aac struct {
	*aacFunctions
	format Format
	handle uintptr

	// input is here because the library keeps its address between two calls.
	input  aacInput
	output aacOutput
	info   aacOutputInfo
	out    []byte
}

func openAAC(format Format) (*aac, error) {
	if !slices.Contains(aacRates, format.RateHz) {
		return nil, format.problem("AAC has no such rate")
	}
	functions, err := aacLibrary.Open()
	if err != nil {
		return nil, err
	}
	a := &aac{aacFunctions: functions, format: format, out: make([]byte, aacMostBytes(format))}
	if code := a.initialize(&a.handle, aacCoding, &aacUserData{memory: &functions.memory}); code != 0 {
		return nil, fmt.Errorf("vo-aacenc Init: %#x", code)
	}
	params := aacParams{rateHz: int32(format.RateHz), bitRate: int32(bitRate(format)), channels: int16(format.Channels)}
	if code := a.setParam(a.handle, aacParamID, &params); code != 0 {
		a.close()
		return nil, fmt.Errorf("vo-aacenc SetParam for %d Hz, %d channels: %#x", format.RateHz, format.Channels, code)
	}
	return a, nil
}

func aacMostBytes(format Format) int { return format.Channels * aacMostBits / 8 }

func (a *aac) track() track {
	return track{
		format: a.format, rateHz: a.format.RateHz,
		packetFrames: aacPacket, delayFrames: aacDelay,
		rollPackets: aacRollPackets,
		sampleEntry: audioEntry("mp4a", a.format.Channels, a.format.RateHz, elementaryStream(a.config())),
	}
}

// config is the AudioSpecificConfig of ISO/IEC 14496-3 1.6.2.1: the object type in
// five bits, the index of the rate in four, the channels in four.
func (a *aac) config() []byte {
	bits := aacObjectLC<<11 | slices.Index(aacRates, a.format.RateHz)<<7 | a.format.Channels<<3
	return []byte{byte(bits >> 8), byte(bits)}
}

func (a *aac) compress(samples []int16) ([]byte, error) {
	a.input = aacInput{data: &samples[0], length: uint(len(samples) * sampleBytes)}
	if code := a.setInput(a.handle, &a.input); code != 0 {
		return nil, fmt.Errorf("vo-aacenc SetInputData: %#x", code)
	}
	a.output = aacOutput{data: &a.out[0], length: uint(len(a.out))}
	if code := a.getOutput(a.handle, &a.output, &a.info); code != 0 {
		return nil, fmt.Errorf("vo-aacenc GetOutputData: %#x", code)
	}
	return a.out[:a.output.length], nil
}

func (a *aac) close() { a.release(a.handle) }
