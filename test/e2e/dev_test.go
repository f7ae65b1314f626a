package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"strowger/test/port"
	"strowger/test/server"
	"strowger/test/wait"
	"strowger/test/webhook"
)

// TestThePythonSDKWorksWithWhatDevPrints gives the official SDK exactly the
// connection string of `strowger dev`, and what its screen says for Python. The
// string's plain form, which an application may have in its settings, works as
// well: the SDK makes https of it.
func TestThePythonSDKWorksWithWhatDevPrints(t *testing.T) {
	t.Parallel()
	dev, app := server.Dev(t), webhook.New(t)
	printed := dev.Field("Connection string")
	_, accessKey, _ := strings.Cut(printed, ";")
	for name, connectionString := range map[string]string{
		"as printed": printed,
		"over http":  "endpoint=" + strings.Fields(dev.Field("API"))[0] + "/;" + accessKey,
	} {
		t.Run(name, func(t *testing.T) {
			command := python(t, "create_call.py", connectionString, app.URL("/callback"), "+15550104", ours)
			command.Env = append(command.Env, dev.Field("Python"))
			out, err := command.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			app.AwaitEvent(strings.TrimSpace(string(out)), "CallConnected")
		})
	}
}

// TestTheJavaScriptSDKWorksWithWhatDevPrints the same way, in every version that
// is tried, and without an option for connections that are not secure.
func TestTheJavaScriptSDKWorksWithWhatDevPrints(t *testing.T) {
	t.Parallel()
	dev, app := server.Dev(t), webhook.New(t)
	for version := range javaScriptSDKs {
		t.Run(version, func(t *testing.T) {
			command := javaScript(t, version, "create_call.js", dev.Field("Connection string"), app.URL("/callback"), "+15550104", ours)
			command.Env = append(command.Env, dev.Field("JavaScript"))
			out, err := command.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			app.AwaitEvent(strings.TrimSpace(string(out)), "CallConnected")
		})
	}
}

// A log collector that is restarted, or a `| head`, closes the pipe.
func TestTheServerGoesOnWhenNobodyReadsWhatItPrints(t *testing.T) {
	t.Parallel()
	reader, output, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	at := fmt.Sprintf("http://127.0.0.1:%d", port.Free())
	command := exec.Command(server.Binary(t), "dev")
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), "STROWGER_HTTP_LISTEN="+at, "STROWGER_OPERATOR_LISTEN=", "STROWGER_SIP_LISTEN=udp://127.0.0.1:0",
		fmt.Sprintf("STROWGER_LAB_LISTEN=udp://127.0.0.1:%d", port.Free()), "STROWGER_SHUTDOWN_GRACE=0s")
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	output.Close()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = command.Wait() }()
	err = wait.Until(server.Patience, ended, func() bool {
		answer, err := http.Get(at + "/health/ready")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	if err != nil {
		t.Errorf("it is not ready: %v", err)
	}
	_ = command.Process.Signal(os.Interrupt)
	if <-ended; command.ProcessState.ExitCode() != 0 {
		t.Errorf("it ended with %v", command.ProcessState)
	}
}

// javaScript is a command that runs one of our programs with a version of the
// JavaScript SDK.
func javaScript(t *testing.T, version string, arguments ...string) *exec.Cmd {
	t.Helper()
	directory := filepath.Join(server.Root(), "test", "sdk", "javascript")
	needModules(t, directory)
	command := exec.Command("node", arguments...)
	command.Dir = directory
	command.Env = append(os.Environ(), "SDK_VERSION="+version)
	return command
}

// python is a command that runs one of our programs with the Python SDK.
func python(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	directory := filepath.Join(server.Root(), "test", "sdk", "python")
	if err := server.Watch(directory); err != nil {
		t.Fatal(err)
	}
	interpreter := filepath.Join(directory, ".venv", "bin", "python3")
	if _, err := os.Stat(interpreter); err != nil {
		t.Fatalf("the Python SDK is not installed (%v): `make install`", err)
	}
	command := exec.Command(interpreter, arguments...)
	command.Dir = directory
	command.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	return command
}

// TestTheJavaSDKWorksWithWhatDevPrints the same way. It takes no http at all.
func TestTheJavaSDKWorksWithWhatDevPrints(t *testing.T) {
	t.Parallel()
	classPath := javaClassPath(t)
	dev, app := server.Dev(t), webhook.New(t)
	command := exec.Command("java", "-cp", classPath, "CreateCall", dev.Field("Connection string"), app.URL("/callback"), "+15550104", ours)
	command.Env = append(os.Environ(), dev.Field("Java"))
	var said, complaints bytes.Buffer
	command.Stdout, command.Stderr = &said, &complaints
	if err := command.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, &said, &complaints)
	}
	app.AwaitEvent(strings.TrimSpace(said.String()), "CallConnected")
}

// TestTheExampleWorksWithWhatDevPrints, without any option for a connection that
// is not secure.
func TestTheExampleWorksWithWhatDevPrints(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(server.Root(), "examples", "reminder")
	needModules(t, directory)
	dev := server.Dev(t)
	command := exec.Command("node", "reminder.js", "+15550104")
	command.Dir = directory
	command.Env = append(os.Environ(), dev.Field("JavaScript"), "CONNECTION_STRING="+dev.Field("Connection string"))
	out, err := command.CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), "confirmed\n") {
		t.Errorf("%v\n%s", err, out)
	}
}
