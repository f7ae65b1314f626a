package transaction

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// line is a flow that writes down what goes over it, and when.
type line struct {
	start    time.Time
	reliable bool
	broken   error
	sent     []string
}

func (l *line) Reliable() bool { return l.reliable }

func (l *line) Send(msg []byte, failed func(error)) {
	first, _, _ := strings.Cut(string(msg), "\r\n")
	first = strings.TrimPrefix(strings.TrimSuffix(first, " SIP/2.0"), "SIP/2.0 ")
	what, _, _ := strings.Cut(first, " ")
	l.sent = append(l.sent, fmt.Sprintf("%s@%g", what, time.Since(l.start).Seconds()))
	if l.broken != nil {
		failed(l.broken)
	}
}

// bench is one shard in a synctest bubble, driven from the test's own goroutine
// through Post, with a user that writes down what it hears.
type bench struct {
	t     *testing.T
	shard *Shard
	layer *Layer
	line  *line
	heard []string
	tx    *Server
}

func onBench(t *testing.T, reliable bool, test func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, line: &line{start: time.Now(), reliable: reliable}}
		b.layer = New(Config{Shards: 1, Queue: 4, Handler: func(s *Shard) Handler { b.shard = s; return b }})
		run(t, b.layer)
		test(b)
	})
}

func (b *bench) Response(res *sip.Response) { b.heard = append(b.heard, fmt.Sprint(res.StatusCode)) }
func (b *bench) Fail(err error)             { b.heard = append(b.heard, err.Error()) }
func (b *bench) Request(req *sip.Request, from Flow) {
	b.heard = append(b.heard, string(req.Method))
	b.tx = b.shard.Accept(req, from)
	b.tx.Failed = b.Fail
}
func (b *bench) Ack(*sip.Request) { b.heard = append(b.heard, "ACK") }
func (b *bench) Stray(res *sip.Response, _ Flow) {
	b.heard = append(b.heard, fmt.Sprint("stray ", res.StatusCode))
}

// do runs f on the shard, whose goroutine owns everything, and waits until all is quiet.
func (b *bench) do(f func()) {
	done := make(chan struct{})
	b.shard.Post(func() { defer close(done); f() })
	<-done
	synctest.Wait()
}

func (b *bench) receive(msg sip.Message) {
	b.t.Helper()
	if err := b.layer.Receive(msg, b.line); err != nil {
		b.t.Fatal(err)
	}
	synctest.Wait()
}

func (b *bench) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (b *bench) want(what string, got []string, want string) {
	b.t.Helper()
	if s := strings.Join(got, " "); s != want {
		b.t.Errorf("%s\n got %s\nwant %s", what, s, want)
	}
}

func (b *bench) wantSent(want string) {
	b.t.Helper()
	b.do(func() { b.want("sent", b.line.sent, want); b.line.sent = nil })
}

func (b *bench) wantHeard(want string) {
	b.t.Helper()
	b.do(func() { b.want("heard", b.heard, want); b.heard = nil })
}

func (b *bench) wantState(tx interface{ State() State }, want State) {
	b.t.Helper()
	b.do(func() { b.checkState(tx.State(), want) })
}

// checkState also sees that nothing is kept of what has ended.
func (b *bench) checkState(got, want State) {
	b.t.Helper()
	if got != want {
		b.t.Errorf("state is %v, want %v", got, want)
	}
	if want == Terminated && len(b.shard.clients)+len(b.shard.servers)+len(b.shard.merges)+len(b.shard.alarms) > 0 {
		b.t.Errorf("kept: %d clients, %d servers, %d merge keys, %d alarms", len(b.shard.clients), len(b.shard.servers), len(b.shard.merges), len(b.shard.alarms))
	}
}

func request(method string) *sip.Request {
	return parse(fmt.Sprintf("%s sip:bob@b SIP/2.0\r\nFrom: <sip:a@a>;tag=1\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n", method, method)).(*sip.Request)
}

func parse(s string) sip.Message {
	msg, err := sip.ParseMessage([]byte(s))
	if err != nil {
		panic(err)
	}
	return msg
}

