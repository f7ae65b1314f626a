package journal_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"strowger/internal/call"
	"strowger/internal/journal"
)

// writerDir makes this test binary the process that gets killed.
const writerDir = "STROWGER_JOURNAL_TEST_WRITER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		writeUntilKilled(dir)
	}
	goleak.VerifyTestMain(m)
}

// writeUntilKilled prints each step after the journal has acknowledged it.
func writeUntilKilled(dir string) {
	ctx := context.Background()
	j, err := journal.Open(ctx, journal.Config{Dir: dir, MaxBytes: 64 << 20}, slog.New(slog.DiscardHandler))
	if err != nil {
		panic(err)
	}
	log := j.Begin(callID(1).Key())
	for step := uint64(1); ; step++ {
		if err := log.Append(ctx, stateOf(1, step), played(fmt.Sprint(step))); err != nil {
			panic(err)
		}
		fmt.Println(step)
	}
}

func TestWhatWasAcknowledgedSurvivesKill9(t *testing.T) {
	dir := t.TempDir()
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), writerDir+"="+dir)
	writer.Stderr = os.Stderr
	out, err := writer.StdoutPipe()
	must(t, err)
	must(t, writer.Start())
	var acknowledged uint64
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		acknowledged, err = strconv.ParseUint(strings.TrimSpace(lines.Text()), 10, 64)
		must(t, err)
		if acknowledged == 200 {
			must(t, writer.Process.Kill()) // SIGKILL; what is in the pipe is read to its end
		}
	}
	writer.Wait()
	if acknowledged < 200 {
		t.Fatalf("the writer died at step %d", acknowledged)
	}

	j := openAt(t, dir)
	state, log, err := j.Load(t.Context(), callID(1).Key())
	must(t, err)
	if state.Step < acknowledged {
		t.Fatalf("step %d was acknowledged, the journal ends at %d", acknowledged, state.Step)
	}
	for i, r := range records(t, j, int(acknowledged)) {
		e, ok := r.Events[0].(call.PlayCompleted)
		if r.Step != uint64(i+1) || !ok || e.Context != fmt.Sprint(i+1) {
			t.Fatalf("record %d is step %d with %v", i, r.Step, r.Events)
		}
	}
	must(t, log.Append(t.Context(), stateOf(1, state.Step+1), nil))
}

func TestTheNumberOfStreamsIsChosenOnce(t *testing.T) {
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	j, err := journal.Open(t.Context(), journal.Config{Dir: dir, Streams: 3, MaxBytes: 64 << 20}, log)
	must(t, err)
	for n := range 20 {
		must(t, j.Begin(callID(n).Key()).Append(t.Context(), stateOf(n, 1), nil))
	}
	j.Close()
	j, err = journal.Open(t.Context(), journal.Config{Dir: dir, Streams: 8, MaxBytes: 64 << 20}, log)
	must(t, err)
	defer j.Close()
	if j.Streams() != 3 {
		t.Errorf("%d streams", j.Streams())
	}
	for n := range 20 {
		if _, _, err := j.Load(t.Context(), callID(n).Key()); err != nil {
			t.Errorf("call %d: %v", n, err)
		}
	}
}

func TestTheSizeOfTheJournalCanBeChanged(t *testing.T) {
	dir := t.TempDir()
	for i, size := range []int64{1 << 30, 64 << 20, 2 << 30} {
		j, err := journal.Open(t.Context(), journal.Config{Dir: dir, MaxBytes: size}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatalf("with %d bytes: %v", size, err)
		}
		for n := range 20 {
			must(t, j.Begin(callID(100*i+n).Key()).Append(t.Context(), stateOf(100*i+n, 1), nil))
		}
		live, err := j.Live(t.Context())
		must(t, err)
		if len(live) != 20*(i+1) {
			t.Errorf("with %d bytes %d calls are there", size, len(live))
		}
		j.Close()
	}
}

func TestADirectoryHasOneUser(t *testing.T) {
	dir := t.TempDir()
	first := openAt(t, dir)
	config := journal.Config{Dir: dir, MaxBytes: 64 << 20}
	_, err := journal.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "another strowger uses "+dir) {
		t.Fatalf("a second one: %v", err)
	}
	first.Close()
	second, err := journal.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	must(t, err)
	second.Close()
}

func BenchmarkAppend(b *testing.B) {
	for name, config := range map[string]journal.Config{
		"on-disk":  {Dir: b.TempDir(), MaxBytes: 1 << 30},
		"interval": {Dir: b.TempDir(), MaxBytes: 1 << 30, SyncInterval: 120e9},
	} {
		b.Run(name, func(b *testing.B) {
			config.Dir = b.TempDir()
			j, err := journal.Open(b.Context(), config, slog.New(slog.DiscardHandler))
			must(b, err)
			defer j.Close()
			log := j.Begin(callID(1).Key())
			state := typicalState()
			events := played("order 66")
			for b.Loop() {
				state.Step++
				must(b, log.Append(b.Context(), state, events))
			}
		})
	}
}

// typicalState is a call with an application and two people.
func typicalState() call.State {
	s := stateOf(1, 0)
	s.StartedBy = "4:+14255550100"
	s.Connections = []call.Connection{{
		ID: "0a0b0c0d-0000-4000-8000-000000000001", State: call.Connected, Source: s.StartedBy,
		App: call.Application{CallbackURI: "https://app.example.com/callbacks?secret=0123456789", Version: "2026-03-12"},
	}}
	for i := range 2 {
		s.Participants = append(s.Participants, call.Participant{
			Leg: call.NewLegID(s.ID, i+1), Address: "4:+14255550101", State: call.Joined,
			Dialog: &call.Dialog{
				CallID: "5a1c7a53-93c1-4c36-9d4a-8e5d4ad4f3e1@10.0.0.1", LocalTag: "a1b2c3d4e5f6", RemoteTag: "0f1e2d3c4b5a",
				LocalURI: "<sip:+14255550100@strowger.local>", RemoteURI: "<sip:+14255550101@carrier.example.com>",
				RemoteTarget: "sip:+14255550101@203.0.113.7:5060;transport=udp", RouteSet: []string{"<sip:proxy.carrier.example.com;lr>"},
			},
		})
	}
	return s
}

// BenchmarkStart is what opening and looking for live calls costs after many
// calls have come and gone.
func BenchmarkStart(b *testing.B) {
	const calls = 10000
	config := journal.Config{Dir: b.TempDir(), MaxBytes: 1 << 30, SyncInterval: 120e9}
	j, err := journal.Open(b.Context(), config, slog.New(slog.DiscardHandler))
	must(b, err)
	state := typicalState()
	state.Phase = call.Ended
	for n := range calls {
		state.ID = callID(n)
		must(b, j.Begin(state.ID.Key()).Append(b.Context(), state, nil))
	}
	j.Close()
	for b.Loop() {
		j, err := journal.Open(b.Context(), config, slog.New(slog.DiscardHandler))
		must(b, err)
		live, err := j.Live(b.Context())
		must(b, err)
		if len(live) != 0 {
			b.Fatal(live)
		}
		j.Close()
	}
}
