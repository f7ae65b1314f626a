package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"strowger/internal/number"
)

var (
	httpSchemes = []string{"http", "https"}
	sipSchemes  = []string{"udp", "tcp", "tls", "ws", "wss"}
	labSchemes  = []string{"udp"}

	guid       = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	userName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	rawUser    = regexp.MustCompile(`^8:acs:[^_\s]+_[^_\s]+$`)
	eventTypes = []string{
		"Microsoft.Communication.IncomingCall",
		"Microsoft.Communication.CallStarted",
		"Microsoft.Communication.CallEnded",
		"Microsoft.Communication.CallParticipantAdded",
		"Microsoft.Communication.CallParticipantRemoved",
		"Microsoft.Communication.RecordingFileStatusUpdated",
	}
)

// problems collects what is wrong, one line a key.
type problems []error

func (p *problems) add(key, format string, args ...any) {
	*p = append(*p, fmt.Errorf("%s: "+format, append([]any{key}, args...)...))
}

// addIf adds err under its key when there is one.
func (p *problems) addIf(key string, err error) {
	if err != nil {
		p.add(key, "%w", err)
	}
}

// Validate says everything that is wrong, joined; nil means that every value
// can be used as it stands.
func (c Config) Validate() error {
	var p problems
	if c.DataDir == "" {
		p.add("data_dir", "is empty; name a directory that may be written, such as ./strowger-data")
	}
	c.Resource.validate(&p)
	c.HTTP.validate(&p)
	c.SIP.validate(&p)
	c.RTP.validate(&p)
	validateUsers(c.Users, &p)
	validateTrunks(c.Trunks, &p)
	c.EventGrid.validate(&p)
	c.DeadLetter.validate(&p)
	validateNetworks("outbound.allow_networks", c.Outbound.AllowNetworks, &p)
	c.NATS.validate(&p)
	c.Recording.validate(&p)
	c.Usage.validate(&p)
	c.Speech.validate(&p)
	oneOf("log.level", c.Log.Level, []string{"debug", "info", "warn", "error"}, &p)
	oneOf("log.format", c.Log.Format, []string{"json", "text"}, &p)
	positive("callbacks.give_up_after", c.Callbacks.GiveUpAfter, &p)
	if d := c.Callbacks.ProofOfHearing; d < 0 || d > proofMost {
		p.add("callbacks.proof_of_hearing", "is %v; from 0s to %v", d, proofMost)
	}
	if c.Shutdown.Grace < 0 {
		p.add("shutdown.grace", "%s is negative; 0s ends live calls at once", c.Shutdown.Grace)
	}
	c.validateListeners(&p)
	return errors.Join(p...)
}

func (r Resource) validate(p *problems) {
	if r.ID != "" && !guid.MatchString(r.ID) {
		p.add("resource.id", "%q is not a GUID such as 9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11; leave it out and one is made", r.ID)
	}
	if len(r.AccessKeys) > 2 {
		p.add("resource.access_keys", "there are %d; two at most, so that one can replace the other", len(r.AccessKeys))
	}
	for i, key := range r.AccessKeys {
		raw, err := base64.StdEncoding.DecodeString(key)
		if err != nil || len(raw) < 16 {
			p.add(fmt.Sprintf("resource.access_keys[%d]", i), "is not base64 of 16 bytes or more; `openssl rand -base64 32` makes one")
		}
	}
	r.Tokens.validate(p)
}

func (t Tokens) validate(p *problems) {
	if t.Issuer == "" {
		return
	}
	p.addIf("resource.tokens.issuer", webURL(t.Issuer))
	if len(t.Audiences) == 0 {
		p.add("resource.tokens.audiences", "is empty: name for whom the tokens are made, such as https://communication.azure.com")
	}
}

func (h HTTP) validate(p *problems) {
	if len(h.Listen) == 0 {
		p.add("http.listen", "is empty; name one address at least, such as http://127.0.0.1:8080")
	}
	if h.MaxConnections < 16 {
		p.add("http.max_connections", "%d is too few; give it 16 or more", h.MaxConnections)
	}
	if h.MaxConnectionsPerSource < 1 || h.MaxConnectionsPerSource > h.MaxConnections {
		p.add("http.max_connections_per_source", "%d is not between 1 and max_connections (%d)", h.MaxConnectionsPerSource, h.MaxConnections)
	}
	if h.PublicURL != "" {
		p.addIf("http.public_url", webURL(h.PublicURL))
	}
	if (h.TLS.Cert == "") != (h.TLS.Key == "") {
		p.add("http.tls", "cert and key belong together; set both, or neither for the development CA")
	}
}

