package call

import "cmp"

// CallConnecting is the first event of a connection whose application hears of
// its states.
type CallConnecting struct{ Recipient }

// CallConnected: the connection is in an established call.
type CallConnected struct{ Recipient }

// CallDisconnecting comes right before the CallDisconnected of a connection whose
// application hears of its states, when its operations have ended.
type CallDisconnecting struct {
	Recipient
	Cause Cause
}

// CallDisconnected is the last event of a connection.
type CallDisconnected struct {
	Recipient
	Cause Cause
}

// connection finds a live connection.
func (c *Call) connection(id ConnectionID) (*Connection, error) {
	if c.Over() {
		return nil, NoCall()
	}
	for i := range c.state.Connections {
		if conn := &c.state.Connections[i]; conn.ID == id && conn.State != Disconnected {
			return conn, nil
		}
	}
	return nil, NoCall()
}

// live finds a connection that has not ended, or nil.
func (c *Call) live(id ConnectionID) *Connection {
	conn, err := c.connection(id)
	if err != nil {
		return nil
	}
	return conn
}

// connectedOne finds a connection that may act in an established call.
func (c *Call) connectedOne(id ConnectionID) (*Connection, error) {
	conn, err := c.connection(id)
	if err != nil {
		return nil, err
	}
	if conn.State != Connected {
		return nil, notEstablished()
	}
	return conn, nil
}

// established refuses what is asked of a call out of call before it is one.
func (c *Call) established() error {
	switch c.state.Phase {
	case Ended:
		return NoCall()
	case Forming:
		return notEstablished()
	}
	return nil
}

func notEstablished() error {
	return refuse(NotEstablished, "Action is invalid when call is not in Established state.")
}

// giveSeat gives an application its seat in the call.
func (c *Call) giveSeat(conn Connection) {
	conn.Began = c.now
	c.state.Connections = append(c.state.Connections, conn)
	if conn.App.Hears.States {
		c.tell(CallConnecting{conn.recipient()})
	}
}

// connect makes a connection part of the established call, once.
func (c *Call) connect(conn *Connection) {
	if conn.State != Connecting {
		return
	}
	conn.State, conn.Answered, c.seatsChanged = Connected, c.now, true
	c.tell(CallConnected{conn.recipient()})
	c.newcomers = append(c.newcomers, conn.ID)
	if conn.Stream != nil && conn.Stream.Spec.AtOnce {
		c.openStream(conn, Operation{Context: conn.Context})
	}
	if t := conn.Transcript; t != nil && t.Spec.AtOnce {
		c.openTranscript(conn, Operation{Context: conn.Context}, t.Spec.Language, t.Spec.Model)
	}
}

// disconnect ends a connection: its operations first, then its own terminal events.
func (c *Call) disconnect(conn *Connection, cause Cause) {
	c.endMediaOf(conn.ID, cause)
	c.endStreamOf(conn, cause)
	c.endTranscriptOf(conn, cause)
	c.endDetectionsOf(conn.ID)
	c.endInvitationsOf(conn.ID, cause)
	c.endReferralsOf(conn.ID, cause)
	c.callOffFor(conn.ID, cause)
	if conn.State == Connecting && !conn.App.Hears.States {
		c.failConnecting(conn, cause.unfinished())
	} else {
		c.usedSeat(*conn, cause)
	}
	c.disconnected(conn, cause)
}

// disconnected tells the last events of a connection.
func (c *Call) disconnected(conn *Connection, cause Cause) {
	conn.State, c.seatsChanged = Disconnected, true
	if conn.App.Hears.States {
		c.tell(CallDisconnecting{conn.recipient(), cause})
	}
	c.tell(CallDisconnected{conn.recipient(), cause})
}

// failConnecting ends a connection that never came about: the command that
// made it has failed. An application that hears of states hears it from them.
func (c *Call) failConnecting(conn *Connection, cause Cause) {
	conn.State = Disconnected
	c.usedSeat(*conn, cause)
	switch {
	case conn.App.Hears.States:
		c.disconnected(conn, cause)
	case conn.Created:
		c.tell(CreateCallFailed{conn.recipient(), cause})
	default:
		c.tell(AnswerFailed{conn.recipient(), cause})
	}
}

// forgetDisconnected keeps the list of connections as long as the call is wide.
func (c *Call) forgetDisconnected() {
	var live []Connection
	for _, conn := range c.state.Connections {
		if conn.State != Disconnected {
			live = append(live, conn)
		}
	}
	c.state.Connections = live
}

func (c *Call) liveConnections() (n int) {
	for _, conn := range c.state.Connections {
		if conn.State != Disconnected {
			n++
		}
	}
	return
}

func (c *Call) anyConnected() bool {
	for _, conn := range c.state.Connections {
		if conn.State == Connected {
			return true
		}
	}
	return false
}

// identity is as whom an application sits in a call; empty when it has not said.
func (conn *Connection) identity() Address {
	if conn.Created || conn.tookSeat() {
		return conn.Source
	}
	return conn.AnsweredBy
}

// tookSeat reports whether the connection was made by ConnectCall.
func (conn *Connection) tookSeat() bool { return !conn.Created && len(conn.Targets) == 0 }

// Properties describe a connection that has not ended.
func (s State) Properties(id ConnectionID) (Properties, bool) {
	for _, conn := range s.Connections {
		if conn.ID == id && conn.State != Disconnected {
			p := conn.properties(s.ID)
			p.State = cmp.Or(s.transferState(id), p.State)
			return p, true
		}
	}
	return Properties{}, false
}

func (conn *Connection) properties(id ID) Properties {
	return Properties{
		Connection: conn.ID, Call: id, State: conn.State, CallbackURI: conn.App.CallbackURI,
		Source: conn.Source, SourceName: conn.SourceName, CallerID: conn.CallerID,
		Targets:    append([]Address(nil), conn.Targets...),
		AnsweredBy: conn.AnsweredBy, AnsweredFor: conn.AnsweredFor,
		Subject: conn.Subject, MediaTypes: conn.MediaTypes, Hears: conn.App.Hears, Stream: conn.Stream.status(), Transcript: conn.Transcript.status(),
	}
}
