// Package store keeps files under names: in a folder of this machine, or in a
// bucket of an object store. A file is there whole, or not at all.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	_ "gocloud.dev/blob/fileblob"  // file://
	_ "gocloud.dev/blob/gcsblob"   // gs://
	_ "gocloud.dev/blob/s3blob"    // s3://
	"gocloud.dev/gcerrors"
)

// Store is a place for files.
type Store struct {
	bucket *blob.Bucket
	where  string // for people, without what is secret
	folder string // of files on this machine; empty: none
}

// Open opens a bucket by its URL, such as s3://recordings?region=eu-west-1,
// azblob://recordings, gs://recordings or file:///srv/recordings. An empty URL is
// the folder, which is made where it is missing. Nothing is asked of the bucket
// yet: see Check.
func Open(ctx context.Context, bucketURL, folder string) (*Store, error) {
	if bucketURL == "" {
		var err error
		if bucketURL, err = folderURL(folder); err != nil {
			return nil, err
		}
	}
	u, err := url.Parse(bucketURL)
	if err != nil {
		return nil, errors.New("recording.storage is not a URL")
	}
	s := &Store{where: u.Scheme + "://" + u.Host + u.Path}
	if u.Scheme == "file" {
		s.folder = filepath.FromSlash(u.Path)
	}
	if u.Scheme == "s3" {
		bucketURL = quiet(u)
	}
	if s.bucket, err = blob.OpenBucket(ctx, bucketURL); err != nil {
		return nil, fmt.Errorf("recording.storage %s: %s", s.where, strings.ReplaceAll(err.Error(), bucketURL, s.where))
	}
	return s, nil
}

// quiet keeps the S3 client from telling of each download that there is no checksum of
// it, which most servers do not make.
func quiet(bucket *url.URL) string {
	const validation = "response_checksum_validation"
	if q := bucket.Query(); !q.Has(validation) {
		q.Set(validation, "when_required")
		bucket.RawQuery = q.Encode()
	}
	return bucket.String()
}

// folderURL has temporary files beside the others, so that they are renamed and not
// copied, and no attribute files.
func folderURL(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(folder), RawQuery: "metadata=skip&no_tmp_dir=true"}).String(), nil
}

// String says where it is, without what is secret.
func (s *Store) String() string { return s.where }

// Check reports why nothing can be kept, if so.
func (s *Store) Check(ctx context.Context) error {
	ok, err := s.bucket.IsAccessible(ctx)
	if err == nil && !ok {
		err = errors.New("there is no such bucket, or it may not be used")
	}
	if err != nil {
		return fmt.Errorf("recording.storage %s: %w", s.where, err)
	}
	return nil
}

// Prove does all that recordings need: it puts a file, lists it, reads it and deletes it.
func (s *Store) Prove(ctx context.Context) error {
	if err := s.Check(ctx); err != nil {
		return err
	}
	name := ".strowger-" + strings.ToLower(rand.Text())
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"write", func() error { return s.Put(ctx, name, "text/plain", strings.NewReader(name)) }},
		{"list", func() error { return s.List(ctx, name, func(Entry) bool { return false }) }},
		{"read", func() error {
			b, err := s.Read(ctx, name, int64(len(name)))
			if err == nil && string(b) != name {
				err = fmt.Errorf("%q came back as %q", name, b)
			}
			return err
		}},
		{"delete", func() error { return s.Delete(ctx, name) }},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("recording.storage %s: %s a file: %w", s.where, step.what, err)
		}
	}
	return nil
}

// Close gives back what the store holds.
func (s *Store) Close() error { return s.bucket.Close() }

// Put keeps a file, in place of what was there under the name. It is durable when
// Put returns without an error; after an error what was there is as it was.
func (s *Store) Put(ctx context.Context, name, contentType string, content io.Reader) error {
	if err := upload(ctx, s.bucket, name, content, blob.WriterOptions{ContentType: contentType}); err != nil || s.folder == "" {
		return err
	}
	file := filepath.Join(s.folder, filepath.FromSlash(name))
	return errors.Join(syncFile(file), syncFile(filepath.Dir(file)))
}

// upload is Upload and not NewWriter: the writer of Azure panics when it is closed after
// a failure. Upload itself would keep what it could read of a content that fails.
func upload(ctx context.Context, to *blob.Bucket, name string, content io.Reader, as blob.WriterOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &watched{Reader: content, failed: cancel}
	if err := to.Upload(ctx, name, r, &as); err != nil {
		return errors.Join(r.err, err)
	}
	return nil
}

// watched tells when its reader fails.
type watched struct {
	io.Reader
	failed func()
	err    error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
		w.failed()
	}
	return n, err
}

// syncFile brings a file, or the names in a folder, to the disk.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// File is an open file. Its methods are for one goroutine.
type File struct {
	*blob.Reader
}

// Open opens a file; fs.ErrNotExist says that there is none of that name.
func (s *Store) Open(ctx context.Context, name string) (*File, error) {
	r, err := s.bucket.NewReader(ctx, name, nil)
	if err != nil {
		return nil, inWords(err)
	}
	return &File{r}, nil
}

// Read reads a whole file of not more than most bytes.
func (s *Store) Read(ctx context.Context, name string, most int64) ([]byte, error) {
	f, err := s.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size() > most {
		return nil, fmt.Errorf("%s has %d bytes, more than %d", name, f.Size(), most)
	}
	return io.ReadAll(f)
}

// Delete removes a file; fs.ErrNotExist says that there was none of that name.
func (s *Store) Delete(ctx context.Context, name string) error {
	return inWords(s.bucket.Delete(ctx, name))
}

// Entry is a file in a list.
type Entry struct {
	Name     string
	Length   int64
	Modified time.Time
}

// List gives every file whose name begins with prefix to each, in the order of
// their names, until each says that it is enough.
func (s *Store) List(ctx context.Context, prefix string, each func(Entry) bool) error {
	all := s.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := all.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return inWords(err)
		}
		if !o.IsDir && !each(Entry{o.Key, o.Size, o.ModTime}) {
			return nil
		}
	}
}

func inWords(err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return errors.Join(fs.ErrNotExist, err)
	}
	return err
}
