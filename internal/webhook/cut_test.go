package webhook_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
	"strowger/internal/webhook"
)

// streams are the files of the calls' streams, without those of the checkpoints.
func (i *installation) streams(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob(i.dir + "/nats/jetstream/*/streams/STROWGER_CALLS_*")
	must(t, err)
	if len(dirs) == 0 {
		t.Fatal("there are no streams")
	}
	return dirs
}

// A power cut may lose the newest records of a stream and keep the checkpoint
// that was written after them (nats.sync: interval). What is appended then gets
// the sequences of what was lost.
func TestNothingIsSkippedAfterAPowerCutThatSparedTheCheckpoint(t *testing.T) {
	for _, again := range []int{1, 10, 200} { // fewer records than were lost, and more
		t.Run(fmt.Sprint(again), func(t *testing.T) {
			i, app := newInstallation(t), newReceiver(t)
			told := 0
			tell := func(j *journal.Journal, n int) (texts []string) {
				for range n {
					told++
					text := fmt.Sprint(told)
					newStory(t, j, told, app.URL).played(text)
					texts = append(texts, text)
				}
				return texts
			}
			run := func(n int) {
				j, courier, stop := i.start(t, webhook.Config{ResourceID: resource})
				tell(j, n)
				must(t, courier.Flush(t.Context()))
				stop()
			}
			run(20)
			kept := t.TempDir()
			for _, dir := range i.streams(t) {
				must(t, os.CopyFS(filepath.Join(kept, filepath.Base(dir)), os.DirFS(dir)))
			}
			run(100)
			for _, dir := range i.streams(t) {
				must(t, os.RemoveAll(dir))
				must(t, os.CopyFS(dir, os.DirFS(filepath.Join(kept, filepath.Base(dir)))))
			}

			j, courier, err := i.open(t.Context(), webhook.Config{ResourceID: resource})
			must(t, err)
			t.Cleanup(j.Close)
			want := tell(j, again) // before anybody looks at the checkpoint
			start(t, courier)
			must(t, courier.Flush(t.Context()))
			got := texts(app.all())
			for _, text := range want {
				if !slices.Contains(got, text) {
					t.Errorf("event %s was not told", text)
				}
			}
			if len(got) != told {
				t.Errorf("%d events were told %d times", told, len(got))
			}
			if lost := j.Stats().CutOff; lost == 0 || lost > 100 {
				t.Errorf("%d records were counted as lost", lost)
			}
		})
	}
}

func TestAStreamThatGoesBackIsReadOnFromThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, net := journaltest.NewStore(1), newInternet()
		var log strings.Builder
		j := journal.Over(store, "", slog.New(slog.NewTextHandler(&log, nil)))
		net.app(app, always(200))
		c := courier(webhook.Config{}, j, net)
		stop := start(t, c)
		for n := range 30 {
			newStory(t, j, n, app).played(fmt.Sprint(n))
		}
		must(t, c.Flush(t.Context()))
		time.Sleep(2 * time.Second)
		store.CutOff(0, 20) // as an external NATS server does whose machine lost its power
		for n := 30; n < 60; n++ {
			newStory(t, j, n, app).played(fmt.Sprint(n))
		}
		time.Sleep(2 * time.Second)
		must(t, c.Flush(t.Context()))
		stop()
		if got := texts(net.to(app)); len(got) != 60 {
			t.Errorf("60 events were told as %v", got)
		}
		if lost := j.Stats().CutOff; lost != 20 || !strings.Contains(log.String(), "lost=20") {
			t.Errorf("%d records were counted as lost; the log:\n%s", lost, log.String())
		}
	})
}
