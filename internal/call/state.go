package call

import (
	"slices"
	"time"
)

// State is everything that a call knows: plain data, stored with each step.
// Package journal holds its form to be a contract.
type State struct {
	ID           ID
	Step         uint64 // counts accepted inputs; the first is 1
	Phase        Phase
	StartedBy    Address
	Group        string // the group's ID, a lower-case GUID, of a group call
	Published    bool   // subscribers were told CallStarted
	Grew         bool   // more than two have been in it at once
	Connections  []Connection
	Participants []Participant
	Offered      []Offered
	Incoming     []Incoming
	Media        []MediaOperation
	AudioGroups  []AudioGroup
	Recording    *Recording // that is being made
	AwaitedFiles []AwaitedFile
	Timers       []Timer
	Repeats      []Repeat

	LastLeg       int
	LastIncoming  IncomingID
	LastOperation OperationID
	LastTimer     TimerID
	LastRecording int
}

// Phase is where a call is in its life.
type Phase string

const (
	Forming     Phase = "forming"     // nobody has been joined yet
	Established Phase = "established" // somebody was
	Ended       Phase = "ended"
)

// Settled reports whether nothing more comes of the call: it has ended, the files of its
// recordings are there, and whom it offered to another call is in that or hung up.
func (s State) Settled() bool {
	return s.Phase == Ended && len(s.AwaitedFiles) == 0 && len(s.Offered) == 0
}

// Connection is one application's seat in the call.
type Connection struct {
	ID             ConnectionID
	App            Application
	Context        string // operationContext of the command that made it
	State          ConnectionState
	Created        bool // by CreateCall; else by Answer
	Source         Address
	SourceName     string
	CallerID       Address // sourceCallerIdNumber
	Targets        []Address
	AnsweredBy     Address
	AnsweredFor    Address
	Subject        string   // what the application says that the call is about
	MediaTypes     []string // that it asked for, as it named them
	RosterSequence int
	Tones          int         // that its application has heard of
	Stream         *Stream     // nil: it was set up without one
	Transcript     *Transcript // nil: it was set up without one
	Began          time.Time
	Answered       time.Time // when it was connected; zero: not yet
}

// ConnectionState is the published callConnectionState.
type ConnectionState string

const (
	Connecting   ConnectionState = "connecting"
	Connected    ConnectionState = "connected"
	Disconnected ConnectionState = "disconnected"

	// In Properties: it is connected, and a transfer is under way.
	Transferring     ConnectionState = "transferring"
	TransferAccepted ConnectionState = "transferAccepted" // the far end calls the target
)

// Participant is a person or bot in the call or on the way into it.
type Participant struct {
	Leg         LegID
	Address     Address
	Name        string
	State       ParticipantState
	Errand      Errand
	Seat        ConnectionID // the application that answered as this user; it has no leg
	Dialog      *Dialog      // of a caller; of others once answered
	TakesRefer  bool         // its far end is one to be asked to call somebody else
	Referral    *Referral    // it was asked to, and is on its way
	Onward      *Onward      // it is to go on to a call of its own
	Ringback    OperationID  // the player of what it hears while its target is rung; 0: none
	HandingTo   LegID        // it is offered to another call, where this would be its leg; it is here until it is taken in there
	Detection   Detection    // of a machine that may have answered; empty: nobody asks, or it is told
	Muted       bool
	Apart       ConnectionID // that took it out of the default group; empty: it is in it
	Holds       []Hold
	Dialled     Address // whom a Caller asked for
	From        Address // who called an invited participant
	FromName    string
	Trunk       string            // that it is reached through, as far as is known
	Began       time.Time         // when it called, was dialled or was taken in
	Answered    time.Time         // when it came into the conversation; zero: not yet
	OfferedAt   time.Time         // to the call of HandingTo
	SIPHeaders  map[string]string // of the caller's INVITE, or of the invitation
	VoIPHeaders map[string]string
}

// ParticipantState is where a participant is on its way.
type ParticipantState string

const (
	Calling   ParticipantState = "calling"   // it dialled us and is not answered
	Answering ParticipantState = "answering" // we said yes, not acknowledged yet
	Invited   ParticipantState = "invited"   // we dial it
	Moving    ParticipantState = "moving"    // asked for in another call, and still there; its Leg is what it will be here
	Joined    ParticipantState = "joined"
)

// Incoming is a call, or an invitation to one, that applications may answer,
// redirect or reject: once, and only while it is listed.
type Incoming struct {
	ID  IncomingID
	Leg LegID // of the participant that waits: a caller, or an invited user of an application
	To  Address
}

// Repeat remembers the answer to a repeatable request.
type Repeat struct {
	Request string
	Digest  string
	Answer  Answer
}

// Answer is what an accepted command says at once. Only the fields that the
// command's documentation names are set.
type Answer struct {
	Connection   *Properties
	Participant  *RosterEntry
	Recording    *RecordingStatus
	Participants []Address
	From         ConnectionID
	InvitationID string
	AudioGroup   AudioGroupID
	Context      string
}

// Properties describe a connection as applications see it.
type Properties struct {
	Connection  ConnectionID
	Call        ID
	State       ConnectionState
	CallbackURI string
	Source      Address
	SourceName  string
	CallerID    Address
	Targets     []Address
	AnsweredBy  Address
	AnsweredFor Address
	Subject     string
	MediaTypes  []string
	Hears       Hears
	Stream      *StreamStatus     // nil: it was set up without one
	Transcript  *TranscriptStatus // nil: it was set up without one
}

// Clone is a copy that stays as it is while the call goes on. What hangs off
// participants, connections and operations is shared: it is replaced, never changed.
func (s State) Clone() State {
	s.Connections = slices.Clone(s.Connections)
	s.Participants = slices.Clone(s.Participants)
	s.Incoming = slices.Clone(s.Incoming)
	s.Timers = slices.Clone(s.Timers)
	s.Repeats = slices.Clone(s.Repeats)
	s.AudioGroups = slices.Clone(s.AudioGroups)
	s.Media = slices.Clone(s.Media)
	for i, op := range s.Media {
		if op.Recognition != nil {
			r := *op.Recognition
			s.Media[i].Recognition = &r
		}
	}
	return s
}
