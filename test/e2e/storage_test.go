package e2e

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/storage"
	"strowger/test/wait"
)

// recordedCall is two people who talk and are recorded.
func (w *world) recordedCall(more client.Object) (a, b *phone.Phone, recording string) {
	w.t.Helper()
	a = w.phoneOf(alice, phone.Config{ToneHz: toneOfA})
	b = w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	a.Dial("sip:bob@" + server.Domain)
	b.AwaitHeard(toneOfA, 300*time.Millisecond)
	options := client.Object{"recordingContentType": "audio", "recordingFormatType": "wav"}
	for k, v := range more {
		options[k] = v
	}
	recording = w.recorded(a.AwaitHeader("X-Server-Call-Id"), options)
	b.AwaitHeard(toneOfA, b.Heard().ToneLength(toneOfA)+2*time.Second)
	return a, b, recording
}

// expectVoice checks that somebody is heard in a recording.
func (w *world) expectVoice(wav []byte) {
	w.t.Helper()
	sound, err := heard.Decode(wav)
	if err != nil || sound.ToneLength(toneOfA) < 1500*time.Millisecond {
		w.t.Errorf("the recording of %d bytes has %s (%v)", len(wav), sound.Describe(toneOfA, toneOfB), err)
	}
}

// logged waits until the server has said something.
func (w *world) logged(text string) {
	w.t.Helper()
	if err := wait.Until(server.Patience, nil, func() bool { return strings.Contains(w.Log(), text) }); err != nil {
		w.t.Fatalf("the server did not log %q: %v", text, err)
	}
}

func inBucket(bucketURL string, s3 *storage.Server) server.Config {
	c := threeUsers
	c.Storage, c.Environment = bucketURL, s3.Environment
	return c
}

