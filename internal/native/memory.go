package native

// memory are the functions of malloc.h that are used here.
type memory struct {
	trim func(pad uintptr) int32
}

// libc is GNU's library of C.
var libc = Library[memory]{Name: "libc.so.6", Debian: "libc6", Bind: func(find Lookup) (*memory, error) {
	var f memory
	return &f, find(&f.trim, "malloc_trim")
}}

// GiveBack returns to the system what libraries of C have freed, which GNU's malloc
// keeps for the next who asks. It takes a moment in proportion to that. Elsewhere, where
// there is no malloc_trim, nothing is kept that way.
func GiveBack() {
	if f, err := libc.Open(); err == nil {
		f.trim(0)
	}
}
