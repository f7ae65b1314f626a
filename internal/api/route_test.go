package api

import (
	"maps"
	"slices"
	"testing"
)

// published are paths of both shapes: a verb glued to what it is of, and a verb that
// is a segment of its own.
var published = []Operation{
	{Name: "create", Method: "POST", Path: "/c"},
	{Name: "answer", Method: "POST", Path: "/c:answer"},
	{Name: "get", Method: "GET", Path: "/c/{connection}"},
	{Name: "terminate", Method: "POST", Path: "/c/{connection}:terminate"},
	{Name: "hangup", Method: "POST", Path: "/c/{connection}/:hangup"},
	{Name: "list", Method: "GET", Path: "/c/{connection}/people"},
	{Name: "add", Method: "POST", Path: "/c/{connection}/people"},
	{Name: "remove", Method: "POST", Path: "/c/{connection}/people:remove"},
	{Name: "removeByID", Method: "DELETE", Path: "/c/{connection}/people/{participant}"},
	{Name: "pause", Method: "POST", Path: "/s/{call}/r/{recording}/:pause"},
}

func TestAPathLeadsToItsOperation(t *testing.T) {
	all := newRoutes(published)
	for _, c := range []struct {
		method, path, name string
		params             map[string]string
	}{
		{"POST", "/c", "create", nil},
		{"POST", "/c:answer", "answer", nil},
		{"POST", "/c%3Aanswer", "answer", nil},
		{"GET", "/c/a", "get", map[string]string{"connection": "a"}},
		{"POST", "/c/a:terminate", "terminate", map[string]string{"connection": "a"}},
		{"POST", "/c/a/:hangup", "hangup", map[string]string{"connection": "a"}},
		{"POST", "/c/a/%3Ahangup", "hangup", map[string]string{"connection": "a"}},
		{"POST", "/c/a/%3ahangup", "hangup", map[string]string{"connection": "a"}},
		{"POST", "/c/a/people:remove", "remove", map[string]string{"connection": "a"}},
		{"POST", "/c/a/people%3Aremove", "remove", map[string]string{"connection": "a"}},
		{"DELETE", "/c/a/people/p", "removeByID", map[string]string{"connection": "a", "participant": "p"}},
		{"DELETE", "/c/a/people/4%3A%2B1425", "removeByID", map[string]string{"connection": "a", "participant": "4:+1425"}},
		{"POST", "/s/aGV5%3D%3D/r/e%2Ff/:pause", "pause", map[string]string{"call": "aGV5==", "recording": "e/f"}},
		{"POST", "/s/aGV5==/r/e/%3Apause", "pause", map[string]string{"call": "aGV5==", "recording": "e"}},
	} {
		op, params, _ := all.match(c.method, c.path)
		if op == nil || op.Name != c.name || !maps.Equal(params, c.params) {
			t.Errorf("%s %s leads to %+v with %v", c.method, c.path, op, params)
		}
	}
}

func TestAPathThatIsNotQuiteRightLeadsNowhere(t *testing.T) {
	all := newRoutes(published)
	for _, c := range []struct {
		method, path string
		methods      []string // that the path has
	}{
		{"GET", "/c/a/:hangup", []string{"POST"}},
		{"PUT", "/c/a/people", []string{"GET", "POST"}},
		{"POST", "/c/a/:hangupp", nil},
		{"POST", "/c/a/hangup", nil},
		{"POST", "/c//:hangup", nil},
		{"POST", "/c/a%2F:hangup", nil}, // an escaped slash separates nothing
		{"POST", "/c/a/people/:remove", nil},
		{"POST", "/c/a/b/:hangup", nil},
		{"POST", "/c/a/:hangup/", nil},
		{"GET", "/c/a:terminate", []string{"POST"}},
	} {
		op, _, methods := all.match(c.method, c.path)
		if op != nil || !slices.Equal(methods, c.methods) {
			t.Errorf("%s %s leads to %+v, and the path has %v", c.method, c.path, op, methods)
		}
	}
}

func FuzzRoutes(f *testing.F) {
	for _, path := range []string{"/c/x:terminate", "/c/x%2Fy:terminate", "/c/%zz", "//", "", "/c/%3Aterminate", "/c:answer", "/c/:hangup", "/c/x/:hangup", "/c/x/%3ahangup", "/c/x/people%3Aremove", "/s/eQ%3D%3D/r/x/:pause"} {
		f.Add("POST", path)
	}
	all := newRoutes(published)
	f.Fuzz(func(t *testing.T, method, path string) {
		op, params, methods := all.match(method, path)
		if op == nil {
			return
		}
		if op.Method != method || methods != nil {
			t.Fatalf("%s %q is taken for %s", method, path, op.Name)
		}
		for name, value := range params {
			if value == "" {
				t.Fatalf("%q has an empty %s", path, name)
			}
		}
	})
}
