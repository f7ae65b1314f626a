package transaction

// inviteServer is RFC 3261 figure 7 with the Accepted state of RFC 6026 7.1.
var inviteServer = machine{
	name:  "INVITE server",
	start: rule{Proceeding, do(Start100)},
	rules: map[State]map[Event]rule{
		Proceeding: {
			// 17.2.1: 100 unless the user says something within 200 ms.
			Timer100:       {Proceeding, do(SendTrying)},
			Request:        {Proceeding, do(Send)},
			Provisional:    {Proceeding, do(StopTimers, Send)},
			Success:        {Accepted, do(StopTimers, Send, StartL)},
			Failure:        {Completed, do(StopTimers, Send, StartG, StartH)},
			TransportError: {Terminated, do(Broken)},
		},
		Completed: {
			Request:        {Completed, do(Send)},
			TimerG:         {Completed, do(Send, StartG)},
			TimerH:         {Terminated, do(TimedOut)},
			Ack:            {Confirmed, do(StopTimers, StartI)},
			TransportError: {Terminated, do(Broken)},
		},
		Confirmed: {
			TimerI: {Terminated, nil},
		},
		Accepted: {
			// The INVITE again is absorbed; the user repeats its 2xx until the ACK.
			Success: {Accepted, do(Send)},
			Ack:     {Accepted, do(Pass)},
			TimerL:  {Terminated, nil},
		},
	},
}

// server is RFC 3261 figure 8.
var server = machine{
	name:  "server",
	start: rule{Trying, nil},
	rules: map[State]map[Event]rule{
		Trying: {
			Provisional: {Proceeding, do(Send)},
			Success:     {Completed, do(Send, StartJ)},
			Failure:     {Completed, do(Send, StartJ)},
		},
		Proceeding: {
			Request:        {Proceeding, do(Send)},
			Provisional:    {Proceeding, do(Send)},
			Success:        {Completed, do(Send, StartJ)},
			Failure:        {Completed, do(Send, StartJ)},
			TransportError: {Terminated, do(Broken)},
		},
		Completed: {
			Request:        {Completed, do(Send)},
			TimerJ:         {Terminated, nil},
			TransportError: {Terminated, do(Broken)},
		},
	},
}
