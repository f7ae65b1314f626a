package call

// ConnectCall takes a seat in a call that is established, whoever made it: also
// in one between two people in which no application sits. Answer: Connection.
type ConnectCall struct {
	Repeatable
	Call       ID // empty: whichever it is
	Connection ConnectionID
	App        Application
	Context    string
	Stream     *StreamSpec
}

// takeSeatBeside gives the application its seat at once: nothing is awaited,
// so nothing can fail once the command is accepted.
func (c *Call) takeSeatBeside(in ConnectCall) (Answer, error) {
	if in.Call != "" && in.Call != c.state.ID {
		return Answer{}, NoCall()
	}
	if err := c.established(); err != nil {
		return Answer{}, err
	}
	if len(c.state.Connections) >= connectionsMost {
		return Answer{}, refuse(TooBusy, "%d applications have a seat in the call already.", connectionsMost)
	}
	conn := Connection{ID: in.Connection, App: in.App, Context: in.Context, State: Connecting}
	conn.setUpStream(in.Stream)
	c.giveSeat(conn)
	seat := c.live(in.Connection)
	properties := seat.properties(c.state.ID)
	c.connect(seat)
	return Answer{Connection: &properties, Context: in.Context}, nil
}

// connectionsMost bounds the applications of a call: each is told the roster
// whenever somebody joins.
const connectionsMost = 50
