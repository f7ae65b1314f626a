package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// DevAccessKey is the published access key of `strowger dev`. It protects
// nothing: dev refuses to listen beyond this machine.
const DevAccessKey = "c3Ryb3dnZXItZGV2ZWxvcG1lbnQta2V5LW5vdC1zZWNyZXQ="

// DevNumber is the first of the numbers of `strowger dev` whose calls raise
// IncomingCall.
const DevNumber = "+14255550100"

// devNumbers are ten, so that one application can be told from another by the
// number that is called.
func devNumbers() (all []string) {
	for last := range 10 {
		all = append(all, strings.TrimSuffix(DevNumber, "0")+strconv.Itoa(last))
	}
	return all
}

// LabTrunk is the name of dev's trunk to the lab.
const LabTrunk = "lab"

// Dev is the configuration of `strowger dev`: everything on this machine, with
// a lab in place of the telephone network.
func Dev() Config {
	cfg := Default()
	cfg.Resource = Resource{ID: "9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11", AccessKeys: []string{DevAccessKey}}
	cfg.HTTP.Listen = []string{"http://127.0.0.1:8080", "https://127.0.0.1:8443"}
	cfg.Operator.Listen = "http://127.0.0.1:8081"
	cfg.Lab.Listen = "udp://127.0.0.1:5080"
	cfg.Users = []User{
		{Name: "alice", ID: "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01", Password: "alice", DisplayName: "Alice", MayDial: []string{"+1555010"}},
		{Name: "bob", ID: "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c02", Password: "bob", DisplayName: "Bob", MayDial: []string{"+1555010"}},
	}
	cfg.Trunks = []Trunk{labTrunk(Listener{Scheme: "udp", Host: "127.0.0.1", Port: 5080})}
	cfg.EventGrid.Subscriptions = []Subscription{{
		URL:        "http://127.0.0.1:9000/events",
		EventTypes: []string{"Microsoft.Communication.IncomingCall"},
	}}
	cfg.Outbound.AllowNetworks = []string{"127.0.0.0/8", "::1/128"}
	cfg.Log.Format = "text"
	return cfg
}

// labTrunk leads to the lab's seven numbers, and takes calls to our own numbers
// from any SIP program on this machine.
func labTrunk(lab Listener) Trunk {
	target := SIPTarget{Host: lab.Host, Port: lab.Port}
	return Trunk{
		Name:     LabTrunk,
		Address:  "sip:" + target.Address() + ";transport=" + lab.Scheme,
		Prefixes: []string{"+1555010"},
		Numbers:  devNumbers(),
		Sources:  []string{"127.0.0.0/8", "::1/128"},
	}
}

// LoadDev is Dev with the overrides of environ. The lab's trunk follows
// lab.listen, so that a second dev can run beside the first.
func LoadDev(environ []string) (Config, error) {
	cfg := Dev()
	if err := override(&cfg, environ); err != nil {
		return Config{}, err
	}
	if err := cfg.Validate(); err != nil {
		return Config{}, err
	}
	lab, err := ParseListener(cfg.Lab.Listen, labSchemes...)
	if err != nil {
		return Config{}, fmt.Errorf("lab.listen: dev needs its lab: %w", err)
	}
	cfg.Trunks = []Trunk{labTrunk(lab)}
	if err := cfg.onlyLoopback(); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// onlyLoopback keeps the published key away from the network.
func (c Config) onlyLoopback() error {
	var errs []error
	for key, l := range c.listeners() {
		if !l.Loopback() {
			errs = append(errs, fmt.Errorf("%s: dev listens on this machine only, %s is beyond it; use `strowger serve`", key, l))
		}
	}
	return errors.Join(errs...)
}
