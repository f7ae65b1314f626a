package readme

import (
	"strings"
	"testing"

	"strowger/test/server"
	"strowger/test/wait"
)

// programs are the files that docs/first-application.md shows whole.
var programs = map[string]string{
	"python": "first/first_application.py", "js": "first/first-application.mjs",
	"java": "first/FirstApplication.java", "xml": "first/pom.xml",
}

// Each program of the page is installed, started and called as the page says.
func TestTheFirstApplicationsDoWhatTheirPageSays(t *testing.T) {
	watch(t)
	page := readFile(t, "docs/first-application.md")
	needPorts(t)
	c := newClone(t)
	sections := strings.Split(page, "\n## ")
	start := blocksOf(sections[1])
	if len(start) != 3 {
		t.Fatalf("the page begins with %d blocks, want the server, the caller and what is printed", len(start))
	}
	run, call, printed := strings.TrimSpace(start[0].text), start[1].text, strings.Split(strings.TrimSpace(start[2].text), "\n")
	for _, language := range []string{"Python", "JavaScript", "Java"} {
		t.Run(language, func(t *testing.T) {
			c := &clone{t: t, dir: c.dir}
			t.Cleanup(c.interrupt)
			c.serve(run, servers[run])
			app := c.application(sectionOf(t, sections, language))
			defer c.stop(app)
			c.await(c.running, "the subscription is validated")
			c.run(call)
			c.await(app, printed[len(printed)-1])
			text := strings.NewReplacer("[", "", "]", "", ",", "").Replace(app.out.String()) // Java's list
			for _, line := range printed {
				_, rest, found := strings.Cut(text, line)
				if !found {
					t.Fatalf("the application did not print %q in its place:\n%s", line, app.all.String())
				}
				text = rest
			}
			if !strings.Contains(c.printed, "they hung up") {
				t.Errorf("the caller was not hung up on:\n%s", c.printed)
			}
		})
	}
}

// application does what a section says, and returns the program that it starts.
func (c *clone) application(section string) *serving {
	c.t.Helper()
	blocks := blocksOf(section)
	for _, b := range blocks[:len(blocks)-1] {
		if b.language == "sh" {
			c.run(b.text)
			continue
		}
		name := programs[b.language]
		if !strings.Contains(section, "`"+name+"`:\n") {
			c.t.Fatalf("the page does not say that its %s is %q", b.language, name)
		}
		c.run("mkdir -p first")
		c.write(name, []byte(b.text))
	}
	return c.begin(blocks[len(blocks)-1].text, "ready\n")
}

// await waits until a program has printed or logged something.
func (c *clone) await(s *serving, what string) {
	c.t.Helper()
	said := func() bool { return strings.Contains(s.all.String(), what) }
	if err := wait.Until(server.Patience, s.ended, said); err != nil {
		c.t.Fatalf("%q was not said: %v\n%s", what, err, s.all.String())
	}
}

func sectionOf(t *testing.T, sections []string, name string) string {
	t.Helper()
	for _, s := range sections {
		if strings.HasPrefix(s, name+"\n") {
			return s
		}
	}
	t.Fatalf("the page has no section %q", name)
	return ""
}
