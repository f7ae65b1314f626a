package ga

import (
	"strconv"
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func (f family) readPlay(r *api.Request, in ga.PlayRequest) (cmd call.Play, err error) {
	cmd = call.Play{
		Repeatable: r.Repeatable, Connection: connectionOf(r),
		Interrupt: in.InterruptCallMediaOperation,
		Loop:      in.PlayOptions != nil && in.PlayOptions.Loop,
	}
	if len(in.PlaySources) == 0 {
		return cmd, wire.Fieldf("playSources", "is missing or empty; at least one source is needed")
	}
	if cmd.Sources, err = f.sources("playSources", in.PlaySources); err != nil {
		return cmd, err
	}
	if cmd.To, err = addresses("playTo", in.PlayTo); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func (f family) sources(field string, sources []ga.PlaySource) ([]call.PlaySource, error) {
	read := make([]call.PlaySource, len(sources))
	for i, s := range sources {
		source, err := f.source(s)
		if err != nil {
			return nil, within(indexed(field, i), err)
		}
		read[i] = source
	}
	return read, nil
}

// source reads one source; faults are placed below it.
func (f family) source(s ga.PlaySource) (call.PlaySource, error) {
	switch ga.PlaySourceKind(strings.ToLower(string(s.Kind))) {
	case ga.PlayFile:
		return f.fileSource(s)
	case ga.PlayText:
		return call.PlaySource{}, textSource(s.Text)
	case ga.PlaySSML:
		return call.PlaySource{}, ssmlSource(s.SSML)
	case "":
		return call.PlaySource{}, wire.Fieldf("kind", "is missing")
	}
	return call.PlaySource{}, wire.Fieldf("kind", "%.64q is not one of file, text and ssml", s.Kind)
}

func (f family) fileSource(s ga.PlaySource) (call.PlaySource, error) {
	if s.File == nil || s.File.URI == "" {
		return call.PlaySource{}, wire.Fieldf("file.uri", "is missing")
	}
	if err := f.CheckAudio(s.File.URI); err != nil {
		return call.PlaySource{}, wire.Fieldf("file.uri", "%v", err)
	}
	return call.PlaySource{File: s.File.URI, CacheID: s.PlaySourceCacheID}, nil
}

// textSource and ssmlSource check what they will one day speak, so that an
// application hears of its own faults first.
func textSource(s *ga.TextSource) error {
	if s == nil || strings.TrimSpace(s.Text) == "" {
		return &api.Refusal{Code: emptyText, Field: "text.text", Reason: "is missing or empty"}
	}
	return notConfigured("text", "no speech synthesis is configured on this server")
}

func ssmlSource(s *ga.SSMLSource) error {
	if s == nil || strings.TrimSpace(s.SSMLText) == "" {
		return &api.Refusal{Code: emptyText, Field: "ssml.ssmlText", Reason: "is missing or empty"}
	}
	return notConfigured("ssml", "no speech synthesis is configured on this server")
}

func indexed(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }
