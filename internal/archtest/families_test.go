package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// families are the folders in which a generation of the API, or Event Grid, may
// say how things are called and numbered in public; the codes of events are
// those of all.
var families = []string{"api/ga", "webhook/ga", "webhook/grid", "webhook/outcome", "api/preview2021", "webhook/preview2021"}

// everybodysWords are names of the GA family that are words of the glossary or
// of plain English too.
var everybodysWords = []string{
	"CallbackURI", "ServerCallID", "AnsweredBy", "AnsweredFor", "InvitationID", "SIPHeaders", "VoIPHeaders", "StopTones",
}

// TestOnlyAFamilyKnowsItsNames parses what families share, and holds that no
// name of a request, response or event of the GA family stands there, no
// published code and no api-version: a second family has others.
func TestOnlyAFamilyKnowsItsNames(t *testing.T) {
	ga := readPublished(t)
	set := token.NewFileSet()
	for pkg, files := range packages(t) {
		first, _, _ := strings.Cut(pkg, "/")
		if !slices.Contains([]string{"call", "api", "webhook"}, first) || isFamily(pkg) {
			continue
		}
		for _, name := range files {
			file, err := parser.ParseFile(set, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if said := ga.in(n); said != "" {
					t.Errorf("%s: %s is published by the GA family", set.Position(n.Pos()), said)
				}
				_, isImport := n.(*ast.ImportSpec)
				return !isImport
			})
		}
	}
}

func isFamily(pkg string) bool {
	return slices.ContainsFunc(families, func(f string) bool { return pkg == f || strings.HasPrefix(pkg, f+"/") })
}

var word = regexp.MustCompile(`\w+`)

// published is what the GA family says in public: the members of its documents
// whose names are no plain word, as they are sent and as Go spells them, its
// codes, its versions and what the types of its events begin with.
type published struct {
	members, goNames, codes map[string]bool
	texts                   []string
}

// in is what a node of a syntax tree knows of it, or "".
func (p published) in(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Ident:
		if p.goNames[n.Name] {
			return n.Name
		}
	case *ast.BasicLit:
		text := n.Value
		if n.Kind == token.STRING {
			text, _ = strconv.Unquote(n.Value)
		}
		for _, w := range word.FindAllString(text, -1) {
			if p.members[w] || p.codes[w] {
				return w
			}
		}
		for _, said := range p.texts {
			if strings.Contains(text, said) {
				return said
			}
		}
	}
	return ""
}

var (
	member   = regexp.MustCompile(`(?m)^\s*(\w+) .*json:"(\w+)`)
	twoWords = regexp.MustCompile(`[a-z][A-Z]`)
	refusal  = regexp.MustCompile(`Code: "(\d+)"`)
	subcode  = regexp.MustCompile(`(?m)^\s*\w+\s*= (\d{4,})\b`)
	version  = regexp.MustCompile(`"(\d{4}-\d\d-\d\d[a-z-]*)"`)
)

const typesBegin = "Microsoft.Communication."

func readPublished(t *testing.T) published {
	t.Helper()
	p := published{members: map[string]bool{}, goNames: map[string]bool{}, codes: gaCodes(t), texts: []string{typesBegin}}
	for _, m := range version.FindAllStringSubmatch(readAll(t, "internal/wire/ga/versions.go"), -1) {
		p.texts = append(p.texts, m[1])
	}
	for _, m := range member.FindAllStringSubmatch(readAll(t, "internal/wire/ga/*.go"), -1) {
		if twoWords.MatchString(m[2]) {
			p.members[m[2]] = true
			p.goNames[m[1]] = !slices.Contains(everybodysWords, m[1])
		}
	}
	if !p.members["operationContext"] || !p.goNames["OperationContext"] || !p.members["callConnectionId"] || len(p.texts) < 10 {
		t.Fatal("the members or the versions of the GA family were not found: this test does not know their form any more")
	}
	return p
}

func gaCodes(t *testing.T) map[string]bool {
	t.Helper()
	codes := map[string]bool{}
	for _, m := range refusal.FindAllStringSubmatch(readAll(t, "internal/api/ga/codes.go"), -1) {
		codes[m[1]] = true
	}
	for _, m := range subcode.FindAllStringSubmatch(readAll(t, "internal/webhook/outcome/*.go"), -1) {
		codes[m[1]] = true
	}
	delete(codes, "404") // HTTP's own, which GA repeats
	delete(codes, "405")
	if !codes["8522"] || !codes["8508"] || !codes["560000"] {
		t.Fatal("the codes of the GA family were not found: this test does not know their form any more")
	}
	return codes
}
