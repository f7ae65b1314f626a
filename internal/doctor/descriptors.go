package doctor

import (
	"context"
	"fmt"

	"strowger/internal/config"
	"strowger/internal/descriptors"
)

// files holds the limit of open files against what the settings ask for. It
// counts for this shell; a service has a limit of its own.
func files(_ context.Context, cfg config.Config) []Finding {
	const subject = "open files"
	limit, err := descriptors.Raise()
	if err != nil {
		return []Finding{warn(subject, err, "see `ulimit -n`")}
	}
	return []Finding{room(subject, limit, descriptors.WantedBy(cfg))}
}

func room(subject string, limit int, w descriptors.Wanted) Finding {
	const advice = "raise the limit to %d: LimitNOFILE= in the systemd unit, `ulimit -n` in a shell; or ask for less with %s"
	switch b := descriptors.Divide(limit, w); {
	case b.Media < w.Media:
		return warn(subject, fmt.Errorf("the limit of %d leaves room for %d legs; rtp.ports asks for %d", limit, b.Media, w.Media),
			fmt.Sprintf(advice, descriptors.Needed(w), "rtp.ports"))
	case b.HTTP < w.HTTP || b.Callbacks < w.Callbacks:
		return warn(subject, fmt.Errorf("the limit of %d leaves room for %d HTTP connections; http.max_connections asks for %d", limit, b.HTTP, w.HTTP),
			fmt.Sprintf(advice, descriptors.Needed(w), "http.max_connections"))
	}
	return ok(subject, "there is room for %d legs and %d HTTP connections", w.Media, w.HTTP)
}
