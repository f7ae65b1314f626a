package api

import "testing"

func FuzzRoutes(f *testing.F) {
	for _, path := range []string{"/a/b:c", "/a/x%2Fy:c", "/a/%zz", "//", "", "/a/%3Ac", "/a:b", "/a/:c/d"} {
		f.Add("POST", path)
	}
	all := newRoutes([]Operation{
		{Name: "literal", Method: "POST", Path: "/a:b"},
		{Name: "verb", Method: "POST", Path: "/a/{x}:c"},
		{Name: "plain", Method: "GET", Path: "/a/{x}"},
		{Name: "deep", Method: "GET", Path: "/a/{x}/d/{y}"},
	})
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
