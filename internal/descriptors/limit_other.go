//go:build !unix

package descriptors

// Raise reports no limit where there is none of this kind.
func Raise() (int, error) { return 0, nil }
