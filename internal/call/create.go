package call

import "fmt"

// CreateCall opens a call from an application to its targets, which are rung
// side by side. The first that answers connects the call; the others may still
// join. Answer: Connection.
type CreateCall struct {
	Repeatable
	Call       ID
	Connection ConnectionID
	App        Application
	Context    string
	Source     Address // the application's own identity; may be empty
	SourceName string
	Stream     *StreamSpec
	Transcript *TranscriptSpec
	CallerID   Address // the number that phone targets see
	Targets    []Address
	Subject    string   // what the call is about
	MediaTypes []string // that are asked for
	Detect     bool     // a machine that answers is to be told from a person
}

// Opens is the call that begins with the command.
func (in CreateCall) Opens() ID { return in.Call }

// CreateCallFailed: no target was reached. It is the connection's last event
// unless a CallDisconnected follows in the same step.
type CreateCallFailed struct {
	Recipient
	Cause Cause
}

func (c *Call) create(in CreateCall) (Answer, error) {
	if c.state.Step > 0 {
		return Answer{}, refuse(Conflict, "The call exists already.")
	}
	if err := distinct(PartTargets, in.Targets); err != nil {
		return Answer{}, err
	}
	if len(in.Targets) > participantsMost {
		return Answer{}, &Error{Kind: Invalid, Part: PartTargets, Reason: fmt.Sprintf("a call has %d participants at most.", participantsMost)}
	}
	conn := Connection{
		ID: in.Connection, App: in.App, Context: in.Context, State: Connecting, Created: true,
		Source: in.Source, SourceName: in.SourceName, CallerID: in.CallerID,
		Targets: append([]Address(nil), in.Targets...), Subject: in.Subject, MediaTypes: in.MediaTypes,
	}
	conn.setUpStream(in.Stream)
	conn.setUpTranscript(in.Transcript)
	c.giveSeat(conn)
	c.state.StartedBy = in.Source
	for _, target := range in.Targets {
		c.invite(Participant{Address: target, Errand: Errand{Kind: CreateTarget, For: conn.recipient()}, Detection: detection(in.Detect)},
			caller{from: conn.caller(target), name: in.SourceName}, ringTimeout)
	}
	p := conn.properties(c.state.ID)
	return Answer{Connection: &p, Context: in.Context}, nil
}

// caller chooses the identity that a target sees: a phone sees a number.
func (conn *Connection) caller(target Address) Address {
	switch {
	case target.IsPhone() && conn.CallerID != "":
		return conn.CallerID
	case conn.Source != "":
		return conn.Source
	}
	return conn.CallerID
}

func distinct(part Part, addresses []Address) error {
	if len(addresses) == 0 {
		return &Error{Kind: Invalid, Part: part, Reason: "at least one is required."}
	}
	seen := map[Address]bool{}
	for _, a := range addresses {
		if seen[a] {
			return &Error{Kind: Invalid, Part: part, Reason: string(a) + " is named twice."}
		}
		seen[a] = true
	}
	return nil
}
