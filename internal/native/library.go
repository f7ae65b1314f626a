// Package native uses libraries of C that are opened at run time: one that is not
// there takes away what needs it and nothing else, and no C compiler is needed to
// build this server.
package native

import (
	"fmt"
	"sync"
)

// MissingError is a library that could not be opened.
type MissingError struct {
	Library string // such as libmp3lame.so.0
	Package string // the Debian package to install, such as libmp3lame0
	Err     error
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s cannot be used (install the Debian package %s): %v", e.Library, e.Package, e.Err)
}

func (e *MissingError) Unwrap() error { return e.Err }

// Library is one that is opened when it is first asked for, and stays open. When it
// is missing the next who asks tries again: it may have been installed. It is safe
// for concurrent use; whether its functions are is the library's affair.
type Library[Functions any] struct {
	Name, Debian string
	// Bind fills in the functions of an open library.
	Bind func(Lookup) (*Functions, error)

	mutex     sync.Mutex
	functions *Functions
}

// Lookup finds a symbol of a library, and sets *function to it: a function in Go's
// words, or a uintptr that gets its address.
type Lookup func(function any, symbol string) error

// Open gives the functions of the library, or a MissingError.
func (l *Library[Functions]) Open() (*Functions, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.functions != nil {
		return l.functions, nil
	}
	find, err := openLibrary(l.Name)
	if err == nil {
		l.functions, err = l.Bind(find)
	}
	if err != nil {
		return nil, &MissingError{l.Name, l.Debian, err}
	}
	return l.functions, nil
}

// Symbols are functions by the names that a library has for them.
type Symbols map[string]any

// Bind finds all of them.
func (s Symbols) Bind(find Lookup) error {
	for symbol, function := range s {
		if err := find(function, symbol); err != nil {
			return err
		}
	}
	return nil
}
