package message

import "fmt"

// Fault is why a message cannot be served.
type Fault struct {
	// Reason is for people: what is wrong, and where.
	Reason string
	// Unframed says that nobody knows where the message ends. A stream ends
	// with it.
	Unframed bool
}

func (f *Fault) Error() string { return f.Reason }

func faultf(format string, args ...any) *Fault { return &Fault{Reason: fmt.Sprintf(format, args...)} }

func unframed(format string, args ...any) *Fault {
	return &Fault{Reason: fmt.Sprintf(format, args...), Unframed: true}
}

// shown is text of the far end's in a reason: bounded, and on one line.
func shown(s string) string {
	const most = 60
	if len(s) > most {
		return fmt.Sprintf("%q…", s[:most])
	}
	return fmt.Sprintf("%q", s)
}
