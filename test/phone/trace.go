package phone

import (
	"os"
	"strings"
)

// Message is one SIP message from a phone's trace.
type Message struct {
	Transport string
	From, To  string // host:port
	StartLine string
	headers   [][2]string
	Body      string
}

// Header is the first value of a header, by any case of its name.
func (m Message) Header(name string) string {
	for _, h := range m.headers {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

// IsRequest reports whether the message is a request of this method.
func (m Message) IsRequest(method string) bool { return strings.HasPrefix(m.StartLine, method+" ") }

// Status is a response's code and reason, as "486 Busy Here"; empty for a
// request.
func (m Message) Status() string {
	if status, ok := strings.CutPrefix(m.StartLine, "SIP/2.0 "); ok {
		return status
	}
	return ""
}

// parseTrace reads what `baresip -s` prints: a coloured "#", a line
// "UDP from -> to", the message, and the colour's end.
func parseTrace(text string) []Message {
	var messages []Message
	for _, piece := range strings.Split(text, "\x1b[36;1m#\n")[1:] {
		piece, _, _ = strings.Cut(piece, "\x1b[;m")
		first, rest, _ := strings.Cut(piece, "\n")
		transport, ends, ok := strings.Cut(first, " ")
		from, to, arrow := strings.Cut(ends, " -> ")
		if !ok || !arrow {
			continue
		}
		m := Message{Transport: transport, From: strings.TrimSpace(from), To: strings.TrimSpace(to)}
		head, body, _ := strings.Cut(strings.ReplaceAll(rest, "\r\n", "\n"), "\n\n")
		m.Body = body
		lines := strings.Split(head, "\n")
		m.StartLine = lines[0]
		for _, line := range lines[1:] {
			if name, value, ok := strings.Cut(line, ":"); ok {
				m.headers = append(m.headers, [2]string{strings.TrimSpace(name), strings.TrimSpace(value)})
			}
		}
		messages = append(messages, m)
	}
	return messages
}

// logFile is the file to which baresip writes its trace.
type logFile struct{ path string }

func (l *logFile) text() string {
	data, err := os.ReadFile(l.path)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func (l *logFile) tail(n int) string {
	text := l.text()
	return text[max(0, len(text)-n):]
}
