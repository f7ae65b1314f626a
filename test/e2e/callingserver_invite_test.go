package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	cs "strowger/test/callingserver"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/port"
	"strowger/test/server"
)

// talk lets alice call bob with no application, and returns the serverCallId that bob's
// phone is told.
func (w *world) talk(a, b *phone.Phone) string {
	w.t.Helper()
	a.Dial("sip:bob@" + server.Domain)
	b.AwaitHeard(toneOfA, time.Second)
	a.AwaitHeard(toneOfB, time.Second)
	return b.AwaitHeader("X-Server-Call-Id")
}

// hearOneAnother waits until each of three hears the other two.
func hearOneAnother(a, b, c *phone.Phone) {
	a.AwaitHeard(toneOfC, time.Second)
	b.AwaitHeard(toneOfC, time.Second)
	c.AwaitHeard(toneOfA, time.Second)
	c.AwaitHeard(toneOfB, time.Second)
}

// The flow that the preview was made for.
func TestCallingServerInvitesAThirdIntoACallOfTwo(t *testing.T) {
	inEach(t, []cs.Version{cs.June, cs.August, cs.November}, func(t *testing.T, p *preview) {
		call, service := p.talk(p.a, p.b), p.audience()
		remove := p.invite(call, identified(carol), cs.InviteOptions{OperationContext: "carol", CallbackURI: service.url()})
		service.added("carol")
		hearOneAnother(p.a, p.b, p.c)

		p.announce(call, cs.PlayOptions{AudioFileURI: p.wave(promptHz, time.Second), OperationContext: "welcome", CallbackURI: service.url()})
		service.played("welcome", 200, 0)
		for _, who := range []*phone.Phone{p.a, p.b, p.c} {
			who.AwaitHeard(promptHz, 800*time.Millisecond)
		}

		p.must(remove())
		p.c.AwaitClosed(1)
		p.a.AwaitSilence(toneOfC)
		hearsOn(p.a, toneOfB)
		hearsOn(p.b, toneOfA)
		p.a.HangUp()
		p.b.AwaitClosed(1)
		if told := service.told(); len(told) != 2 {
			t.Errorf("the service, which is in no call, was told %+v", told)
		}
	})
}

// invite asks somebody into a call of which the serverCallId alone is known, and returns
// what removes them.
func (p *preview) invite(call string, who cs.Identifier, options cs.InviteOptions) (remove func() error) {
	p.t.Helper()
	if p.version == cs.November {
		there := p.late.Call(cs.ByServerCall(call))
		_, err := there.AddParticipant(p.ctx, who, options)
		p.must(err)
		return func() error { return there.RemoveParticipant(p.ctx, who) }
	}
	there := p.core.ServerCall(call)
	id, err := there.AddParticipant(p.ctx, who, options)
	p.must(err)
	return func() error { return there.RemoveParticipant(p.ctx, id) }
}

// announce plays to everybody in such a call.
func (p *preview) announce(call string, options cs.PlayOptions) {
	p.t.Helper()
	var err error
	if p.version == cs.November {
		_, err = p.late.Call(cs.ByServerCall(call)).PlayAudio(p.ctx, options)
	} else {
		_, err = p.core.ServerCall(call).PlayAudio(p.ctx, options)
	}
	p.must(err)
}

// The same, with the service that examples/invite-out-of-call is.
func TestAServiceInvitesAThirdIntoACallOfTwo(t *testing.T) {
	config := threeUsers
	config.HTTPS = true
	w := start(t, config)
	a := w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	b := w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	c := w.phoneOf(carol, phone.Config{ToneHz: toneOfC, AutoAnswer: true})
	s := w.startInviting()

	call := w.talk(a, b)
	invitation := s.invite(call, carol.RawID())
	hearOneAnother(a, b, c)
	s.requireSaid(carol.RawID()+" is invited", carol.RawID()+" is in the call", "the announcement is over: Action completed successfully.")
	for _, who := range []*phone.Phone{a, b, c} {
		who.AwaitHeard(promptHz, 800*time.Millisecond)
	}
	s.withdraw(invitation)
	c.AwaitClosed(1)
	a.AwaitSilence(toneOfC)
	hearsOn(a, toneOfB)
	hearsOn(b, toneOfA)
	s.requireSaid(carol.RawID() + " was sent away")
	a.HangUp()
	b.AwaitClosed(1)
}

// inviting is the example beside a server.
type inviting struct {
	*program
	url string
}

func (w *world) startInviting() inviting {
	w.t.Helper()
	directory := filepath.Join(server.Root(), "examples", "invite-out-of-call")
	w.must(server.Watch(directory))
	announcement := filepath.Join(w.t.TempDir(), "announcement.wav")
	sound := heard.MakeWAV(heard.Format{RateHz: 16000, Channels: 1, Bits: 16}, heard.Part{Hz: promptHz, Length: time.Second})
	w.must(os.WriteFile(announcement, sound, 0o600))
	listen := port.Free()
	s := inviting{url: "http://127.0.0.1:" + strconv.Itoa(listen)}
	command := exec.Command("python3", "invite.py")
	command.Dir = directory
	command.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PORT="+strconv.Itoa(listen), "ANNOUNCEMENT="+announcement,
		"CONNECTION_STRING=endpoint="+w.SecureURL+"/;accesskey="+server.AccessKey,
		"REQUESTS_CA_BUNDLE="+filepath.Join(w.DataDir, "ca", "ca.pem"))
	s.program = run(w.t, command)
	s.requireSaid("taking invitations at")
	return s
}

// invite is what the client of one of the two does.
func (s inviting) invite(serverCallID, guest string) (id string) {
	s.t.Helper()
	body, err := json.Marshal(map[string]string{"serverCallId": serverCallID, "guest": guest})
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.Post(s.url+"/invitations", "application/json", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	var made struct{ ID string }
	if err := json.NewDecoder(r.Body).Decode(&made); err != nil || r.StatusCode != http.StatusCreated {
		s.t.Fatalf("the invitation was answered %s, %v", r.Status, err)
	}
	return made.ID
}

func (s inviting) withdraw(id string) {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodDelete, s.url+"/invitations/"+id, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		s.t.Errorf("the withdrawal was answered %s", answer.Status)
	}
}
