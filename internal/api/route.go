package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// routes finds operations by their path as it is on the wire. net/http's own
// router does not know a verb behind a parameter, and would redirect paths
// that it finds untidy.
type routes []route

type route struct {
	op       *Operation
	segments []segment
}

// segment is one part of a path between slashes: a literal, which may be a verb with
// its colon, or a parameter with perhaps a verb glued to it.
type segment struct {
	literal string
	param   string
	verb    string
}

func newRoutes(operations []Operation) routes {
	all := make(routes, len(operations))
	for i := range operations {
		all[i] = route{op: &operations[i], segments: parsePattern(operations[i].Path)}
	}
	return all
}

func parsePattern(pattern string) []segment {
	rest, ok := strings.CutPrefix(pattern, "/")
	if !ok {
		panic(fmt.Sprintf("api: path %q does not begin with a slash", pattern))
	}
	var segments []segment
	for part := range strings.SplitSeq(rest, "/") {
		name, isParam := strings.CutPrefix(part, "{")
		if !isParam {
			segments = append(segments, segment{literal: part})
			continue
		}
		name, verb, _ := strings.Cut(name, "}")
		segments = append(segments, segment{param: name, verb: strings.TrimPrefix(verb, ":")})
	}
	return segments
}

// match finds the operation of a method and an escaped path. Without one, it
// returns the methods that the path does have.
func (all routes) match(method, escapedPath string) (op *Operation, params map[string]string, methods []string) {
	parts := strings.Split(strings.TrimPrefix(escapedPath, "/"), "/")
	withVerb := all.haveVerb(parts)
	for _, r := range all {
		found, ok := r.read(parts)
		if !ok || withVerb && r.misspelt(parts) {
			continue
		}
		if r.op.Method == method {
			return r.op, found, nil
		}
		if !r.misspelt(parts) && !slices.Contains(methods, r.op.Method) {
			methods = append(methods, r.op.Method)
		}
	}
	return nil, nil, methods
}

// haveVerb: "/{id}:play" is that verb in any method, and never an {id}.
func (all routes) haveVerb(parts []string) bool {
	for _, r := range all {
		if _, ok := r.read(parts); ok && !r.plain() {
			return true
		}
	}
	return false
}

// plain reports whether the path ends in a parameter alone.
func (r route) plain() bool {
	last := r.segments[len(r.segments)-1]
	return last.param != "" && last.verb == ""
}

// misspelt: "/{id}:typo" is not an {id} that wants another method.
func (r route) misspelt(parts []string) bool {
	return r.plain() && strings.Contains(parts[len(parts)-1], ":")
}

func (r route) read(parts []string) (map[string]string, bool) {
	if len(parts) != len(r.segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, s := range r.segments {
		value, ok := s.read(parts[i])
		if !ok {
			return nil, false
		}
		if s.param != "" {
			params[s.param] = value
		}
	}
	return params, true
}

// read decodes one part by itself, so that an escaped slash stays within it.
func (s segment) read(part string) (string, bool) {
	if s.verb != "" {
		var ok bool
		if part, ok = cutVerb(part, s.verb); !ok {
			return "", false
		}
	}
	value, err := url.PathUnescape(part)
	if err != nil {
		return "", false
	}
	if s.param == "" {
		return value, value == s.literal
	}
	return value, value != ""
}

// cutVerb takes the verb off; some clients escape its colon.
func cutVerb(part, verb string) (string, bool) {
	rest, ok := strings.CutSuffix(part, verb)
	if !ok {
		return "", false
	}
	for _, colon := range []string{":", "%3A", "%3a"} {
		if value, ok := strings.CutSuffix(rest, colon); ok {
			return value, true
		}
	}
	return "", false
}
