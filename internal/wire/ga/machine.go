package ga

import "strowger/internal/wire"

// HeaderDetectMachine asks createCall and addParticipant to find out whether a machine
// answers. It is Strowger's own: the published API has no such thing.
const HeaderDetectMachine = "X-Strowger-Answering-Machine-Detection"

// ownPrefix leads the types of events that are not published. Official clients throw on
// types that they do not know: such events are sent only to who has asked for them.
const ownPrefix = "Strowger."

// Types of the events of answering-machine detection.
const (
	TypeAnsweringMachineDetected = ownPrefix + "AnsweringMachineDetected"
	TypeMachineGreetingEnded     = ownPrefix + "MachineGreetingEnded"
)

// Values of AnsweringMachineDetected.Result.
const (
	ResultHuman   = "human"
	ResultMachine = "machine"
	ResultFax     = "fax"
	ResultUnknown = "unknown"
)

// AnsweringMachineDetected says who has answered, as far as can be heard.
type AnsweringMachineDetected struct {
	EventData
	Participant wire.Identifier `json:"participant"`
	Result      string          `json:"result"`
	Confidence  float64         `json:"confidence"` // 0 to 1
}

// Values of MachineGreetingEnded.Ending.
const (
	EndingBeep    = "beep"
	EndingSilence = "silence"
	EndingTimeout = "timeout"
	EndingLeft    = "left"
)

// MachineGreetingEnded says that the greeting of a machine is over, and how.
type MachineGreetingEnded struct {
	EventData
	Participant wire.Identifier `json:"participant"`
	Ending      string          `json:"ending"`
}