func (b *bench) client(method string) (c *Client, answer func(code int)) {
	var req *sip.Request
	b.do(func() {
		req = request(method)
		via := &sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: "UDP", Host: "a", Params: sip.NewParams()}
		c = b.shard.Client(req, via, b.line, b)
	})
	return c, func(code int) { b.receive(sip.NewResponseFromRequest(req, code, "x", nil)) }
}

func TestInviteClientRepeatsDoublingUntilTimerB(t *testing.T) {
	onBench(t, false, func(b *bench) {
		c, _ := b.client("INVITE")
		b.pass(33 * time.Second)
		b.wantSent("INVITE@0 INVITE@0.5 INVITE@1.5 INVITE@3.5 INVITE@7.5 INVITE@15.5 INVITE@31.5")
		b.wantHeard("no answer in time")
		b.wantState(c, Terminated)
	})
}

func TestInviteClientOnAReliableTransportSendsOnce(t *testing.T) {
	onBench(t, true, func(b *bench) {
		b.client("INVITE")
		b.pass(31 * time.Second)
		b.wantSent("INVITE@0")
		b.wantHeard("")
		b.pass(time.Second)
		b.wantHeard("no answer in time")
	})
}

func TestInviteClientHearsEveryProvisionalAndWaitsForEver(t *testing.T) {
	onBench(t, false, func(b *bench) {
		c, answer := b.client("INVITE")
		for range 20 {
			answer(180)
		}
		b.pass(time.Hour)
		b.wantSent("INVITE@0")
		b.wantHeard(strings.TrimSpace(strings.Repeat("180 ", 20)))
		b.wantState(c, Proceeding)
	})
}

func TestInviteClientPassesEverySuccessUntilTimerM(t *testing.T) {
	onBench(t, false, func(b *bench) {
		c, answer := b.client("INVITE")
		answer(200)
		answer(200)
		answer(180) // late and absorbed
		b.wantHeard("200 200")
		b.wantState(c, Accepted)
		b.pass(32 * time.Second)
		b.wantState(c, Terminated)
		answer(200)
		b.wantHeard("stray 200")
		b.wantSent("INVITE@0")
	})
}

func TestInviteClientAcknowledgesFailuresUntilTimerD(t *testing.T) {
	onBench(t, false, func(b *bench) {
		c, answer := b.client("INVITE")
		answer(486)
		answer(486)
		b.wantHeard("486")
		b.wantSent("INVITE@0 ACK@0 ACK@0")
		b.wantState(c, Completed)
		b.pass(32 * time.Second)
		b.wantState(c, Terminated)
	})
}

func TestInviteClientOnAReliableTransportForgetsFailuresAtOnce(t *testing.T) {
	onBench(t, true, func(b *bench) {
		c, answer := b.client("INVITE")
		answer(486)
		b.wantHeard("486")
		b.wantSent("INVITE@0 ACK@0")
		b.wantState(c, Terminated)
	})
}

func TestABrokenTransportFailsAClient(t *testing.T) {
	for _, method := range []string{"INVITE", "OPTIONS"} {
		onBench(t, true, func(b *bench) {
			b.line.broken = fmt.Errorf("refused")
			c, _ := b.client(method)
			b.wantHeard("transport: refused")
			b.wantState(c, Terminated)
		})
	}
}

func TestCancelHasTheInvitesBranchAndItsOwnTransaction(t *testing.T) {
	onBench(t, false, func(b *bench) {
		c, answer := b.client("INVITE")
		answer(180)
		b.do(func() { c.Cancel() })
		b.pass(time.Second)
		answer(487)
		b.do(func() { c.Cancel() }) // too late, and harmless
		b.wantSent("INVITE@0 CANCEL@0 CANCEL@0.5 ACK@1")
		b.wantHeard("180 487")
	})
}

func TestAnAbandonedClientLeavesNothing(t *testing.T) {
	onBench(t, false, func(b *bench) {
		c, answer := b.client("INVITE")
		answer(180)
		b.do(c.Abandon)
		b.wantState(c, Terminated)
		answer(200)
		b.wantHeard("180 stray 200")
	})
}

