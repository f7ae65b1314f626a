package server

import (
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"strowger/internal/access"
	"strowger/internal/directory"
	"strowger/internal/lab"
	"strowger/internal/leg/sip"
	"strowger/internal/media/codec"
	"strowger/internal/reception"
	"strowger/internal/sip/notice"
	"strowger/internal/sip/ua"
)

// buildSIP makes the SIP endpoint, the legs on it, and the reception that
// decides whose calls become legs.
func (p *parts) buildSIP(to *signals, serverTLS *tls.Config) error {
	if err := p.buildDirectory(); err != nil {
		return err
	}
	secret, err := access.OpenSecret(p.cfg.DataDir, "sip-secret")
	if err != nil {
		return err
	}
	admission := reception.NewAdmission(p.directory, time.Now)
	p.notices = notice.New(p.log, time.Now)
	p.agent, err = ua.New(ua.Config{
		Listen: p.cfg.SIP.Listen, ExternalIP: p.cfg.SIP.ExternalIP, UserAgent: "Strowger",
		TLS: serverTLS, Admit: admission.Admit, Secret: secret, InDialog: sip.Methods, Extensions: sip.Extensions,
		Notices: p.notices, Log: p.log,
	})
	if err != nil {
		return fmt.Errorf("sip: %w", err)
	}
	p.legs, err = sip.New(sip.Config{
		UA: p.agent, Domain: p.cfg.SIP.Domain, Directory: p.directory, Locate: admission.Locate,
		Ports: p.ports, MediaIP: mediaIP(p.cfg.SIP.Listen), Codecs: codec.G711, NAT: p.cfg.RTP.NAT,
		MediaTimeout: p.cfg.RTP.Timeout, Signals: to, Log: p.log,
	})
	if err != nil {
		return err
	}
	p.reception, err = reception.New(reception.Config{
		UA: p.agent, Admission: admission, Domain: p.cfg.SIP.Domain, Directory: p.directory, Legs: p.legs, Closed: p.noRoom, Log: p.log,
	})
	if err != nil {
		return err
	}
	if err := p.agent.Listen(); err != nil {
		return fmt.Errorf("sip.listen: %w", err)
	}
	return p.buildLab()
}

// buildDirectory knows who can be called, and who was registered before.
func (p *parts) buildDirectory() error {
	settings, err := Directory(p.cfg)
	if err != nil {
		return err
	}
	settings.Made = p.users
	p.directory = directory.New(settings, time.Now)
	p.keeper, err = directory.OpenKeeper(p.directory, filepath.Join(p.cfg.DataDir, "registrations"), p.log)
	return err
}

func (p *parts) buildLab() (err error) {
	if p.cfg.Lab.Listen == "" {
		return nil
	}
	if p.lab, err = lab.New(lab.Config{Listen: p.cfg.Lab.Listen, Ports: p.ports, Log: p.log}); err != nil {
		return fmt.Errorf("lab: %w", err)
	}
	if err := p.lab.Listen(); err != nil {
		return fmt.Errorf("lab.listen: %w", err)
	}
	p.info.Lab = p.lab.Addr().String()
	return nil
}

// sipAddresses are where SIP was bound, in the order of the settings.
func (p *parts) sipAddresses() []string {
	var all []string
	for _, l := range p.cfg.SIP.Listen {
		scheme, host, _ := strings.Cut(l, "://")
		if _, port, err := net.SplitHostPort(host); err == nil && port == "0" {
			host = p.agent.Addr(scheme).String()
		}
		all = append(all, scheme+"://"+host)
	}
	return all
}
