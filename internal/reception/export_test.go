package reception

import "net/netip"

// ForgetFriend makes a stranger of who has proven a password there.
func (r *Reception) ForgetFriend(host string) { r.cfg.Admission.estrange(netip.MustParseAddr(host)) }
