package readme

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"strowger/test/server"
)

// patience is how long a command may take, and a server until it is ready.
const patience = 5 * time.Minute

// clone is a fresh clone of the tree as it stands, and the shell in it.
type clone struct {
	t       *testing.T
	dir     string
	printed string   // by the last block
	running *serving // what goes on until it is interrupted
}

// engines is where make install lays servers of speech.
const engines = "test/engines/.venv"

// newClone clones what is committed and lays what is not over it: what git
// ignores (binaries, modules, data) is not there.
func newClone(t *testing.T) *clone {
	t.Helper()
	c := &clone{t: t, dir: filepath.Join(t.TempDir(), "strowger")}
	git(t, "clone", "-q", server.Root(), c.dir)
	changed := git(t, "-C", server.Root(), "ls-files", "-z", "--modified", "--others", "--exclude-standard")
	for _, name := range strings.FieldsFunc(changed, func(r rune) bool { return r == 0 }) {
		if err := overlay(filepath.Join(server.Root(), name), filepath.Join(c.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	// Whisper and piper are 700 MB that no command of the page runs.
	if err := os.Symlink(filepath.Join(server.Root(), engines), filepath.Join(c.dir, engines)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.interrupt)
	return c
}

// overlay makes the copy in the clone as the file is here, or as absent.
func overlay(from, to string) error {
	data, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return os.Remove(to)
	}
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode())
}

func git(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", args...).Output()
	if err != nil {
		t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// command is a bash that runs lines, with the environment of a reader: nothing
// of strowger's, and nothing of the make that runs this test.
func (c *clone) command(ctx context.Context, lines string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-e", "-c", lines)
	cmd.Dir = c.dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "STROWGER_") || strings.HasPrefix(v, "MAKE") || strings.HasPrefix(v, "CGO_ENABLED=")
	})
	// Once `make install` has fetched the modules, neither npm nor pip needs a network.
	cmd.Env = append(cmd.Env, "npm_config_prefer_offline=true",
		"PIP_NO_INDEX=1", "PIP_FIND_LINKS="+filepath.Join(server.Root(), "test", "sdk", "python", ".venv", "wheels"))
	// A group of its own gets the signal of Ctrl-C, as in a terminal.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

// run runs lines to their end.
func (c *clone) run(lines string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	var all, out output // both streams write to all at once
	cmd := c.command(ctx, lines)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&out, &all), &all
	if err := cmd.Run(); err != nil {
		c.t.Errorf("%s\nended with %v:\n%s", lines, err, all.String())
	}
	c.printed = out.String()
}

// serving is a command that goes on until it is interrupted.
type serving struct {
	cmd   *exec.Cmd
	out   output // what it printed
	all   output // and what it logged
	ended chan struct{}
}

// serve starts a server and returns when it has said that it is ready. The one
// that ran before is interrupted: both want the same ports.
func (c *clone) serve(line, ready string) {
	c.t.Helper()
	c.interrupt()
	c.running = c.begin("exec "+line, ready)
	c.printed = c.running.out.String()
}

// begin starts lines of which the last goes on, and returns when they have said
// that they are ready.
func (c *clone) begin(lines, ready string) *serving {
	c.t.Helper()
	s := &serving{cmd: c.command(context.Background(), lines), ended: make(chan struct{})}
	said := s.all.await(ready)
	s.cmd.Stdout, s.cmd.Stderr = io.MultiWriter(&s.out, &s.all), &s.all
	if err := s.cmd.Start(); err != nil {
		c.t.Fatalf("%s: %v", lines, err)
	}
	go func() {
		defer close(s.ended)
		_ = s.cmd.Wait()
	}()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	select {
	case <-said:
	case <-s.ended:
		c.t.Fatalf("%s ended before it was ready:\n%s", lines, s.all.String())
	case <-deadline.C:
		_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
		c.t.Fatalf("%s was not ready within %v:\n%s", lines, patience, s.all.String())
	}
	return s
}

// interrupt presses Ctrl-C in the terminal of the server, and waits.
func (c *clone) interrupt() {
	if c.running == nil {
		return
	}
	s := c.running
	c.running = nil
	c.stop(s)
}

func (c *clone) stop(s *serving) {
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGINT)
	deadline := time.NewTimer(server.Patience)
	defer deadline.Stop()
	select {
	case <-s.ended:
	case <-deadline.C:
		_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
		<-s.ended
		c.t.Errorf("%s did not end at an interrupt:\n%s", s.cmd, s.all.String())
	}
}

// output is what a process wrote, which may be asked for while it writes.
type output struct {
	mu     sync.Mutex
	text   strings.Builder
	wanted string
	said   chan struct{}
}

// await returns a channel that is closed once text was written. It is called
// before anything is.
func (o *output) await(text string) <-chan struct{} {
	o.wanted, o.said = text, make(chan struct{})
	return o.said
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	if o.wanted != "" && strings.Contains(o.text.String(), o.wanted) {
		o.wanted = ""
		close(o.said)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
