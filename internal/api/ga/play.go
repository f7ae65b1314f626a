package ga

import (
	"strings"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

func (f family) readPlay(r *api.Request, in ga.PlayRequest) (cmd call.Play, err error) {
	cmd = call.Play{
		Repeatable: r.Repeatable, Connection: r.Connection(),
		Interrupt: in.InterruptCallMediaOperation,
		Loop:      in.PlayOptions != nil && in.PlayOptions.Loop,
	}
	if len(in.PlaySources) == 0 {
		return cmd, wire.Fieldf("playSources", "is missing or empty; at least one source is needed")
	}
	if cmd.Sources, err = f.sources("playSources", in.PlaySources); err != nil {
		return cmd, err
	}
	if cmd.To, err = api.Addresses("playTo", in.PlayTo); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

func (f family) lackingForPlay(in ga.PlayRequest) *api.Refusal {
	return f.unspoken("playSources", in.PlaySources)
}

func (f family) sources(field string, sources []ga.PlaySource) ([]call.PlaySource, error) {
	read := make([]call.PlaySource, len(sources))
	for i, s := range sources {
		source, err := f.source(s)
		if err != nil {
			return nil, api.Within(api.Indexed(field, i), err)
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
		return f.textSource(s.Text)
	case ga.PlaySSML:
		return f.ssmlSource(s.SSML)
	case "":
		return call.PlaySource{}, wire.Fieldf("kind", "is missing")
	}
	return call.PlaySource{}, wire.Fieldf("kind", "%.64q is not one of file, text and ssml", s.Kind)
}

func (f family) fileSource(s ga.PlaySource) (call.PlaySource, error) {
	if s.File == nil || s.File.URI == "" {
		return call.PlaySource{}, wire.Fieldf("file.uri", "is missing")
	}
	if err := f.CheckHTTP(s.File.URI); err != nil {
		return call.PlaySource{}, wire.Fieldf("file.uri", "%v", err)
	}
	return call.PlaySource{File: s.File.URI, CacheID: s.PlaySourceCacheID}, nil
}
