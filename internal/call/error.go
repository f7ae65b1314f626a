package call

import "fmt"

// Kind says why the rules refuse an input. Kinds are few and closed; a
// family of the API turns each into a status and code.
type Kind int

const (
	Invalid          Kind = iota + 1 // the command can never be right as it is
	NotFound                         // the call, connection, participant or incoming call is not there
	Conflict                         // it contradicts what is already so
	NotEstablished                   // the call is not connected yet
	Forbidden                        // not allowed to this application
	TooBusy                          // no room now: try again
	Stopping                         // the server takes no new calls any more
	OutOfService                     // the server cannot do it now: try again
	Incompatible                     // a media operation that cannot run beside the running one
	TransferConflict                 // a transfer while one is under way
	AlreadyRecording                 // a second recording of a call
	NotSetUp                         // what the call was not set up with
	Unsupported                      // what a connection that came about like this one cannot do
	OtherRequest                     // a request ID that was another request's
)

// Part is what of a command the rules object to. The list is closed; each
// family of the API says how its operations spell a part.
type Part string

const (
	PartTargets     Part = "targets"     // whom CreateCall dials, or who is to be in an audio group
	PartParticipant Part = "participant" // whom a command is about: who is added, removed or listened to
	PartRecipients  Part = "recipients"  // who is to hear a Play
	PartInvitation  Part = "invitation"  // which AddParticipant is taken back
	PartTarget      Part = "target"      // to whom a Transfer leads
	PartTransferee  Part = "transferee"  // who is transferred
	PartAudioGroup  Part = "audio-group" // which audio group
	PartFrom        Part = "from"        // out of which call a MoveHere takes
	PartOperation   Part = "operation"   // which media operation is canceled
)

// Error is a refusal by the rules.
type Error struct {
	Kind   Kind
	Part   Part   // what of the command is wrong; may be empty
	Reason string // a sentence for the developer who sees it
}

func (e *Error) Error() string {
	if e.Part != "" {
		return string(e.Part) + ": " + e.Reason
	}
	return e.Reason
}

// NoCall is the refusal of what is asked of a call that is not there.
func NoCall() error { return &Error{Kind: NotFound, Reason: "Call not found."} }

func refuse(k Kind, format string, args ...any) error {
	return &Error{Kind: k, Reason: fmt.Sprintf(format, args...)}
}
