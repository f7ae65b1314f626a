package recording_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"strowger/internal/call"
	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/mixer"
	"strowger/internal/recording"
	"strowger/internal/recording/store"
)

// phone is a leg without a network: it decodes and encodes G.711.
type phone struct {
	decoder codec.Decoder
	encoder codec.Encoder
	says    [160]byte
	hears   [160]byte
}

func newPhone(says byte) *phone {
	p := &phone{decoder: codec.PCMU.NewDecoder(""), encoder: codec.PCMU.NewEncoder("")}
	for i := range p.says {
		p.says[i] = says + byte(i%16)
	}
	return p
}

func (p *phone) SampleRateHz() int { return media.Narrowband }

func (p *phone) ReadFrame(dst []int16) bool {
	p.decoder.Decode(dst, p.says[:])
	return true
}

func (p *phone) WriteFrame(frame []int16) { p.encoder.Encode(p.hears[:], frame) }

// crowd is many calls of two at once, on a clock.
type crowd struct {
	b        *testing.B
	dir      string
	clock    *media.Clock
	calls    []recordedCall
	archive  *recording.Archive
	finished chan call.RecordedFile
}

type recordedCall struct {
	id      call.ID
	room    *mixer.Room
	members [2]*mixer.Member
	tap     *mixer.Tap
}

func (c *crowd) Signal(call.ID, call.Signal) {}

func (c *crowd) Deliver(_ context.Context, _ call.ID, sig call.Signal) error {
	c.finished <- sig.(call.RecordingFinished).File
	return nil
}

// gather has so many calls until the benchmark ends.
func gather(b *testing.B, calls int) *crowd {
	c := &crowd{b: b, dir: b.TempDir(), clock: media.NewClock(0), calls: make([]recordedCall, calls), finished: make(chan call.RecordedFile, calls)}
	files, err := store.Open(b.Context(), "", filepath.Join(c.dir, "files"))
	if err != nil {
		b.Fatal(err)
	}
	c.archive, err = recording.New(recording.Config{Dir: filepath.Join(c.dir, "spool"), Store: files, Signals: c, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	for i := range c.calls {
		r := mixer.NewRoom()
		c.calls[i] = recordedCall{id: call.NewID([16]byte{1, byte(i), byte(i >> 8)}), room: r}
		for j, says := range []byte{0x90, 0xa0} {
			p := newPhone(says)
			c.calls[i].members[j] = r.Add(p, p)
		}
		c.clock.Attach(r)
	}
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan struct{}, 2)
	for _, run := range []func(context.Context) error{c.clock.Run, c.archive.Run} {
		go func() { _ = run(ctx); stopped <- struct{}{} }()
	}
	b.Cleanup(func() { cancel(); <-stopped; <-stopped; _ = files.Close() })
	return c
}

func (c *crowd) record(spec call.RecordingSpec) {
	for i := range c.calls {
		k := &c.calls[i]
		r := call.NewRecordingID(k.id, 1)
		k.tap = k.room.Tap(mixer.TapConfig{Ticks: 250, Every: 25, Voices: spec.Unmixed})
		before := k.tap.First() - 1
		c.archive.Start(k.id, call.StartRecorder{Recording: r, Spec: spec}, k.tap)
		for j, m := range k.members {
			c.archive.Joined(r, before, m, call.Address(fmt.Sprint(j)))
		}
	}
}

// stop ends all recordings and gives how long the last one took to be in the store,
// how many ticks are missing, and how many the recorders were too slow for.
func (c *crowd) stop() (took time.Duration, missing, dropped int) {
	began := time.Now()
	for _, k := range c.calls {
		c.archive.Stop(k.id, call.StopRecorder{Recording: call.NewRecordingID(k.id, 1), Reason: call.EndedByApplication})
	}
	var sound time.Duration
	for range c.calls {
		f := <-c.finished
		sound += f.Duration
		took = time.Since(began)
	}
	for i := range c.calls {
		k := &c.calls[i]
		missing += int(k.tap.Last()-k.tap.First()) + 1
		dropped += int(k.tap.Dropped())
		k.tap = nil
	}
	return took, missing - int(sound/media.FrameDuration), dropped
}

// spent is how much processor time this process has had.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is the memory of this process in KiB, after it has given back what it can.
func resident(b *testing.B) int {
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		b.Fatal(err)
	}
	return kib
}

// silentTicks are those of which a file has no sound, in all WAV files of a folder.
func silentTicks(b *testing.B, dir string) (n int) {
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".wav" {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		all, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		at := bytes.Index(all, []byte("data")) + 8
		channels := int(binary.LittleEndian.Uint16(all[bytes.Index(all, []byte("fmt "))+10:]))
		tick := 2 * channels * recording.RateHz / 50
		for ; at+tick <= len(all); at += tick {
			if len(bytes.Trim(all[at:at+tick], "\x00")) == 0 {
				n++
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkThreeHundredCalls has 300 calls of two phones with G.711, on a clock and
// without a network, first without recordings and then with one each, until all
// files are in the store. It reports what a second of a leg costs in ms of processor
// time, what the recording adds to it and by what factor, and what it costs to begin
// and end one; what the files lack of the calls, what the recorders were too slow for, and what is
// silent in those that are WAV, of which the clock's own gaps are a part; how long it takes from the end
// of all calls at once to the last file; and the memory of a recording.
func BenchmarkThreeHundredCalls(b *testing.B) {
	for name, spec := range map[string]call.RecordingSpec{
		"wav": {Format: call.WAV}, "unmixed": {Format: call.WAV, Unmixed: true}, "mp3": {Format: call.MP3}, "mp4": {Format: call.MP4},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				measureCrowd(b, spec)
			}
		})
	}
}

func measureCrowd(b *testing.B, spec call.RecordingSpec) {
	const calls, length = 300, 10 * time.Second
	const legSeconds = 2 * calls * float64(length/time.Second)
	c := gather(b, calls)
	<-time.After(time.Second) // all are ticked by now
	before := resident(b)
	without := during(b, func() { <-time.After(length) })
	begin := during(b, func() { c.record(spec); <-time.After(time.Second) })
	with := during(b, func() { <-time.After(length) })
	meanwhile := resident(b)
	var took time.Duration
	var missing, dropped int
	end := during(b, func() { took, missing, dropped = c.stop() })
	after := resident(b)
	skipped := 0
	for _, loop := range c.clock.Stats() {
		skipped += int(loop.Skipped)
	}
	b.ReportMetric(milliseconds(without)/legSeconds, "unrecorded-ms/leg-s")
	b.ReportMetric(milliseconds(with-without)/legSeconds, "recording-ms/leg-s")
	b.ReportMetric(with.Seconds()/without.Seconds(), "recorded/unrecorded")
	b.ReportMetric((milliseconds(begin+end)-milliseconds(with)/length.Seconds())/calls, "begin-and-end-ms/recording")
	b.ReportMetric(float64(missing), "missing-ticks")
	b.ReportMetric(float64(dropped), "dropped-ticks")
	b.ReportMetric(float64(silentTicks(b, c.dir)), "silent-ticks")
	b.ReportMetric(float64(skipped), "skipped-by-the-clock")
	b.ReportMetric(took.Seconds(), "last-file-s")
	b.ReportMetric(float64(meanwhile-before)/calls, "KiB/recording")
	b.ReportMetric(float64(after-before)/calls, "KiB/recording-after")
}

// during is how much processor time is spent while f runs.
func during(b *testing.B, f func()) time.Duration {
	began := spent(b)
	f()
	return spent(b) - began
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
