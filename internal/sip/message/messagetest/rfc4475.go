// Package messagetest has the messages of RFC 4475, for tests.
package messagetest

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed rfc4475.txt
var text string

var messages = parse()

// Tortures are the names that the RFC gives its messages, in alphabetical order.
func Tortures() []string { return slices.Sorted(maps.Keys(messages)) }

// Torture is one of them, as it is sent.
func Torture(name string) string {
	m, ok := messages[name]
	if !ok {
		panic("messagetest: RFC 4475 has no " + name)
	}
	return m
}

func parse() map[string]string {
	all := map[string]string{}
	for _, part := range strings.Split(text, "\n-- ")[1:] {
		name, msg, _ := strings.Cut(part, " --\n")
		head, body, _ := strings.Cut(msg, "\n\n")
		if body != "" {
			body = strings.TrimSuffix(body, "\n") + "\r\n"
		}
		body = expand(body)
		all[name] = strings.ReplaceAll(expand(head), "{n}", fmt.Sprint(len(body))) + "\r\n\r\n" + body
	}
	return all
}

var names = strings.NewReplacer("{BEL}", "\x07", "{NUL}", "\x00", "{DEL}", "\x7f", "{SP}", " ",
	"{long}", strings.Repeat("abcdefghijklmnopqrstuvwxyz", 20), "\r\n", "\r\n", "\n", "\r\n")

func expand(s string) string { return names.Replace(s) }
