package call

// connection finds a live connection.
func (c *Call) connection(id ConnectionID) (*Connection, error) {
	if c.Over() {
		return nil, refuse(NotFound, "Call not found.")
	}
	for i := range c.state.Connections {
		if conn := &c.state.Connections[i]; conn.ID == id && conn.State != Disconnected {
			return conn, nil
		}
	}
	return nil, refuse(NotFound, "Call not found.")
}

// connectedOne finds a connection that may act in an established call.
func (c *Call) connectedOne(id ConnectionID) (*Connection, error) {
	conn, err := c.connection(id)
	if err != nil {
		return nil, err
	}
	if conn.State != Connected {
		return nil, refuse(NotEstablished, "Action is invalid when call is not in Established state.")
	}
	return conn, nil
}

// recipient addresses an event about the connection itself.
func (conn *Connection) recipient() Recipient {
	return Recipient{Connection: conn.ID, CallbackURI: conn.App.CallbackURI, Version: conn.App.Version, Context: conn.Context}
}

// about addresses an event of one of the connection's operations.
func (conn *Connection) about(op Operation) Recipient {
	r := conn.recipient()
	r.Context = op.Context
	if op.CallbackURI != "" {
		r.CallbackURI = op.CallbackURI
	}
	return r
}

// about addresses an event of an operation. Its connection is always found: a
// connection ends its operations before it leaves the list.
func (c *Call) about(id ConnectionID, op Operation) Recipient {
	for i := range c.state.Connections {
		if conn := &c.state.Connections[i]; conn.ID == id {
			return conn.about(op)
		}
	}
	panic("call: operation of a connection that never was")
}

// connect makes a connection part of the established call, once.
func (c *Call) connect(conn *Connection) {
	if conn.State != Connecting {
		return
	}
	conn.State = Connected
	c.tell(CallConnected{conn.recipient()})
	c.rosterChanged = true
}

// disconnect ends a connection: its operations first, then its own terminal events.
func (c *Call) disconnect(conn *Connection, cause Cause) {
	c.endMediaOf(conn.ID, cause)
	c.endInvitesOf(conn.ID, cause)
	if conn.State == Connecting {
		c.failConnecting(conn, cause.unfinished())
	}
	conn.State = Disconnected
	c.tell(CallDisconnected{conn.recipient(), cause})
}

// failConnecting tells that the command that made the connection has failed.
func (c *Call) failConnecting(conn *Connection, cause Cause) {
	conn.State = Disconnected
	if conn.Created {
		c.tell(CreateCallFailed{conn.recipient(), cause})
		return
	}
	c.tell(AnswerFailed{conn.recipient(), cause})
}

// Properties describe a connection that has not ended.
func (s State) Properties(id ConnectionID) (Properties, bool) {
	for _, conn := range s.Connections {
		if conn.ID == id && conn.State != Disconnected {
			return conn.properties(s.ID), true
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
	}
}
