package doctor

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"

	"strowger/internal/config"
)

// clock asks the kernel whether anything keeps its clock right: requests are
// signed with their time, and a clock that has drifted refuses all of them.
func clock(context.Context, config.Config) []Finding {
	const subject = "clock"
	var state unix.Timex
	if _, err := unix.Adjtimex(&state); err != nil {
		return []Finding{warn(subject, err, "see with `timedatectl` that the clock is kept right")}
	}
	if state.Status&unix.STA_UNSYNC != 0 {
		return []Finding{warn(subject, errors.New("nothing keeps it right; requests signed minutes apart from it are refused"),
			"apt-get install systemd-timesyncd (in a container or virtual machine the host may keep it instead)")}
	}
	return []Finding{ok(subject, "is kept right, to within %d ms", state.Maxerror/1000)}
}
