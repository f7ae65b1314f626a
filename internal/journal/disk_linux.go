package journal

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"syscall"
)

// space is what is free for us on the disk of dir, and how large it is.
func space(dir string) (free, total int64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, os.NewSyscallError("statfs", err)
	}
	return int64(s.Bavail) * s.Bsize, int64(s.Blocks) * s.Bsize, nil
}

// allocate makes a file whose bytes the disk has really set aside.
func allocate(name string, size int64) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = syscall.Fallocate(int(file.Fd()), 0, 0, size)
	if errors.Is(err, syscall.EOPNOTSUPP) { // what no file system makes smaller
		_, err = io.CopyN(file, rand.NewChaCha8([32]byte{}), size)
	}
	return errors.Join(err, file.Close())
}
