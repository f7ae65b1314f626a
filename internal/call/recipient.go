package call

// Application is how a connection's application is reached: where its events
// go, which api-version shapes them, and what it hears of.
type Application struct {
	CallbackURI string
	Version     string // the api-version that created the connection
	Hears       Hears
}

// Hears is what an application is told of beside what every application is told:
// what its family of the API tells everybody, and what it asked for.
type Hears struct {
	States   bool // CallConnecting and CallDisconnecting; then CallDisconnected also tells of a connection that failed to come about
	Tones    bool // every key that anybody in the call presses
	NoRoster bool // no ParticipantsUpdated
	Seats    bool // the seats of applications too, in ParticipantsUpdated
}

// Operation is what most commands carry about themselves.
type Operation struct {
	Context     string // operationContext: echoed in the operation's events
	CallbackURI string // where the operation's events go: in place of the connection's URI, or out of call
	Version     string // out of call: the api-version that shapes the operation's events
	Named       string // the operationId by which the application can name it; may be empty
}

// Recipient is who hears of something, and how: resolved once, when the command
// that causes it is accepted, and carried from then on. Its version belongs to
// one family of the API, which gives the event its form.
type Recipient struct {
	Connection  ConnectionID // empty: who commanded it out of call
	CallbackURI string       // empty: nobody is told
	Version     string
	Context     string // operationContext
	Operation   string // operationId, of an operation that can be named
}

func (Recipient) event() {}

// To is the recipient itself; it lets whoever delivers treat events alike.
func (r Recipient) To() Recipient { return r }

// Queue names the queue in which a recipient's media operations wait for one
// another: that of its connection or, out of call, of its callback URI.
type Queue struct {
	Connection  ConnectionID
	CallbackURI string
}

// Queue is where the recipient's media operations wait.
func (r Recipient) Queue() Queue {
	if r.Connection != "" {
		return Queue{Connection: r.Connection}
	}
	return Queue{CallbackURI: r.CallbackURI}
}

// recipient resolves who hears of an operation that a command asks for, through
// a connection or, when id is empty, out of call. Either way the call has to be
// established.
func (c *Call) recipient(id ConnectionID, op Operation) (Recipient, error) {
	if id == "" {
		return Recipient{CallbackURI: op.CallbackURI, Version: op.Version, Context: op.Context, Operation: op.Named}, c.established()
	}
	conn, err := c.connectedOne(id)
	if err != nil {
		return Recipient{}, err
	}
	return conn.operating(op), nil
}

// Takes refuses as the rules would any command of a connection or, when id is
// empty, out of call: because the call or the connection is not there or not
// established.
func (s State) Takes(id ConnectionID) error {
	_, err := (&Call{state: s}).recipient(id, Operation{})
	return err
}

// operating is who hears of one of the connection's operations.
func (conn *Connection) operating(op Operation) Recipient {
	r := conn.recipient()
	r.Context, r.Operation = op.Context, op.Named
	if op.CallbackURI != "" {
		r.CallbackURI = op.CallbackURI
	}
	return r
}

// recipient is who hears of what becomes of the connection itself.
func (conn *Connection) recipient() Recipient {
	return Recipient{Connection: conn.ID, CallbackURI: conn.App.CallbackURI, Version: conn.App.Version, Context: conn.Context}
}
