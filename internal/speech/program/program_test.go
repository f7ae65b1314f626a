package program

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestMain is the program of these tests too, as its environment says.
func TestMain(m *testing.M) {
	switch os.Getenv("STROWGER_TEST_PROGRAM") {
	case "arguments":
		_, _ = os.Stdout.WriteString(strings.Join(os.Args[1:], "|"))
	case "floods":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1024)); err != nil {
				os.Exit(1)
			}
		}
	case "fails":
		_, _ = os.Stderr.WriteString(strings.Repeat("noise\n", 1000) + "no such model\n")
		os.Exit(3)
	case "sleeps":
		time.Sleep(time.Hour)
	default:
		os.Exit(m.Run())
	}
}

func itself(does string, arguments ...string) Command {
	return Command{Line: append([]string{os.Args[0]}, arguments...), Env: []string{"STROWGER_TEST_PROGRAM=" + does}, Most: 10_000}
}

func TestWhatGoesInComesBack(t *testing.T) {
	answer, err := Run(t.Context(), Command{Line: []string{"cat"}, Input: strings.NewReader("hello"), Most: 5})
	if string(answer) != "hello" || err != nil {
		t.Errorf("it answers %q, %v", answer, err)
	}
}

func TestNoShellReadsTheArguments(t *testing.T) {
	answer, err := Run(t.Context(), itself("arguments", "$HOME; echo x", "a b", "*"))
	if string(answer) != "$HOME; echo x|a b|*" || err != nil {
		t.Errorf("it is given %q, %v", answer, err)
	}
}

func TestAProgramDoesNotLearnTheSettings(t *testing.T) {
	t.Setenv("STROWGER_RESOURCE_ACCESS_KEYS", "s3cret")
	t.Setenv("HOME", "/home/operator")
	env, err := Run(t.Context(), Command{Line: []string{"env"}, Env: []string{"STROWGER_LANGUAGE=en"}, Most: 1 << 20})
	if err != nil || strings.Contains(string(env), "s3cret") || !strings.Contains(string(env), "STROWGER_LANGUAGE=en\n") || !strings.Contains(string(env), "HOME=/home/operator\n") {
		t.Errorf("its environment is %s, %v", env, err)
	}
}

func TestAProgramThatWritesTooMuchIsKilled(t *testing.T) {
	if _, err := Run(t.Context(), itself("floods")); !errors.Is(err, errTooMuch) {
		t.Errorf("it ends with %v", err)
	}
}

func TestAProgramThatTakesTooLongIsKilled(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Run(ctx, itself("sleeps")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ends with %v", err)
	}
}

func TestWhyAProgramFailedIsTold(t *testing.T) {
	if _, err := Run(t.Context(), itself("fails")); err == nil || err.Error() != "exit status 3: no such model" {
		t.Errorf("it ends with %v", err)
	}
	if _, err := Run(t.Context(), Command{Line: []string{"strowger-no-such-program"}}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("one that is not there ends with %v", err)
	}
}