func TestClientRepeatsUpToT2UntilTimerF(t *testing.T) {
	onBench(t, false, func(b *bench) {
		c, _ := b.client("OPTIONS")
		b.pass(33 * time.Second)
		b.wantSent("OPTIONS@0 OPTIONS@0.5 OPTIONS@1.5 OPTIONS@3.5 OPTIONS@7.5 OPTIONS@11.5 OPTIONS@15.5 OPTIONS@19.5 OPTIONS@23.5 OPTIONS@27.5 OPTIONS@31.5")
		b.wantHeard("no answer in time")
		b.wantState(c, Terminated)
	})
}

func TestClientRepeatsEveryT2AfterAProvisionalAndStillTimesOut(t *testing.T) {
	onBench(t, false, func(b *bench) {
		c, answer := b.client("OPTIONS")
		answer(100)
		b.pass(33 * time.Second)
		b.wantSent("OPTIONS@0 OPTIONS@0.5 OPTIONS@4.5 OPTIONS@8.5 OPTIONS@12.5 OPTIONS@16.5 OPTIONS@20.5 OPTIONS@24.5 OPTIONS@28.5")
		b.wantHeard("100 no answer in time")
		b.wantState(c, Terminated)
	})
}

func TestClientAbsorbsRepeatedAnswersUntilTimerK(t *testing.T) {
	onBench(t, false, func(b *bench) {
		c, answer := b.client("OPTIONS")
		answer(200)
		answer(200)
		b.wantHeard("200")
		b.wantState(c, Completed)
		b.pass(5 * time.Second)
		b.wantState(c, Terminated)
	})
}

// incoming is a request as the far end sends it.
func incoming(method, branch string) *sip.Request {
	req := request(method)
	params := sip.NewParams()
	params.Add("branch", branch)
	req.PrependHeader(&sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: "UDP", Host: "far", Params: params})
	return req
}

const branch = "z9hG4bKone"

func (b *bench) respond(code int) {
	req := incoming(string(b.method()), branch)
	b.do(func() { b.tx.Respond(sip.NewResponseFromRequest(req, code, "x", nil)) })
}

func (b *bench) method() sip.RequestMethod {
	if b.tx.machine == &inviteServer {
		return sip.INVITE
	}
	return sip.OPTIONS
}

func TestInviteServerSaysTryingWhenItsUserIsSilent(t *testing.T) {
	onBench(t, false, func(b *bench) {
		b.receive(incoming("INVITE", branch))
		b.receive(incoming("INVITE", branch))
		b.pass(time.Second)
		b.receive(incoming("INVITE", branch))
		b.wantSent("100@0.2 100@1")
		b.wantHeard("INVITE")
	})
}

func TestInviteServerRepeatsItsNewestProvisional(t *testing.T) {
	onBench(t, false, func(b *bench) {
		b.receive(incoming("INVITE", branch))
		b.respond(180)
		b.respond(183)
		b.receive(incoming("INVITE", branch))
		b.pass(time.Second)
		b.wantSent("180@0 183@0 183@0")
	})
}

func TestInviteServerLeavesItsSuccessToTheUser(t *testing.T) {
	onBench(t, false, func(b *bench) {
		b.receive(incoming("INVITE", branch))
		b.respond(200)
		b.receive(incoming("INVITE", branch))
		b.pass(time.Second)
		b.wantSent("200@0")
		b.do(b.tx.Repeat)
		b.wantSent("200@1")
		b.receive(incoming("ACK", branch))     // wrong branch for a 2xx, but seen
		b.receive(incoming("ACK", "z9hG4bK2")) // as it should be
		b.wantHeard("INVITE ACK ACK")
		b.respond(486) // never after a 2xx
		b.pass(31 * time.Second)
		b.wantState(b.tx, Terminated)
		b.wantSent("")
	})
}

