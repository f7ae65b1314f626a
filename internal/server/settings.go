package server

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"strowger/internal/config"
	"strowger/internal/directory"
	"strowger/internal/number"
	"strowger/internal/outbound"
	"strowger/internal/webhook"
)

// Each part has its settings in its own words. These are the translations.

// Directory is the directory's part of the configuration.
func Directory(cfg config.Config) (directory.Config, error) {
	s := directory.Config{ResourceID: cfg.Resource.ID}
	for _, u := range cfg.Users {
		s.Users = append(s.Users, directory.User{Name: u.Name, ID: u.ID, Password: u.Password, DisplayName: u.DisplayName, MayDial: u.MayDial})
	}
	for _, t := range cfg.Trunks {
		trunk, err := trunk(t)
		if err != nil {
			return s, fmt.Errorf("trunk %s: %w", t.Name, err)
		}
		s.Trunks = append(s.Trunks, trunk)
	}
	return s, nil
}

func trunk(t config.Trunk) (directory.Trunk, error) {
	target, err := config.ParseSIPTarget(t.Address)
	if err != nil {
		return directory.Trunk{}, err
	}
	d := directory.Trunk{
		Name: t.Name, Address: target.Address(), Transport: target.Transport,
		Username: t.Username, Password: t.Password, Register: t.Register,
		Prefixes: t.Prefixes, Numbers: t.Numbers, Plan: plan(t), Refer: t.Refer,
		Limits: directory.Limits{Calls: t.MaxCalls, CallsPerSecond: t.MaxCallsPerSecond},
	}
	for _, source := range t.Sources {
		prefix, err := netip.ParsePrefix(source)
		if err != nil {
			return d, fmt.Errorf("sources: %w", err)
		}
		d.Sources = append(d.Sources, prefix)
	}
	return d, nil
}

// plan is how a trunk writes numbers: as the ITU recommends, where nothing else is
// said.
func plan(t config.Trunk) number.Plan {
	p := number.Plan{
		Country:       t.Country,
		International: cmp.Or(t.InternationalPrefix, number.ITU.International),
		National:      cmp.Or(t.NationalPrefix, number.ITU.National),
	}
	if p.International == config.NoPrefix {
		p.International = ""
	}
	if p.National == config.NoPrefix {
		p.National = ""
	}
	return p
}

func subscriptions(cfg config.Config) []webhook.Subscription {
	var all []webhook.Subscription
	for _, s := range cfg.EventGrid.Subscriptions {
		all = append(all, webhook.Subscription{Name: s.Name, URL: s.URL, EventTypes: s.EventTypes, To: s.To, From: s.From})
	}
	return all
}

// mediaIP is where RTP is received: where SIP is, when that is one address.
func mediaIP(listen []string) netip.Addr {
	var ip netip.Addr
	for _, l := range listen {
		_, hostPort, _ := strings.Cut(l, "://")
		a, err := netip.ParseAddrPort(hostPort)
		if err != nil || ip.IsValid() && a.Addr() != ip {
			return netip.IPv4Unspecified()
		}
		ip = a.Addr()
	}
	return ip
}

// outboundPolicy says where the server may call out to, and whose certificates it trusts
// there.
func (p *parts) outboundPolicy() (*outbound.Policy, error) {
	var networks []netip.Prefix
	for _, n := range p.cfg.Outbound.AllowNetworks {
		if prefix, err := netip.ParsePrefix(n); err == nil { // Validate has refused others
			networks = append(networks, prefix)
		}
	}
	policy, err := outbound.NewPolicy(networks).Trusting(p.cfg.Outbound.CAFiles)
	if err != nil {
		return nil, fmt.Errorf("outbound.ca_files: %w", err)
	}
	return policy, nil
}