func (s SIP) validate(p *problems) {
	if len(s.Listen) == 0 {
		p.add("sip.listen", "is empty; name one address at least, such as udp://127.0.0.1:5060")
	}
	if s.ExternalIP != "" {
		addr, err := netip.ParseAddr(s.ExternalIP)
		if err != nil || addr.IsUnspecified() {
			p.add("sip.external_ip", "%q is not an IP address that others can reach us by; leave it out to use the listener's", s.ExternalIP)
		}
	}
	if _, err := netip.ParseAddr(s.Domain); err != nil && !isHostName(s.Domain) {
		p.add("sip.domain", "%q is not a domain name such as strowger.local", s.Domain)
	}
}

func (r RTP) validate(p *problems) {
	if r.Ports.First < 1024 || r.Ports.Last > 65535 || r.Ports.First+r.Ports.First%2 >= r.Ports.Last {
		p.add("rtp.ports", "%s is not a range between 1024 and 65535 with an even port and the odd one above it", r.Ports)
	}
	positive("rtp.timeout", r.Timeout, p)
}

func validateUsers(users []User, p *problems) {
	names, ids := seen{}, seen{}
	for i, u := range users {
		key := fmt.Sprintf("users[%d]", i)
		if !userName.MatchString(u.Name) || guid.MatchString(u.Name) {
			p.add(key+".name", "%q is not a user name: letters, digits, dots, hyphens and underscores, and no GUID", u.Name)
		}
		if !guid.MatchString(u.ID) {
			p.add(key+".id", "%q is not a GUID; `uuidgen` makes one", u.ID)
		}
		names.check(key+".name", strings.ToLower(u.Name), p)
		ids.check(key+".id", strings.ToLower(u.ID), p)
		validatePrefixes(key+".may_dial", u.MayDial, p)
	}
}

func validateTrunks(trunks []Trunk, p *problems) {
	names, prefixes, numbers := seen{}, seen{}, seen{}
	for i, t := range trunks {
		key := fmt.Sprintf("trunks[%d]", i)
		if t.Name == "" {
			p.add(key+".name", "is empty; give the trunk a name for logs and metrics")
		}
		names.check(key+".name", t.Name, p)
		_, err := ParseSIPTarget(t.Address)
		p.addIf(key+".address", err)
		if t.Register && t.Username == "" {
			p.add(key+".username", "is empty, but register is true; registering needs the name that the carrier knows us by")
		}
		validatePrefixes(key+".prefixes", t.Prefixes, p)
		for j, pre := range t.Prefixes {
			prefixes.check(fmt.Sprintf("%s.prefixes[%d]", key, j), pre, p)
		}
		for j, n := range t.Numbers {
			at := fmt.Sprintf("%s.numbers[%d]", key, j)
			if !number.IsGlobal(n) {
				p.add(at, "%q is not an E.164 number such as +14255550100", n)
			}
			numbers.check(at, n, p)
		}
		validateNetworks(key+".sources", t.Sources, p)
		t.validatePlan(key, p)
		notNegative(key+".max_calls", t.MaxCalls, p)
		notNegative(key+".max_calls_per_second", t.MaxCallsPerSecond, p)
	}
}

// validatePlan looks at how the trunk writes numbers.
func (t Trunk) validatePlan(key string, p *problems) {
	if t.Country != "" && !number.IsCountry(t.Country) {
		p.add(key+".country", "%q is not a country code such as 49; it has no plus and no zeros before it", t.Country)
	}
	for name, prefix := range map[string]string{".national_prefix": t.NationalPrefix, ".international_prefix": t.InternationalPrefix} {
		if prefix != "" && prefix != NoPrefix && !number.IsDialPrefix(prefix) {
			p.add(key+name, "%q is not what is dialled before a number, such as 0, 00 or 011; write %s where nothing is", prefix, NoPrefix)
		}
	}
}

func (e EventGrid) validate(p *problems) {
	positive("event_grid.give_up_after", e.GiveUpAfter, p)
	names, urls := seen{}, seen{}
	for i, s := range e.Subscriptions {
		key := fmt.Sprintf("event_grid.subscriptions[%d]", i)
		s.validate(key, p)
		names.check(key+".name", strings.ToLower(s.Name), p)
		if s.Name == "" { // it is told from others by its URL
			urls.check(key+".url", s.URL, p)
		}
	}
}

// callbacks is no name of a subscription: commands mean by it what goes to none.
const callbacks = "callbacks"

