package recording

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"strowger/internal/call"
)

// manifest is all that is known of a recording. It lies beside the sound, so that any
// process can finish the recording.
type manifest struct {
	Recording call.RecordingID
	Call      call.ID
	Spec      call.RecordingSpec
	Started   time.Time
	People    []person
	Pauses    []pause
	Chunks    []chunk
	Ended     bool
	Reason    call.Reason // why it ended
}

// person is somebody whose voice was recorded, from Joined to Left in time of the
// recording's start; Left is zero while it is there.
type person struct {
	Address call.Address
	Channel int // nowhere: there was none left
	Joined  time.Time
	Left    time.Time `json:",omitzero"`
}

// pause is a stretch that was left out.
type pause struct {
	From time.Time
	For  time.Duration // 0: it goes on
}

// chunk is what becomes one file. Its sound is in segments, each with a number of
// channels: a new one begins when another channel is needed.
type chunk struct {
	Started  time.Time
	Segments []segment
	End      call.ChunkEnd // "" while it grows
	Stored   *stored       // once it is in the store
	Delivery delivery      // to the application's own container, if it named one
}

// delivery is what became of a chunk's copy.
type delivery string

const (
	delivered    delivery = "delivered"
	notDelivered delivery = "not-delivered" // and never will be
)

type segment struct {
	File     string
	Channels int
	Frames   int64 // samples of each channel; 0 while it grows
}

// stored is a chunk as it lies in the store.
type stored struct {
	Document string
	Length   int64  // in bytes
	SHA256   string // in hexadecimal
}

// duration is how much sound is in the chunk.
func (c chunk) duration() time.Duration {
	var frames int64
	for _, s := range c.Segments {
		frames += s.Frames
	}
	return time.Duration(frames) * time.Second / RateHz
}

func (c chunk) channels() int {
	most := 1
	for _, s := range c.Segments {
		most = max(most, s.Channels)
	}
	return most
}

const manifestName = "recording.json"

func readManifest(dir string) (m manifest, err error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("read %s: %w", filepath.Join(dir, manifestName), err)
	}
	return m, nil
}

// write replaces the manifest. It is durable when write returns.
func (m manifest) write(dir string) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	name := filepath.Join(dir, manifestName)
	if err := writeFile(name+".new", b); err != nil {
		return err
	}
	if err := os.Rename(name+".new", name); err != nil {
		return err
	}
	return syncDir(dir)
}

func writeFile(name string, b []byte) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(b); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
