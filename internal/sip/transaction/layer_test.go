package transaction

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a layer until the test's end.
func run(t *testing.T, l *Layer) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

func TestAFullQueueRefusesMessagesAndNoCalls(t *testing.T) {
	onBench(t, false, func(b *bench) {
		release := make(chan struct{})
		b.shard.Post(func() { <-release }) // someone holds the shard up
		synctest.Wait()
		for i := range 4 {
			if err := b.layer.Receive(incoming("OPTIONS", fmt.Sprint(branch, i)), b.line); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.layer.Receive(incoming("OPTIONS", branch), b.line); !errors.Is(err, ErrBusy) {
			t.Errorf("the fifth of four got %v", err)
		}
		posted := false
		b.shard.Post(func() { posted = true })
		close(release)
		synctest.Wait()
		b.wantHeard("OPTIONS OPTIONS OPTIONS OPTIONS")
		if !posted {
			t.Error("a call was lost")
		}
	})
}

func TestIncompleteMessagesAreRefused(t *testing.T) {
	onBench(t, false, func(b *bench) {
		for _, msg := range []sip.Message{
			request("OPTIONS"), // no Via
			parse("OPTIONS sip:x SIP/2.0\r\n\r\n"),
			parse("SIP/2.0 200 OK\r\n\r\n"),
			sip.NewResponseFromRequest(incoming("OPTIONS", branch), 99, "x", nil),
			sip.NewResponseFromRequest(incoming("OPTIONS", branch), 700, "x", nil),
			func() sip.Message { r := incoming("OPTIONS", branch); r.CSeq().MethodName = "BYE"; return r }(),
		} {
			if err := b.layer.Receive(msg, b.line); !errors.Is(err, ErrIncomplete) {
				t.Errorf("%v for\n%s", err, msg)
			}
		}
		b.wantHeard("")
	})
}

func TestMessagesOfOneCallKeepTheirOrder(t *testing.T) {
	onBench(t, false, func(b *bench) {
		var want string
		for i := range 4 {
			res := sip.NewResponseFromRequest(incoming("INVITE", branch), 200+i, "x", nil)
			if err := b.layer.Receive(res, b.line); err != nil {
				t.Fatal(err)
			}
			want += fmt.Sprintf("stray %d ", 200+i)
		}
		synctest.Wait()
		b.wantHeard(want[:len(want)-1])
	})
}

func TestAlarmsRingInOrderAndStoppedOnesNever(t *testing.T) {
	onBench(t, false, func(b *bench) {
		var rung []string
		var second *Alarm
		b.do(func() {
			b.shard.After(3*time.Second, func() { rung = append(rung, "third") })
			second = b.shard.After(2*time.Second, func() { rung = append(rung, "second") })
			b.shard.After(time.Second, func() { rung = append(rung, "first"); second.Stop(); second.Stop() })
		})
		b.pass(time.Minute)
		b.do(func() { b.want("rung", rung, "first third") })
	})
}

func TestACallIDAlwaysHasTheSameShard(t *testing.T) {
	l := New(Config{Shards: 8, Handler: func(*Shard) Handler { return nil }})
	used := map[*Shard]bool{}
	for i := range 200 {
		id := fmt.Sprint("call-", i)
		if first, again := l.Shard(id), l.Shard(id); first != again {
			t.Fatal("a call moved")
		}
		used[l.Shard(id)] = true
	}
	if len(used) != 8 {
		t.Errorf("%d of 8 shards are used", len(used))
	}
}
