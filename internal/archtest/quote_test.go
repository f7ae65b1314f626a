package archtest

import (
	"strings"
	"testing"
)

// A newcomer copies the example, so it is the one that runs.
func TestTheTestThatTheTestingPageQuotesIsTheRealOne(t *testing.T) {
	_, rest, _ := strings.Cut(readFile(t, root+"/docs/testing.md"), "```go\n")
	quoted, _, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatal("docs/testing.md quotes no test")
	}
	if quoted != readFile(t, root+"/test/e2e/prompt_test.go") {
		t.Error("docs/testing.md quotes a test that is not test/e2e/prompt_test.go as it stands")
	}
}
