package server

import "strowger/internal/descriptors"

// divideDescriptors sees to it that HTTP does not take what calls need, and
// says when there is too little for all.
func (p *parts) divideDescriptors() {
	limit, err := descriptors.Raise()
	if err != nil {
		p.log.Warn("the limit of open files could not be read; none is assumed", "error", err)
	}
	wanted := descriptors.WantedBy(p.cfg)
	p.budget = descriptors.Divide(limit, wanted)
	switch {
	case p.budget.Media < wanted.Media:
		p.log.Warn("the limit of open files is too low for rtp.ports: calls beyond it will fail; raise it (LimitNOFILE= in systemd, ulimit -n in a shell)",
			"limit", limit, "needed", descriptors.Needed(wanted), "legs", p.budget.Media, "of", wanted.Media)
	case p.budget.HTTP < wanted.HTTP || p.budget.Callbacks < wanted.Callbacks:
		p.log.Warn("the limit of open files leaves HTTP less than is set; raise it (LimitNOFILE= in systemd, ulimit -n in a shell)",
			"limit", limit, "needed", descriptors.Needed(wanted), "connections", p.budget.HTTP, "callbacks", p.budget.Callbacks)
	}
}