func TestInviteServerRepeatsAFailureUntilItsAck(t *testing.T) {
	onBench(t, false, func(b *bench) {
		b.receive(incoming("INVITE", branch))
		b.respond(486)
		b.pass(4 * time.Second)
		b.receive(incoming("INVITE", branch))
		b.receive(incoming("ACK", branch))
		b.receive(incoming("ACK", branch))
		b.wantSent("486@0 486@0.5 486@1.5 486@3.5 486@4")
		b.wantHeard("INVITE")
		b.wantState(b.tx, Confirmed)
		b.pass(5 * time.Second)
		b.wantState(b.tx, Terminated)
		b.wantSent("")
	})
}

func TestInviteServerGivesUpWaitingForTheAckAtTimerH(t *testing.T) {
	onBench(t, false, func(b *bench) {
		b.receive(incoming("INVITE", branch))
		b.respond(486)
		b.pass(33 * time.Second)
		b.wantSent("486@0 486@0.5 486@1.5 486@3.5 486@7.5 486@11.5 486@15.5 486@19.5 486@23.5 486@27.5 486@31.5")
		b.wantHeard("INVITE no answer in time")
		b.wantState(b.tx, Terminated)
	})
}

func TestInviteServerOnAReliableTransportSaysItOnce(t *testing.T) {
	onBench(t, true, func(b *bench) {
		b.receive(incoming("INVITE", branch))
		b.respond(486)
		b.pass(10 * time.Second)
		b.receive(incoming("ACK", branch))
		b.wantSent("486@0")
		b.wantState(b.tx, Terminated)
	})
}

func TestServerRepeatsItsAnswerUntilTimerJ(t *testing.T) {
	onBench(t, false, func(b *bench) {
		b.receive(incoming("OPTIONS", branch))
		b.receive(incoming("OPTIONS", branch)) // nothing to say yet
		b.wantSent("")
		b.respond(200)
		b.receive(incoming("OPTIONS", branch))
		b.respond(500) // only one final response
		b.wantSent("200@0 200@0")
		b.wantHeard("OPTIONS")
		b.pass(32 * time.Second)
		b.wantState(b.tx, Terminated)
	})
}

func TestServerOnAReliableTransportForgetsAtOnce(t *testing.T) {
	onBench(t, true, func(b *bench) {
		b.receive(incoming("OPTIONS", branch))
		b.respond(200)
		b.wantState(b.tx, Terminated)
	})
}

func TestCancelFindsItsInvite(t *testing.T) {
	onBench(t, false, func(b *bench) {
		b.receive(incoming("INVITE", branch))
		b.do(func() {
			if b.shard.Cancelled(incoming("CANCEL", branch)) != b.tx || b.shard.Cancelled(incoming("CANCEL", "z9hG4bKother")) != nil {
				b.t.Error("CANCEL and INVITE do not match")
			}
		})
	})
}

func TestOldBranchesAreMatchedByEverythingElse(t *testing.T) {
	onBench(t, false, func(b *bench) {
		b.receive(incoming("INVITE", "1"))
		b.receive(incoming("INVITE", "1"))
		b.wantHeard("INVITE")
	})
}

func TestTheSameRequestByTwoPathsIsMerged(t *testing.T) {
	onBench(t, false, func(b *bench) {
		b.receive(incoming("INVITE", branch))
		first := b.tx
		b.receive(incoming("INVITE", "z9hG4bKtwo"))
		if first.Merged || !b.tx.Merged {
			b.t.Errorf("merged: first %v, second %v", first.Merged, b.tx.Merged)
		}
	})
}

// Every rule of every machine leads to a state that has a way out, or to the end.
func TestNoMachineHasADeadEnd(t *testing.T) {
	for _, m := range []machine{inviteClient, client, inviteServer, server} {
		states := map[State]bool{m.start.next: true}
		for _, events := range m.rules {
			for _, r := range events {
				states[r.next] = true
			}
		}
		for s := range states {
			if len(m.rules[s]) == 0 && s != Terminated {
				t.Errorf("%s: nothing leads out of %v", m.name, s)
			}
		}
		for s := range m.rules {
			if !states[s] {
				t.Errorf("%s: nothing leads to %v", m.name, s)
			}
		}
	}
}
