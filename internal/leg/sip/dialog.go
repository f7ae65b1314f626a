package sip

import (
	"strowger/internal/call"
	"strowger/internal/sip/ua"
)

// dialogOf is what the journal keeps of a leg, but for its media.
func dialogOf(d ua.Dialog) call.Dialog {
	return call.Dialog{
		CallID: d.CallID, LocalTag: d.LocalTag, RemoteTag: d.RemoteTag,
		LocalURI: d.LocalURI, RemoteURI: d.RemoteURI,
		RemoteTarget: d.RemoteTarget, RouteSet: d.RouteSet,
		LocalCSeq: d.LocalCSeq, RemoteCSeq: d.RemoteCSeq,
		Caller: d.Role == ua.Caller, Secure: d.Secure,
		Transport: d.Transport, RemoteAddr: d.RemoteAddr,
	}
}

// kept is a dialog that an earlier process wrote down. Our Contact is not in
// it: it says where we are, and we are here now.
func kept(d call.Dialog) ua.Dialog {
	role := ua.Callee
	if d.Caller {
		role = ua.Caller
	}
	return ua.Dialog{
		CallID: d.CallID, LocalTag: d.LocalTag, RemoteTag: d.RemoteTag,
		LocalURI: d.LocalURI, RemoteURI: d.RemoteURI,
		RemoteTarget: d.RemoteTarget, RouteSet: d.RouteSet,
		LocalCSeq: d.LocalCSeq, RemoteCSeq: d.RemoteCSeq,
		Secure: d.Secure, Transport: d.Transport, RemoteAddr: d.RemoteAddr, Role: role,
	}
}
