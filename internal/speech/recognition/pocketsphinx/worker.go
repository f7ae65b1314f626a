package pocketsphinx

import (
	"io"
	"os"
)

// workerName is the name under which this program is a worker and nothing else.
const workerName = "strowger-pocketsphinx"

func init() {
	// A worker is this program, found as it runs: it does not depend on where it is, on
	// its arguments, nor on whether it was replaced meanwhile.
	if len(os.Args) > 0 && os.Args[0] == workerName {
		os.Exit(work(os.Stdin, os.Stdout, os.Stderr))
	}
}

// work answers requests until there are no more, or nobody reads the answers. What it
// returns is the status to exit with.
func work(requests io.Reader, answers, complaints io.Writer) int {
	next := make(chan *Request)
	go func() {
		for {
			q := new(Request)
			if receive(requests, q) != nil {
				// Whoever asked is gone. A search is not waited for.
				os.Exit(0)
			}
			next <- q
		}
	}()
	d, err := newDecoder()
	if err != nil {
		io.WriteString(complaints, err.Error()+"\n")
		return 1
	}
	for q := range next {
		if send(answers, d.answer(q)) != nil {
			return 1
		}
	}
	return 0
}
