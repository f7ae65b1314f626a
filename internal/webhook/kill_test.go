package webhook_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"strowger/internal/webhook"
)

// These make this test binary the process that gets killed.
const (
	killedDir = "STROWGER_WEBHOOK_TEST_DIR"
	killedURL = "STROWGER_WEBHOOK_TEST_URL"
)

// tellUntilKilled appends and delivers, and prints what the journal has
// acknowledged.
func tellUntilKilled(dir, url string) error {
	ctx := context.Background()
	i, err := openInstallation(dir)
	if err != nil {
		return err
	}
	j, courier, err := i.open(ctx, webhook.Config{ResourceID: resource})
	if err != nil {
		return err
	}
	s, err := beginStory(j, 1, url)
	if err != nil {
		return err
	}
	go courier.Run(ctx)
	for n := 0; ; n++ {
		if err := s.append(ctx, s.playCompleted(strconv.Itoa(n))); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

func TestEveryAcknowledgedEventIsDeliveredAfterKill9(t *testing.T) {
	i, app := newInstallation(t), newReceiver(t)
	teller := exec.Command(os.Args[0])
	teller.Env = append(os.Environ(), killedDir+"="+i.dir, killedURL+"="+app.URL)
	teller.Stderr = os.Stderr
	out, err := teller.StdoutPipe()
	must(t, err)
	must(t, teller.Start())
	printed := make(chan int)
	go func() {
		acknowledged := -1
		for lines := bufio.NewScanner(out); lines.Scan(); {
			acknowledged, _ = strconv.Atoi(strings.TrimSpace(lines.Text()))
		}
		printed <- acknowledged
	}()
	app.wait(t, 30)
	must(t, teller.Process.Kill()) // SIGKILL, in the middle of it
	acknowledged := <-printed
	teller.Wait()

	_, courier, _ := i.start(t, webhook.Config{ResourceID: resource})
	must(t, courier.Flush(t.Context()))
	idOf := map[string]string{}
	next := 0
	for _, r := range app.all() {
		switch n, err := strconv.Atoi(r.text); {
		case err != nil || n > next:
			t.Fatalf("event %s came when %d was due", r.text, next)
		case n == next:
			idOf[r.text] = r.id
			next++
		case idOf[r.text] != r.id:
			t.Errorf("event %s came again with another id", r.text)
		}
	}
	if next <= acknowledged {
		t.Errorf("%d events were delivered, %d were acknowledged", next, acknowledged+1)
	}
}
