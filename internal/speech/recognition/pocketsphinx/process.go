package pocketsphinx

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"strowger/internal/speech/program"
)

// process is a worker that runs. It belongs to one goroutine at a time.
type process struct {
	command  *exec.Cmd
	requests *os.File
	answers  *os.File
	said     *program.End
	gone     chan struct{} // is closed when it has ended

	owing    chan answered // what nobody waited for, until settle
	answered int           // how many requests it was given
	idle     *time.Timer   // ends it when nobody needs it
}

type answered struct {
	Response
	err error
}

// launch starts a worker, which opens its model meanwhile.
func launch() (*process, error) {
	p := &process{command: exec.Command("/proc/self/exe"), said: &program.End{}, gone: make(chan struct{})}
	theirRequests, requests, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirRequests.Close()
	answers, theirAnswers, err := os.Pipe()
	if err != nil {
		requests.Close()
		return nil, err
	}
	defer theirAnswers.Close()
	p.requests, p.answers = requests, answers
	p.command.Args, p.command.Env = []string{workerName}, program.Environment()
	p.command.Stdin, p.command.Stdout, p.command.Stderr = theirRequests, theirAnswers, p.said
	if err := p.command.Start(); err != nil {
		p.closeFiles()
		return nil, fmt.Errorf("this program cannot be started once more: %w", err)
	}
	go func() {
		defer close(p.gone)
		p.command.Wait()
	}()
	return p, nil
}

// ask waits for an answer. When ctx ends before it came, its error is ctx's, and the
// process is to be settled before it is asked again.
func (p *process) ask(ctx context.Context, q *Request) (Response, error) {
	p.answered++
	coming := make(chan answered, 1)
	go func() {
		var a answered
		if a.err = send(p.requests, q); a.err == nil {
			a.err = receive(p.answers, &a.Response)
		}
		coming <- a
	}()
	select {
	case a := <-coming:
		return a.Response, a.err
	case <-ctx.Done():
		p.owing = coming
		return Response{}, ctx.Err()
	}
}

// settle waits for the answer that nobody waited for, and reports whether the process may
// be asked again. When it takes too long the process is killed.
func (p *process) settle(patience time.Duration) bool {
	late := time.AfterFunc(patience, p.kill)
	a := <-p.owing
	p.owing = nil
	return late.Stop() && a.err == nil
}

func (p *process) kill() { p.command.Process.Kill() }

// end ends it, and returns when it has ended.
func (p *process) end() {
	p.kill()
	<-p.gone
	p.closeFiles()
}

// why is why it ended by itself, once it has.
func (p *process) why() string {
	lines := strings.Split(strings.TrimSpace(p.said.String()), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return fmt.Sprintf("%.200s", last)
	}
	return p.command.ProcessState.String()
}

func (p *process) isGone() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

func (p *process) closeFiles() {
	p.requests.Close()
	p.answers.Close()
}
