package call

// Dialog is what a node needs to carry on a leg: the SIP dialog (RFC 3261 12)
// and the media that was negotiated. It comes with LegAnswered and, as far as it
// is known then, with LegArrived, stays in the journal, and goes out with HangUp, so that whoever owns the call next can
// speak in the dialog.
type Dialog struct {
	CallID       string
	LocalTag     string
	RemoteTag    string
	LocalURI     string // From or To as we wrote it, without tag
	RemoteURI    string
	RemoteTarget string   // the far end's Contact
	RouteSet     []string // in the order in which we send them
	LocalCSeq    uint32
	RemoteCSeq   uint32
	Caller       bool   // we sent the INVITE
	Secure       bool   // sips
	Transport    string // udp, tcp, tls, ws, wss
	RemoteAddr   string // where the far end was last heard from
	Media        Media
}

// Media is the negotiated audio of a leg.
type Media struct {
	LocalAddr        string // our RTP address and port
	RemoteAddr       string // the far end's, as SDP had it
	Codec            string // PCMU, PCMA
	PayloadType      uint8
	EventPayloadType uint8 // RFC 4733 telephone-event; 0 when not negotiated
	SSRC             uint32
	SDPSession       uint64 // o= session id
	SDPVersion       uint64 // o= version, rises with every offer or answer of ours
}
