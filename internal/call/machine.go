package call

import "time"

// Detection is how far it is found out who has answered: a person or a machine. It is asked for
// with the command that dials somebody. From their answer on exactly one
// AnsweringMachineDetected follows and, when that says machine, exactly one
// MachineGreetingEnded.
type Detection string

const (
	DetectWhenAnswered Detection = "when-answered"
	DetectingAnswerer  Detection = "answerer" // it has answered
	DetectingGreeting  Detection = "greeting" // it is a machine, and its greeting goes on
)

// Answerer is who has answered.
type Answerer string

const (
	AnsweredByHuman   Answerer = "human"
	AnsweredByMachine Answerer = "machine"
	AnsweredByFax     Answerer = "fax"
	AnsweredByUnknown Answerer = "unknown"
)

// GreetingEnd is how a machine's greeting ended.
type GreetingEnd string

const (
	EndedByBeep    GreetingEnd = "beep"
	EndedBySilence GreetingEnd = "silence" // there was no beep
	EndedByLimit   GreetingEnd = "limit"   // it is not waited for any longer
	EndedByLeaving GreetingEnd = "left"    // nobody can be left a message any more
)

// Bounds of what is waited for. Whoever listens is done before by itself.
const (
	answererTimeout = 4 * time.Second
	greetingTimeout = 65 * time.Second
)

// ---- Effects and signals ----

// DetectMachine has it heard who has answered on a leg: the answer is AnswererHeard and,
// of a machine, GreetingHeard, each once. It is over with the leg's Leave.
type DetectMachine struct {
	asksSound
	Leg LegID
}

// StopDetecting ends it before.
type StopDetecting struct {
	asksSound
	Leg LegID
}

// AnswererHeard: what was said on a leg is enough to judge by.
type AnswererHeard struct {
	reports
	Leg        LegID
	Answerer   Answerer
	Confidence float64 // 0 to 1
}

// GreetingHeard: the machine's greeting has ended.
type GreetingHeard struct {
	reports
	Leg LegID
	End GreetingEnd
}

// ---- Events ----

// AnsweringMachineDetected: this is who has answered, as far as can be heard. It is
// AnsweredByUnknown when the participant, or the server, is gone before that is known.
type AnsweringMachineDetected struct {
	Recipient
	Participant Address
	Leg         LegID
	Answerer    Answerer
	Confidence  float64 // 0 to 1
}

// MachineGreetingEnded: a message can be left now, unless the participant has left.
type MachineGreetingEnded struct {
	Recipient
	Participant Address
	Leg         LegID
	End         GreetingEnd
}

// ---- Rules ----

// detection is the state of whoever is dialled.
func detection(asked bool) Detection {
	if asked {
		return DetectWhenAnswered
	}
	return ""
}

// detectMachine begins when a participant has answered. What an application says that
// has answered as a user cannot be told from what others say.
func (c *Call) detectMachine(leg LegID) {
	p := c.participant(leg)
	switch {
	case p == nil || p.Detection != DetectWhenAnswered:
	case !p.hasLeg():
		c.judged(p, AnsweredByUnknown, 0)
	default:
		p.Detection = DetectingAnswerer
		c.ask(DetectMachine{Leg: leg})
		c.startTimer(Timer{Purpose: MachineTimer, Leg: leg}, answererTimeout)
	}
}

func (c *Call) answererHeard(in AnswererHeard) {
	if p := c.participant(in.Leg); p != nil && p.Detection == DetectingAnswerer {
		c.judged(p, in.Answerer, in.Confidence)
	}
}

func (c *Call) greetingHeard(in GreetingHeard) {
	if p := c.participant(in.Leg); p != nil && p.Detection == DetectingGreeting {
		c.greetingEnded(p, in.End)
	}
}

// machineTimedOut: whoever listens is late, or heard nothing.
func (c *Call) machineTimedOut(leg LegID) {
	if p := c.participant(leg); p != nil {
		c.ask(StopDetecting{Leg: leg})
		c.endDetection(p, EndedByLimit)
	}
}

// judged tells who has answered. Of a machine the end of its greeting is awaited.
func (c *Call) judged(p *Participant, who Answerer, confidence float64) {
	p.Detection = ""
	c.stopMachineTimer(p.Leg)
	c.tell(AnsweringMachineDetected{Recipient: p.Errand.For, Participant: p.Address, Leg: p.Leg, Answerer: who, Confidence: confidence})
	if who == AnsweredByMachine {
		p.Detection = DetectingGreeting
		c.startTimer(Timer{Purpose: MachineTimer, Leg: p.Leg}, greetingTimeout)
	}
}

func (c *Call) greetingEnded(p *Participant, how GreetingEnd) {
	p.Detection = ""
	c.stopMachineTimer(p.Leg)
	c.tell(MachineGreetingEnded{Recipient: p.Errand.For, Participant: p.Address, Leg: p.Leg, End: how})
}

// endDetection tells what is still owed to whoever asked for it.
func (c *Call) endDetection(p *Participant, how GreetingEnd) {
	switch p.Detection {
	case DetectingAnswerer:
		c.judged(p, AnsweredByUnknown, 0)
	case DetectingGreeting:
		c.greetingEnded(p, how)
	}
}

// endDetectionsOf ends what a connection has found out, because it ends.
func (c *Call) endDetectionsOf(id ConnectionID) {
	for i := range c.state.Participants {
		p := &c.state.Participants[i]
		if p.Detection == "" || p.Errand.For.Connection != id {
			continue
		}
		if p.Detection != DetectWhenAnswered {
			c.ask(StopDetecting{Leg: p.Leg})
		}
		c.endDetection(p, EndedByLeaving)
		p.Detection = "" // whoever has not answered yet is not listened to
	}
}

// endDetections ends what was asked for out of call, when the call ends.
func (c *Call) endDetections() { c.endDetectionsOf("") }

func (c *Call) stopMachineTimer(leg LegID) {
	c.stopTimers(func(t Timer) bool { return t.Purpose == MachineTimer && t.Leg == leg })
}
