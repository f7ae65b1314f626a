//go:build unix

package descriptors

import "golang.org/x/sys/unix"

// Raise makes the limit of open files as high as the process may make it by
// itself, and returns it.
func Raise() (int, error) {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return 0, err
	}
	if l.Cur < l.Max {
		raised := unix.Rlimit{Cur: l.Max, Max: l.Max}
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &raised); err == nil {
			l = raised
		}
	}
	return int(min(l.Cur, 1<<30)), nil
}
