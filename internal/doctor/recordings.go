package doctor

import (
	"context"
	"fmt"
	"net/url"

	"strowger/internal/call"
	"strowger/internal/config"
	"strowger/internal/recording"
	"strowger/internal/recording/store"
)

// recordings proves the bucket, if there is one, and the codecs. Files under data_dir
// are proved with it.
func recordings(ctx context.Context, cfg config.Config) (found []Finding) {
	if cfg.Recording.Storage != "" {
		found = append(found, bucket(ctx, cfg.Recording.Storage))
	}
	return append(found, formats(func(f call.RecordingFormat) error {
		_, err := recording.Codec(f)
		return err
	})...)
}

func bucket(ctx context.Context, at string) Finding {
	subject := "recording.storage"
	if u, err := url.Parse(at); err == nil {
		subject += " " + u.Scheme + "://" + u.Host + u.Path
	}
	const advice = "see that recording.storage names a bucket that is there, and that the environment of the server has credentials that may write, list, read and delete in it"
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s, err := store.Open(ctx, at, "")
	if err != nil {
		return fail(subject, err, advice)
	}
	defer s.Close()
	if err := s.Prove(ctx); err != nil {
		return fail(subject, err, advice)
	}
	return ok(subject, "a file was written, read and deleted")
}

// formats says which recordings can be made. Without a codec all else works.
func formats(check func(call.RecordingFormat) error) (found []Finding) {
	for _, f := range []call.RecordingFormat{call.MP3, call.MP4} {
		subject := fmt.Sprintf("recordings %s", f)
		if err := check(f); err != nil {
			found = append(found, warn(subject, err, "install the package if applications record in "+string(f)+"; until then such a recording is refused"))
			continue
		}
		found = append(found, ok(subject, "can be made"))
	}
	return found
}
