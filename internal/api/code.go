package api

import (
	"strconv"

	"strowger/internal/call"
)

// Code is the status and the published code of a refusal.
type Code struct {
	Status int
	Code   string
}

// Fault is why a request is refused before the rules of a call see it. The list
// is closed; each family says how it answers them.
type Fault int

// The faults.
const (
	Unsigned     Fault = iota + 1 // the signature is missing or wrong
	TokenRefused                  // the bearer token is not one of ours
	BadField                      // a field or header is missing or wrong
	TooLarge                      // the body is larger than the server takes
	NoOperation                   // nothing is published at this path
	WrongMethod                   // what is published at this path takes another method
	NotBuilt                      // published, and not built here yet
	TooSlow                       // no answer came in time: a command may still be carried out
	Internal                      // a fault of our own
	faultsEnd
)

// Codes are how a family answers refusals: by the rules, and by this package.
type Codes struct {
	Rules  map[call.Kind]Code
	Faults map[Fault]Code
}

// check panics when there is no answer to a refusal that may come. A family that
// gives no commands to calls has no Rules.
func (c Codes) check() {
	for kind := call.Invalid; c.Rules != nil && kind <= call.OtherRequest; kind++ {
		if c.Rules[kind].Status == 0 {
			panic("api: a family has no code for the rules' kind " + strconv.Itoa(int(kind)))
		}
	}
	for fault := Unsigned; fault < faultsEnd; fault++ {
		if c.Faults[fault].Status == 0 {
			panic("api: a family has no code for fault " + strconv.Itoa(int(fault)))
		}
	}
}
