package ga

import (
	"context"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"net/http"
	"testing"

	"strowger/internal/api"
	"strowger/internal/api/apitest"
	"strowger/internal/call"
	"strowger/internal/wire"
)

func TestEveryRefusalHasItsPublishedStatusAndCode(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"invalid":         {&call.Error{Kind: call.Invalid, Reason: "r"}, 400, "8523"},
		"not found":       {&call.Error{Kind: call.NotFound, Reason: "r"}, 404, "8522"},
		"conflict":        {&call.Error{Kind: call.Conflict, Reason: "r"}, 409, "8519"},
		"not established": {&call.Error{Kind: call.NotEstablished, Reason: "r"}, 400, "8501"},
		"forbidden":       {&call.Error{Kind: call.Forbidden, Reason: "r"}, 403, "7504"},
		"stopping":        {&call.Error{Kind: call.Stopping, Reason: "r"}, 503, "8512"},
		"out of service":  {&call.Error{Kind: call.OutOfService, Reason: "r"}, 503, "8512"},
		"too busy":        {&call.Error{Kind: call.TooBusy, Reason: "r"}, 429, "8516"},
		"incompatible":    {&call.Error{Kind: call.Incompatible, Reason: "r"}, 412, "8583"},
		"not set up":      {&call.Error{Kind: call.NotSetUp, Reason: "r"}, 405, "8522"},
		"unsupported":     {&call.Error{Kind: call.Unsupported, Reason: "r"}, 405, "8520"},
		"another request": {&call.Error{Kind: call.OtherRequest, Reason: "r"}, 400, "8523"},
		"a field":         {wire.Fieldf("a", "is missing"), 400, "8523"},
		"a large body":    {&http.MaxBytesError{}, 413, "8523"},
		"out of time":     {context.DeadlineExceeded, 503, "8512"},
		"anything else":   {http.ErrAbortHandler, 500, "9999"},
		"not built":       {notBuilt("a", "r"), 405, "8520"},
		"not configured":  {notConfigured("a", "r"), 405, "8522"},
	} {
		family := Family(Config{})
		family.Operations = []api.Operation{{Name: "act", Method: "GET", Path: "/act", Serve: func(context.Context, *api.Request) (api.Response, error) {
			return api.Response{}, c.err
		}}}
		got := apitest.NewServer(t, family).Send("GET", "/act?api-version=2026-03-12", "")
		if code, _, _ := got.Error(); got.Status != c.status || code != c.code {
			t.Errorf("%s: got %d %s", name, got.Status, got.Body)
		}
	}
}

// TestEveryKindAndPartOfTheRulesIsPublished reads the closed lists of the rules
// from their source.
func TestEveryKindAndPartOfTheRulesIsPublished(t *testing.T) {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "../../call/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	spelt := map[call.Part]bool{
		call.PartOperation: true, call.PartAudioGroup: true, // of the API of 2021
	}
	for _, op := range Family(Config{}).Operations {
		for part := range op.Fields {
			spelt[part] = true
		}
	}
	kinds, parts := 0, 0
	for _, d := range file.Decls {
		list, ok := d.(*ast.GenDecl)
		if !ok || list.Tok != gotoken.CONST {
			continue
		}
		switch first := list.Specs[0].(*ast.ValueSpec); first.Type.(*ast.Ident).Name {
		case "Kind":
			kinds = len(list.Specs)
		case "Part":
			parts = len(list.Specs)
		}
	}
	if kinds == 0 || kinds != len(codes.Rules) {
		t.Errorf("the rules refuse with %d kinds, %d have a code", kinds, len(codes.Rules))
	}
	if parts == 0 || parts != len(spelt) {
		t.Errorf("the rules name %d parts of commands, operations spell %d", parts, len(spelt))
	}
}
