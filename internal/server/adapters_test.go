package server

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
	"strowger/internal/switchboard"
)

// The switchboard goes by whether there is a log: an interface that holds a nil
// one would be one.
func TestACallThatIsNotOursToEndHasNoLog(t *testing.T) {
	store := journaltest.NewStore(1)
	id := call.NewID([16]byte{1})
	spoilt := journal.Message{Key: id.Key(), Node: "another", Body: []byte("{")}
	if _, err := store.Append(context.Background(), spoilt, 0); err != nil {
		t.Fatal(err)
	}
	j := calls{journal.Over(store, "ours", slog.New(slog.DiscardHandler))}
	if _, log, err := j.Load(t.Context(), id.Key()); log != nil || !errors.Is(err, switchboard.ErrUnreadable) {
		t.Errorf("got %v, %v", log, err)
	}
	if _, log, err := j.Load(t.Context(), call.NewID([16]byte{2}).Key()); log != nil || !errors.Is(err, switchboard.ErrUnknown) {
		t.Errorf("got %v, %v", log, err)
	}
}
