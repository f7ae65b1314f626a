package transaction

// inviteClient is RFC 3261 figure 5 with the Accepted state of RFC 6026 7.2.
var inviteClient = machine{
	name:  "INVITE client",
	start: rule{Calling, do(Send, StartA, StartB)},
	rules: map[State]map[Event]rule{
		Calling: {
			TimerA:         {Calling, do(Send, StartA)},
			TimerB:         {Terminated, do(TimedOut)},
			TransportError: {Terminated, do(Broken)},
			Provisional:    {Proceeding, do(StopTimers, Pass)},
			Success:        {Accepted, do(StopTimers, StartM, Pass)},
			Failure:        {Completed, do(StopTimers, SendAck, StartD, Pass)},
		},
		Proceeding: {
			Provisional: {Proceeding, do(Pass)},
			Success:     {Accepted, do(StartM, Pass)},
			Failure:     {Completed, do(SendAck, StartD, Pass)},
		},
		Completed: {
			Failure:        {Completed, do(SendAck)},
			TransportError: {Terminated, nil}, // the user has its response already
			TimerD:         {Terminated, nil},
		},
		Accepted: {
			// RFC 6026 8.4: every 2xx goes to the user, who acknowledges it.
			Success: {Accepted, do(Pass)},
			TimerM:  {Terminated, nil},
		},
	},
}

// client is RFC 3261 figure 6.
var client = machine{
	name:  "client",
	start: rule{Trying, do(Send, StartE, StartF)},
	rules: map[State]map[Event]rule{
		Trying: {
			TimerE:         {Trying, do(Send, StartE)},
			TimerF:         {Terminated, do(TimedOut)},
			TransportError: {Terminated, do(Broken)},
			Provisional:    {Proceeding, do(Pass)},
			Success:        {Completed, do(StopTimers, StartK, Pass)},
			Failure:        {Completed, do(StopTimers, StartK, Pass)},
		},
		Proceeding: {
			TimerE:         {Proceeding, do(Send, StartEAtT2)},
			TimerF:         {Terminated, do(TimedOut)},
			TransportError: {Terminated, do(Broken)},
			Provisional:    {Proceeding, do(Pass)},
			Success:        {Completed, do(StopTimers, StartK, Pass)},
			Failure:        {Completed, do(StopTimers, StartK, Pass)},
		},
		Completed: {
			TimerK: {Terminated, nil},
		},
	},
}