func (s Subscription) validate(key string, p *problems) {
	if s.Name != "" && !userName.MatchString(s.Name) {
		p.add(key+".name", "%q is not a name: letters, digits, dots, hyphens and underscores", s.Name)
	}
	if strings.EqualFold(s.Name, callbacks) {
		p.add(key+".name", "%q stands for callback URIs in `strowger events`; use another", s.Name)
	}
	p.addIf(key+".url", webURL(s.URL))
	for i, t := range s.EventTypes {
		if !slices.ContainsFunc(eventTypes, func(known string) bool { return strings.EqualFold(known, t) }) {
			p.add(fmt.Sprintf("%s.event_types[%d]", key, i), "%q is not one of %s", t, strings.Join(eventTypes, ", "))
		}
	}
	validateParties(key+".to", s.To, p)
	validateParties(key+".from", s.From, p)
}

// validateParties looks at filters: a number or a raw id, or how one begins with a
// star after it.
func validateParties(key string, parties []string, p *problems) {
	for i, party := range parties {
		at := fmt.Sprintf("%s[%d]", key, i)
		number, begins := strings.CutSuffix(strings.TrimPrefix(party, "4:"), "*")
		switch {
		case party == "*":
			p.add(at, "%q is everybody; leave %s out for that", party, key)
		case begins && !isPartyPrefix(number):
			p.add(at, "%q is not how numbers begin, such as +1425*, nor how raw ids do, such as 8:acs:{resource}_*", party)
		case !begins && !isParty(number):
			p.add(at, "%q is neither a number such as +14255550100 nor a raw id such as 8:acs:{resource}_{user}; +1425* is all numbers that begin so", party)
		}
	}
}

func isParty(s string) bool { return number.IsGlobal(s) || rawUser.MatchString(strings.ToLower(s)) }

func isPartyPrefix(s string) bool {
	return number.IsPrefix(s) || strings.HasPrefix(strings.ToLower(s), "8:acs:") && !strings.ContainsAny(s, "* ")
}

func (d DeadLetter) validate(p *problems) {
	positive("dead_letter.max_age", d.MaxAge, p)
	if d.MaxEvents < 1 {
		p.add("dead_letter.max_events", "%d keeps nothing; give it 1 or more", d.MaxEvents)
	}
	if d.MaxBytes < 1<<20 {
		p.add("dead_letter.max_bytes", "%d is too small for events; give it 1048576 (1 MiB) or more", d.MaxBytes)
	}
}

func (n NATS) validate(p *problems) {
	for server := range strings.SplitSeq(n.URL, ",") {
		if n.URL == "" {
			break
		}
		u, err := url.Parse(strings.TrimSpace(server))
		if err != nil || u.Host == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
			p.add("nats.url", "%q is not a NATS address such as nats://10.0.0.5:4222; leave it out for the embedded server", server)
		}
	}
	oneOf("nats.sync", n.Sync, []string{SyncAlways, SyncInterval}, p)
	if n.MaxBytes < 64<<20 {
		p.add("nats.max_bytes", "%d is too small for a journal; give it 67108864 (64 MiB) or more", n.MaxBytes)
	}
}

func (u Usage) validate(p *problems) {
	if u.Keep < time.Hour {
		p.add("usage.keep", "%s is too short for anybody to read it; give it 1h or more", u.Keep)
	}
	if u.MaxBytes < 1<<20 {
		p.add("usage.max_bytes", "%d is too small; give it 1048576 (1 MiB) or more", u.MaxBytes)
	}
}

func (r Recording) validate(p *problems) {
	if r.Retention < 0 {
		p.add("recording.retention", "%s is negative; 0s keeps recordings until somebody deletes them", r.Retention)
	}
	if r.ChunkTime < 0 || r.ChunkTime > 0 && r.ChunkTime < chunkTimeLeast {
		p.add("recording.chunk_time", "%s is too short for a file; give it %s or more, or 0s for no limit", r.ChunkTime, chunkTimeLeast)
	}
	if r.ChunkBytes < 0 || r.ChunkBytes > 0 && r.ChunkBytes < chunkBytesLeast {
		p.add("recording.chunk_bytes", "%d is too small for a file; give it %d or more, or 0 for no limit", r.ChunkBytes, chunkBytesLeast)
	}
	if r.PublicURL != "" {
		err := webURL(r.PublicURL)
		if err == nil && strings.Contains(r.PublicURL, "?") {
			err = fmt.Errorf("%q has a query, and paths are put behind it; leave the query out", r.PublicURL)
		}
		p.addIf("recording.public_url", err)
	}
	if r.Storage != "" {
		p.addIf("recording.storage", bucketURL(r.Storage))
	}
}

// What a recording is cut into at least. Smaller files would be more work for the
// store than the sound is.
const (
	chunkTimeLeast  = time.Second
	chunkBytesLeast = 16 << 10
)