func TestARecordingInABucketIsFetchedThroughTheServerAndDeleted(t *testing.T) {
	s3 := storage.S3(t)
	w := start(t, inBucket(s3.BucketURL(), s3))
	a, _, id := w.recordedCall(nil)
	a.HangUp()
	_, wav := w.file(id)
	w.expectVoice(wav)
	_, chunk := w.recordingReady(id)
	ask := func(method, location, header, value string) client.Response {
		u, err := url.Parse(chunk[location].(string))
		if err != nil {
			t.Fatal(err)
		}
		r := w.api.Request(method, u.Path, nil)
		r.URL.RawQuery = ""
		r.Header.Set(header, value)
		w.api.Sign(r)
		answer, err := w.api.Send(r)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if r := ask(http.MethodGet, "contentLocation", "Range", "bytes=1000-1999"); r.Status != http.StatusPartialContent || !bytes.Equal(r.Body, wav[1000:2000]) {
		t.Errorf("a range: %d %v, %d bytes", r.Status, r.Header, len(r.Body))
	}
	expect(t, ask(http.MethodDelete, "deleteLocation", "Accept", "*/*"), http.StatusOK)
	expect(t, ask(http.MethodGet, "contentLocation", "Accept", "*/*"), http.StatusNotFound)
	_ = filepath.WalkDir(filepath.Join(s3.Dir, storage.Bucket), func(path string, d os.DirEntry, _ error) error {
		if d != nil && !d.IsDir() {
			t.Errorf("left in the bucket: %s", path)
		}
		return nil
	})
}

func TestABucketThatIsAwayForAWhileGetsTheRecording(t *testing.T) {
	s3 := storage.S3(t)
	w := start(t, inBucket(s3.BucketURL(), s3))
	a, _, id := w.recordedCall(nil)
	s3.Stop()
	a.HangUp()
	w.logged("that recording.storage can be reached")
	s3.Start()
	_, wav := w.file(id)
	w.expectVoice(wav)
}

func TestAServerThatStartsWhileTheBucketIsAwaySaysSo(t *testing.T) {
	s3 := storage.S3(t)
	s3.Stop()
	w := start(t, inBucket(s3.BucketURL(), s3))
	w.logged("recordings cannot be stored")
	s3.Start()
	a, _, id := w.recordedCall(nil)
	a.HangUp()
	_, wav := w.file(id)
	w.expectVoice(wav)
}

func TestKill9DuringAnUploadLosesNothing(t *testing.T) {
	s3 := storage.S3(t)
	held := s3.Hold()
	w := start(t, inBucket(held.BucketURL, s3))
	a, _, id := w.recordedCall(nil)
	a.HangUp()
	select {
	case <-held.Uploading:
	case <-time.After(server.Patience):
		t.Fatal("nothing is uploaded")
	}
	w.Kill()
	held.Release()
	w.Restart()
	_, wav := w.file(id)
	w.expectVoice(wav)
}

func toContainer(containerURL string) client.Object {
	return client.Object{"externalStorage": client.Object{"recordingStorageKind": "azureBlobStorage", "recordingDestinationContainerUrl": containerURL}}
}

func TestARecordingGoesToTheApplicationsOwnContainer(t *testing.T) {
	azure := storage.Azure(t)
	w := start(t, threeUsers)
	a, _, id := w.recordedCall(toContainer(azure.ContainerURL(sas.ContainerPermissions{Create: true, Write: true}, time.Hour)))
	a.HangUp()
	metadata, wav := w.file(id)
	w.expectVoice(wav)
	ready, chunk := w.recordingReady(id)
	if chunk["endReason"] != "SessionEnded" {
		t.Errorf("got %v", ready.Data)
	}
	names := azure.Names()
	if len(names) != 2 || !strings.HasSuffix(names[1], chunk["documentId"].(string)+".wav") {
		t.Fatalf("in the container: %v", names)
	}
	if !bytes.Equal(azure.Read(names[0]), metadata.Body) || !bytes.Equal(azure.Read(names[1]), wav) {
		t.Error("the container has something else")
	}
}

func TestAContainerThatRefusesIsToldAndTheRecordingIsKept(t *testing.T) {
	azure := storage.Azure(t)
	w := start(t, threeUsers)
	a, _, id := w.recordedCall(toContainer(azure.ContainerURL(sas.ContainerPermissions{Read: true}, time.Hour)))
	a.HangUp()
	_, wav := w.file(id)
	w.expectVoice(wav)
	if ready, chunk := w.recordingReady(id); chunk["endReason"] != "ChunkUploadFailure" || ready.Text("sessionEndReason") != "CallEnded" {
		t.Errorf("got %v", ready.Data)
	}
	if strings.Contains(w.Log(), "sig=") {
		t.Error("the log shows the container's signature")
	}
}

func TestADiskThatFillsUpEndsTheRecordingAndNotTheCall(t *testing.T) {
	disk := t.TempDir()
	switch err := syscall.Mount("none", disk, "tmpfs", 0, "size=48m"); {
	case errors.Is(err, syscall.EPERM):
		t.Skip("mounting a small disk needs root")
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	c := threeUsers
	c.DataDir = filepath.Join(disk, "data")
	w := start(t, c)
	a, b, id := w.recordedCall(nil)

	other := filepath.Join(disk, "somebody-else")
	file, err := os.Create(other)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, rand.Reader); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	w.logged("make room on the disk under data_dir")
	b.AwaitHeard(toneOfA, b.Heard().ToneLength(toneOfA)+time.Second)
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	_, wav := w.file(id)
	w.expectVoice(wav)
	ready, _ := w.recordingReady(id)
	sound, err := heard.Decode(wav)
	if err != nil {
		t.Fatal(err)
	}
	told := time.Duration(ready.Data["recordingDurationMs"].(float64)) * time.Millisecond
	if ready.Text("sessionEndReason") != "AudioStreamFailure" || (told-sound.Length()).Abs() > 10*time.Millisecond {
		t.Errorf("the file lasts %v: %v", sound.Length(), ready.Data)
	}
	b.AwaitHeard(toneOfA, b.Heard().ToneLength(toneOfA)+time.Second)
	a.HangUp()
	b.AwaitClosed(1)
}
