package recording

import (
	"slices"
	"time"

	"strowger/internal/call"
)

// Unfinished is a recording that is being made, or that is over and not in the store yet
// with all of its chunks.
type Unfinished struct {
	Recording    call.RecordingID
	Call         call.ID
	Started      time.Time
	Format       call.RecordingFormat
	Unmixed      bool
	Participants []call.Address // in the order in which they came
	Recorded     time.Duration  // of sound, without what was left out
	Chunks       int            // that there are so far
	Stored       int            // of them
	Ended        bool           // nothing more is recorded
	Trouble      string         // why the last try to finish it failed; empty while all is well
}

// Unfinished are all of them, those first that began last.
func (a *Archive) Unfinished() []Unfinished {
	a.mu.Lock()
	var spools []*spool
	for _, s := range a.finishing {
		spools = append(spools, s)
	}
	a.mu.Unlock()
	all := []Unfinished{}
	for _, s := range spools {
		all = append(all, s.unfinished())
	}
	slices.SortFunc(all, func(a, b Unfinished) int { return b.Started.Compare(a.Started) })
	return all
}

func (s *spool) unfinished() Unfinished {
	m := s.look()
	u := Unfinished{
		Recording: m.Recording, Call: m.Call, Started: m.Started, Format: m.Spec.Format, Unmixed: m.Spec.Unmixed,
		Chunks: len(m.Chunks), Ended: m.Ended,
	}
	for _, p := range m.People {
		if !slices.Contains(u.Participants, p.Address) {
			u.Participants = append(u.Participants, p.Address)
		}
	}
	for _, c := range m.Chunks {
		u.Recorded += c.duration()
		if c.Stored != nil {
			u.Stored++
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trouble != nil {
		u.Trouble = s.trouble.Error()
	}
	return u
}
