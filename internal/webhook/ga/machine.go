package ga

import (
	"strowger/internal/call"
	"strowger/internal/webhook/outcome"
	"strowger/internal/wire/ga"
)

// results are the answerers as applications are told of them.
var results = map[call.Answerer]string{
	call.AnsweredByHuman: ga.ResultHuman, call.AnsweredByMachine: ga.ResultMachine, call.AnsweredByFax: ga.ResultFax, call.AnsweredByUnknown: ga.ResultUnknown,
}

func answeringMachineDetected(e call.AnsweringMachineDetected) ga.Event {
	return &ga.AnsweringMachineDetected{
		EventData: about(e.Recipient, outcome.MediaDone), Participant: identifier(e.Participant), Result: results[e.Answerer], Confidence: e.Confidence,
	}
}

// endings are the ends of greetings as applications are told of them.
var endings = map[call.GreetingEnd]string{
	call.EndedByBeep: ga.EndingBeep, call.EndedBySilence: ga.EndingSilence, call.EndedByLimit: ga.EndingTimeout, call.EndedByLeaving: ga.EndingLeft,
}

func machineGreetingEnded(e call.MachineGreetingEnded) ga.Event {
	return &ga.MachineGreetingEnded{EventData: about(e.Recipient, outcome.MediaDone), Participant: identifier(e.Participant), Ending: endings[e.End]}
}
