package native

import "github.com/ebitengine/purego"

// openLibrary opens a library of C where the system looks for libraries. No C
// compiler is needed for that, when this is built or later.
func openLibrary(name string) (Lookup, error) {
	handle, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, err
	}
	return func(function any, symbol string) error {
		address, err := purego.Dlsym(handle, symbol)
		if err != nil {
			return err
		}
		if at, ok := function.(*uintptr); ok {
			*at = address
			return nil
		}
		purego.RegisterFunc(function, address)
		return nil
	}, nil
}

// FunctionAt makes the function at an address callable.
func FunctionAt(function any, address uintptr) { purego.RegisterFunc(function, address) }
