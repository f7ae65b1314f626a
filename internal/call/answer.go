package call

// AnswerCall takes an incoming call: the application gets a seat in the call.
// Answer: Connection.
type AnswerCall struct {
	Repeatable
	Incoming   IncomingID
	Connection ConnectionID
	App        Application
	Context    string
	AnsweredBy Address // the identity that the application answers as; may be empty
	Stream     *StreamSpec
	Transcript *TranscriptSpec
	MediaTypes []string
}

// AnswerFailed: the caller was gone before the answer reached it.
type AnswerFailed struct {
	Recipient
	Cause Cause
}

func (c *Call) answer(in AnswerCall) (Answer, error) {
	taken, p, err := c.openIncoming(in.Incoming)
	if err != nil {
		return Answer{}, err
	}
	conn := Connection{
		ID: in.Connection, App: in.App, Context: in.Context, State: Connecting,
		Source: p.Address, SourceName: p.Name, Targets: []Address{taken.To}, AnsweredBy: in.AnsweredBy, MediaTypes: in.MediaTypes,
	}
	if p.Dialled.IsPhone() {
		conn.AnsweredFor = p.Dialled
	}
	if p.State == Invited {
		conn.Source, conn.SourceName = p.From, p.FromName
	}
	if conn.Source.IsPhone() {
		conn.CallerID = conn.Source
	}
	conn.setUpStream(in.Stream)
	conn.setUpTranscript(in.Transcript)
	c.giveSeat(conn)
	c.closeIncoming(p.Leg)
	if p.State == Calling {
		c.takeCall(p, "")
	} else {
		c.takeSeat(p, in.Connection)
	}
	properties := conn.properties(c.state.ID)
	return Answer{Connection: &properties, Context: in.Context}, nil
}

// takeCall answers the waiting caller: taken has answered, or an application
// has (taken is empty). Whoever else was rung for the caller is let go.
func (c *Call) takeCall(waiting *Participant, taken LegID) {
	leg := waiting.Leg
	waiting.State = Answering
	c.closeIncoming(leg)
	c.ask(AnswerLeg{Leg: leg})
	c.dropDialled(taken, Canceled)
}

// takeSeat makes the application itself the participant that was invited.
func (c *Call) takeSeat(p *Participant, id ConnectionID) {
	p.Seat = id
	c.joined(p)
	c.connect(c.live(id))
}

// connectAnswerers connects every application that answered for a caller who
// is in the call now.
func (c *Call) connectAnswerers() {
	for i := range c.state.Connections {
		if conn := &c.state.Connections[i]; !conn.Created {
			c.connect(conn)
		}
	}
	c.started()
}
