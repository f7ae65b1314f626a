package call

// HangUpCall takes the application out of the call. When no more than one
// other is in it, the call ends with it; a group's call goes on while
// anybody is in it, or on the way.
type HangUpCall struct {
	Repeatable
	Connection ConnectionID
}

func (c *Call) hangUp(in HangUpCall) (Answer, error) {
	conn, err := c.connection(in.Connection)
	if err != nil {
		return Answer{}, err
	}
	if c.state.Group == "" && c.othersThan(in.Connection) <= 1 {
		c.end(ending{cause: Cause{Reason: EndedByApplication}})
		return Answer{}, nil
	}
	c.leave(conn, Cause{Reason: EndedByApplication})
	return Answer{}, nil
}

// leave takes one application out of a call that goes on.
func (c *Call) leave(conn *Connection, cause Cause) {
	id := conn.ID
	c.disconnect(conn, cause)
	c.endGroupsOf(id)
	for _, p := range c.snapshot() {
		if p.Seat == id {
			c.gone(p.Leg, cause)
		}
	}
}

// othersThan counts the people and applications in the call beside one connection.
func (c *Call) othersThan(id ConnectionID) (n int) {
	for _, p := range c.state.Participants {
		if p.State == Joined && p.Seat != id {
			n++
		}
	}
	for _, conn := range c.state.Connections {
		if conn.ID != id && conn.State == Connected && !c.seated(conn.ID) {
			n++
		}
	}
	return n
}

// seated reports whether the connection's application is a participant itself.
func (c *Call) seated(id ConnectionID) bool {
	for _, p := range c.state.Participants {
		if p.Seat == id {
			return true
		}
	}
	return false
}

// TerminateCall ends the call for everyone.
type TerminateCall struct {
	Repeatable
	Connection ConnectionID
}

func (c *Call) terminate(in TerminateCall) (Answer, error) {
	if _, err := c.connection(in.Connection); err != nil {
		return Answer{}, err
	}
	c.end(ending{cause: Cause{Reason: EndedByApplication}})
	return Answer{}, nil
}
