//go:build !linux

package soundfile

import (
	"fmt"
	"runtime"
)

func openLibrary(string) (lookup, error) {
	return nil, fmt.Errorf("recordings are encoded on Linux only, not on %s", runtime.GOOS)
}

func functionAt(any, uintptr) { panic("soundfile: a library was opened where none can be") }
