package config

import (
	"testing"
)

func TestDevIsValidAndStaysOnThisMachine(t *testing.T) {
	cfg, err := LoadDev(nil)
	if err != nil {
		t.Fatal(err)
	}
	for key, l := range cfg.listeners() {
		if !l.Loopback() {
			t.Errorf("%s: %s can be reached from outside", key, l)
		}
	}
	if cfg.Resource.AccessKeys[0] != DevAccessKey || cfg.Operator.Listen == "" || len(cfg.Users) != 2 {
		t.Errorf("dev lacks something: %+v", cfg)
	}
}

func TestDevRefusesToListenBeyondThisMachine(t *testing.T) {
	for _, variable := range []string{"STROWGER_HTTP_LISTEN=http://0.0.0.0:8080", "STROWGER_SIP_LISTEN=udp://[::]:5060", "STROWGER_OPERATOR_LISTEN=http://192.0.2.1:1"} {
		_, err := LoadDev([]string{variable})
		requireError(t, err, "dev listens on this machine only", "strowger serve")
	}
}

func TestTheLabTrunkFollowsTheLab(t *testing.T) {
	cfg, err := LoadDev([]string{"STROWGER_LAB_LISTEN=udp://127.0.0.1:5099"})
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Trunks[0].Address; got != "sip:127.0.0.1:5099;transport=udp" {
		t.Errorf("the trunk leads to %s", got)
	}
	if _, err := LoadDev([]string{"STROWGER_LAB_LISTEN="}); err == nil {
		t.Error("dev without a lab was accepted")
	}
}
