package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load is the configuration of `strowger serve`: the defaults, then the file
// (none when path is empty), then environ as os.Environ gives it. What it
// returns without an error is valid.
func Load(path string, environ []string) (Config, error) {
	cfg := Default()
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return Config{}, fmt.Errorf("read the configuration: %w", err)
		}
		if err := decode(text, &cfg); err != nil {
			return Config{}, fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := override(&cfg, environ); err != nil {
		return Config{}, err
	}
	if err := cfg.Validate(); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// decode reads one YAML document over what cfg already holds.
func decode(text []byte, cfg *Config) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(cfg); err != nil && !errors.Is(err, io.EOF) {
		return explain(err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("holds more than one YAML document; keep the first")
	}
	return nil
}

var unknownField = regexp.MustCompile(`^line (\d+): field (.+) not found in type config\.(\w+)$`)

// explain turns the decoder's words, which name Go types, into ours, which
// name keys.
func explain(err error) error {
	var typeError *yaml.TypeError
	if !errors.As(err, &typeError) {
		return errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	known := knownKeys()
	var errs []error
	for _, line := range typeError.Errors {
		if m := unknownField.FindStringSubmatch(line); m != nil {
			line = fmt.Sprintf("line %s: unknown key %q; the keys here are %s", m[1], m[2], known[m[3]])
		}
		errs = append(errs, errors.New(line))
	}
	return errors.Join(errs...)
}

// knownKeys lists the keys of every section by the name of its Go type.
func knownKeys() map[string]string {
	keys := map[string]string{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if !isSection(t) {
			return
		}
		var names []string
		for f := range fields(t) {
			names = append(names, f.Tag.Get("yaml"))
			visit(f.Type)
		}
		keys[t.Name()] = strings.Join(names, ", ")
	}
	visit(reflect.TypeFor[Config]())
	return keys
}
