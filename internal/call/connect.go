package call

// ConnectCall takes a seat in a call that is established, whoever made it: also
// in one between two people in which no application sits. Where a group has no call,
// it opens one. Answer: Connection.
type ConnectCall struct {
	Repeatable
	Call       ID // empty: whichever it is
	Connection ConnectionID
	App        Application
	Context    string
	Stream     *StreamSpec
	Transcript *TranscriptSpec
	Source     Address // the application's own identity; may be empty
	Group      string  // the ID of the group whose call it is, a lower-case GUID; empty: it opens no call
	Subject    string  // what the call is about
	MediaTypes []string
}

// Opens is the call that begins with the command when its group has none; empty when
// it is for no group.
func (in ConnectCall) Opens() ID {
	if in.Group == "" {
		return ""
	}
	return groupCallID(in.Connection)
}

// takeSeatBeside connects the application at once: it is told as soon as the
// command is accepted.
func (c *Call) takeSeatBeside(in ConnectCall) (Answer, error) {
	if in.Call != "" && in.Call != c.state.ID {
		return Answer{}, NoCall()
	}
	if in.Group != "" {
		c.openForGroup(in)
	}
	if err := c.established(); err != nil {
		return Answer{}, err
	}
	if len(c.state.Connections) >= connectionsMost {
		return Answer{}, refuse(TooBusy, "%d applications have a seat in the call already.", connectionsMost)
	}
	conn := Connection{
		ID: in.Connection, App: in.App, Context: in.Context, State: Connecting,
		Source: in.Source, Subject: in.Subject, MediaTypes: in.MediaTypes,
	}
	conn.setUpStream(in.Stream)
	conn.setUpTranscript(in.Transcript)
	c.giveSeat(conn)
	seat := c.live(in.Connection)
	properties := seat.properties(c.state.ID)
	c.connect(seat)
	return Answer{Connection: &properties, Context: in.Context}, nil
}

// openForGroup begins a group's call, also after an earlier one has ended. It is a
// call as soon as its first application is in it (decision 012).
//
// The earlier one has the same key, so that what still reports of it comes here: what
// it has numbered is not numbered again, and what it waits for is waited for here.
func (c *Call) openForGroup(in ConnectCall) {
	was := c.state
	switch {
	case was.Phase == Ended:
		c.state = State{
			ID: in.Opens(), Step: was.Step, AwaitedFiles: was.AwaitedFiles, Offered: was.Offered,
			LastLeg: was.LastLeg, LastIncoming: was.LastIncoming, LastOperation: was.LastOperation,
			LastTimer: was.LastTimer, LastRecording: was.LastRecording,
		}
	case was.Step > 0:
		return // it is there
	}
	c.state.Phase, c.state.Group, c.state.StartedBy = Established, in.Group, in.Source
}

// connectionsMost bounds the applications of a call: each is told the roster
// whenever somebody joins.
const connectionsMost = 50
