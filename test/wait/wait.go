// Package wait waits for facts that tell nobody: a file, an open port, a text in
// an output. Whoever can be told of a fact waits for that instead.
package wait

import (
	"errors"
	"fmt"
	"time"
)

// every is how often is asked.
const every = 20 * time.Millisecond

// ErrEnded says that there is nobody left who could make it so.
var ErrEnded = errors.New("the process ended")

// Until asks again and again until it is so. It gives up after patience, and
// when ended is closed; a nil ended never is.
func Until(patience time.Duration, ended <-chan struct{}, so func() bool) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		if so() {
			return nil
		}
		select {
		case <-tick.C:
		case <-ended:
			return ErrEnded
		case <-deadline.C:
			return fmt.Errorf("not within %v", patience)
		}
	}
}
