package soundfile

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

// library is one that is opened when it is first asked for, and stays open. When
// it is missing the next who asks tries again: it may have been installed.
type library[Functions any] struct {
	name, debian string
	// bind fills in the functions of an open library.
	bind func(lookup) (*Functions, error)

	mutex     sync.Mutex
	functions *Functions
}

// lookup finds a symbol of a library, and sets *function to it.
type lookup func(function any, symbol string) error

// open gives the functions of the library, or a MissingError.
func (l *library[Functions]) open() (*Functions, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.functions != nil {
		return l.functions, nil
	}
	find, err := openLibrary(l.name)
	if err == nil {
		l.functions, err = l.bind(find)
	}
	if err != nil {
		return nil, &MissingError{l.name, l.debian, err}
	}
	return l.functions, nil
}

// symbols are functions by the names that a library has for them.
type symbols map[string]any

// bind finds all of them.
func (s symbols) bind(find lookup) error {
	for symbol, function := range s {
		if err := find(function, symbol); err != nil {
			return err
		}
	}
	return nil
}
