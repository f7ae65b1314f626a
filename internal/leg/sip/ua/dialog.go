package ua

// Role is which side of a dialog we are.
type Role string

const (
	Caller Role = "caller" // we sent the INVITE (UAC)
	Callee Role = "callee" // we got it (UAS)
)

// Dialog is all that another process needs to carry a dialog on (RFC 3261 12).
// It is a plain value, made to be written down.
type Dialog struct {
	CallID       string
	LocalTag     string
	RemoteTag    string
	LocalURI     string
	RemoteURI    string
	LocalContact string   // our Contact, a URI
	RemoteTarget string   // theirs
	RouteSet     []string // URIs, next hop first
	LocalCSeq    uint32   // last that we used, 0 for none
	RemoteCSeq   uint32   // last that they used, 0 for none
	Secure       bool
	Transport    string // "udp", "tcp", "tls" of the flow that carried it
	RemoteAddr   string // host:port of the flow's far end
	Role         Role
}
