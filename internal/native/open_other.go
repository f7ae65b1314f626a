//go:build !linux

package native

import (
	"fmt"
	"runtime"
)

func openLibrary(string) (Lookup, error) {
	return nil, fmt.Errorf("libraries of C are opened on Linux only, not on %s", runtime.GOOS)
}

func FunctionAt(any, uintptr) { panic("native: a library was opened where none can be") }