// bucketURL does not repeat the query, in which there may be credentials.
func bucketURL(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return errors.New("it is not a URL; write for example s3://recordings?region=eu-west-1")
	}
	where := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	switch {
	case !slices.Contains([]string{"s3", "azblob", "gs", "file"}, u.Scheme):
		return fmt.Errorf("%q is not a bucket: s3://, azblob://, gs:// or file://; leave it out for files under data_dir", where)
	case u.Scheme == "file" && (u.Host != "" || !strings.HasPrefix(u.Path, "/")):
		return fmt.Errorf("%q is not an absolute path; write file:///srv/recordings", where)
	case u.Scheme != "file" && u.Host == "":
		return fmt.Errorf("%q names no bucket; write for example %s://recordings", where, u.Scheme)
	}
	return nil
}

func (c Config) validateListeners(p *problems) {
	check := func(key string, listen []string, schemes []string) {
		for i, s := range listen {
			_, err := ParseListener(s, schemes...)
			p.addIf(fmt.Sprintf("%s[%d]", key, i), err)
		}
	}
	check("http.listen", c.HTTP.Listen, httpSchemes)
	check("sip.listen", c.SIP.Listen, sipSchemes)
	if c.Operator.Listen != "" {
		_, err := ParseListener(c.Operator.Listen, "http")
		p.addIf("operator.listen", err)
	}
	if c.Lab.Listen != "" {
		_, err := ParseListener(c.Lab.Listen, labSchemes...)
		p.addIf("lab.listen", err)
	}
	c.validateDistinct(p)
}

// validateDistinct refuses one socket asked for twice. UDP and the stream
// transports have ports of their own.
func (c Config) validateDistinct(p *problems) {
	taken := seen{}
	for key, l := range c.listeners() {
		network := "tcp "
		if l.Scheme == "udp" {
			network = "udp "
		}
		if l.Port != 0 {
			taken.check(key, network+l.Address(), p)
		}
	}
}

// listeners yields every address that can be parsed, under its key.
func (c Config) listeners() iter.Seq2[string, Listener] {
	all := []struct {
		key    string
		listen []string
	}{
		{"http.listen", c.HTTP.Listen},
		{"sip.listen", c.SIP.Listen},
		{"operator.listen", []string{c.Operator.Listen}},
		{"lab.listen", []string{c.Lab.Listen}},
	}
	return func(yield func(string, Listener) bool) {
		for _, surface := range all {
			for _, s := range surface.listen {
				l, err := ParseListener(s, slices.Concat(httpSchemes, sipSchemes)...)
				if err == nil && !yield(surface.key, l) {
					return
				}
			}
		}
	}
}

// seen remembers where a value that must be unique stood first.
type seen map[string]string

func (s seen) check(key, value string, p *problems) {
	if value == "" {
		return
	}
	if first, twice := s[value]; twice {
		p.add(key, "%q is already at %s", value, first)
		return
	}
	s[value] = key
}

func validatePrefixes(key string, prefixes []string, p *problems) {
	for i, s := range prefixes {
		if !number.IsPrefix(s) {
			p.add(fmt.Sprintf("%s[%d]", key, i), "%q is not the beginning of a number, such as +1 or + for all", s)
		}
	}
}

func validateNetworks(key string, networks []string, p *problems) {
	for i, s := range networks {
		at := fmt.Sprintf("%s[%d]", key, i)
		network, err := netip.ParsePrefix(s)
		if addr, bare := netip.ParseAddr(s); bare == nil {
			p.add(at, "%q is an address; write the network %s/%d", s, s, addr.BitLen())
			continue
		}
		if err != nil {
			p.add(at, "%q is not a network such as 10.0.0.0/8", s)
			continue
		}
		if network != network.Masked() {
			p.add(at, "%q has bits beyond its mask; write %s", s, network.Masked())
		}
	}
}

func webURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || !slices.Contains(httpSchemes, u.Scheme) {
		return fmt.Errorf("%q is not an http:// or https:// address", s)
	}
	if u.User != nil || u.Fragment != "" {
		return fmt.Errorf("%q carries a user name or a fragment; leave it out", u.Redacted())
	}
	return nil
}

func oneOf(key, value string, allowed []string, p *problems) {
	if !slices.Contains(allowed, value) {
		p.add(key, "%q is not one of %s", value, strings.Join(allowed, ", "))
	}
}

func positive(key string, d time.Duration, p *problems) {
	if d <= 0 {
		p.add(key, "%s is not a time to wait; write for example 60s", d)
	}
}

func notNegative(key string, n int, p *problems) {
	if n < 0 {
		p.add(key, "%d is negative; 0 means no limit", n)
	}
}
