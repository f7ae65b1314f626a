package server

import (
	"testing"

	"strowger/internal/config"
	"strowger/internal/number"
)

func TestATrunksNumbersAreReadAsItsSettingsSay(t *testing.T) {
	for _, c := range []struct {
		trunk config.Trunk
		want  number.Plan
	}{
		{config.Trunk{}, number.ITU},
		{config.Trunk{Country: "49"}, number.Plan{Country: "49", International: "00", National: "0"}},
		{config.Trunk{Country: "1", InternationalPrefix: "011", NationalPrefix: "1"}, number.Plan{Country: "1", International: "011", National: "1"}},
		{config.Trunk{Country: "39", NationalPrefix: "none"}, number.Plan{Country: "39", International: "00"}},
	} {
		if got := plan(c.trunk); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.trunk, got, c.want)
		}
	}
}
