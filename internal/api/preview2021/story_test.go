package preview2021_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"strowger/internal/call"
	"strowger/internal/call/calltest"
)

// TestStories tells what requests are answered with, and which commands they become.
//
//	as 2021-06-15-preview          the version of the requests that follow
//	POST {c}/:hangup               a request, with its body behind it
//	leg 2 answers                  something happens in the call
//
// Names in braces: {c} is the path of the connection that was made last, {s} that of the
// call's serverCallId, {server} the serverCallId, {context} that of an incoming call, and
// {guid1} an id of an answer.
func TestStories(t *testing.T) {
	calltest.Stories(t, func(t *testing.T, text string) string {
		tell := &teller{scene: stage(t, ""), guids: map[string]string{}, names: map[string]string{
			"alice": user(alice), "bob": user(bob), "bot": user(bot), "phone": number("+14255550123"), "group": group,
		}}
		return calltest.Tell(text, tell.act)
	})
}

type teller struct {
	scene
	id    call.ID           // of the call that the story is about
	guids map[string]string // by what answers have said
	names map[string]string
}

func (s *teller) act(line string) (follows []string) {
	words := strings.SplitN(line, " ", 3)
	switch words[0] {
	case "as":
		s.version = words[1]
		return nil
	case "peers":
		s.about(s.peers())
		return nil
	case "incoming":
		id, context := s.incoming()
		s.names["context"] = context
		s.about(id)
		return nil
	case "leg":
		s.happens(words[1], words[2])
		return nil
	}
	return s.request(words)
}

// about makes the story one about a call.
func (s *teller) about(id call.ID) {
	s.id, s.names["server"] = id, id.ServerCallID()
	s.names["s"] = "/calling/serverCalls/" + id.ServerCallID()
}

func (s *teller) happens(number, what string) {
	n := 0
	_, _ = fmt.Sscan(number, &n)
	leg := call.NewLegID(s.id, n)
	signals := map[string]call.Signal{
		"answers": call.LegAnswered{Leg: leg}, "leaves": call.LegEnded{Leg: leg}, "presses 5": call.ToneReceived{Leg: leg, Tone: '5'},
	}
	s.Calls.Signal(s.id, signals[what])
}

var braces = regexp.MustCompile(`\{(\w+)\}`)

func (s *teller) request(words []string) (follows []string) {
	for i, w := range words {
		words[i] = braces.ReplaceAllStringFunc(w, func(name string) string { return s.names[name[1:len(name)-1]] })
	}
	body := ""
	if len(words) == 3 {
		body = words[2]
	}
	var commands []call.Command
	s.Calls.Saw = func(c call.Command) { commands = append(commands, c) }
	got := s.send(words[0], words[1], body)
	s.Calls.Saw = nil
	follows = append(follows, strings.TrimSpace(fmt.Sprintf("%d %s", got.Status, s.named(got.Body))))
	for _, c := range commands {
		follows = append(follows, s.named(calltest.Show(c)))
		if got.Status < 300 {
			s.learn(c)
		}
	}
	return follows
}

// learn finds the call and the connection that a command has made.
func (s *teller) learn(c call.Command) {
	var id call.ConnectionID
	switch c := c.(type) {
	case call.CreateCall:
		id = c.Connection
	case call.ConnectCall:
		id = c.Connection
	case call.AnswerCall:
		id = c.Connection
	default:
		return
	}
	state, err := s.Calls.Look(s.t.Context(), id.Key())
	if err != nil {
		s.t.Fatal(err)
	}
	s.about(state.ID)
	s.names["c"] = root + "/" + string(id)
}

var anyGUID = regexp.MustCompile(`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// named has names in place of what is long, or another each time.
func (s *teller) named(text string) string {
	for name, of := range map[string]string{"alice": alice, "bob": bob, "bot": bot, "{group}": group, "{server}": s.names["server"]} {
		if of != "" {
			text = strings.ReplaceAll(text, of, name)
		}
	}
	return anyGUID.ReplaceAllStringFunc(text, func(g string) string {
		if s.guids[g] == "" {
			s.guids[g] = fmt.Sprintf("guid%d", len(s.guids)+1)
			s.names[s.guids[g]] = g
		}
		return s.guids[g]
	})
}
