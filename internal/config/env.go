package config

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// envPrefix begins the name of every variable that overrides a key.
const envPrefix = "STROWGER_"

// override applies the variables of environ to cfg. A variable of a section
// that we do not have is somebody else's; one of ours with an unknown key is
// a mistake.
func override(cfg *Config, environ []string) error {
	settings := overridable(cfg)
	environ = slices.Sorted(slices.Values(environ))
	var errs []error
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, envPrefix) {
			continue
		}
		field, known := settings[name]
		if !known {
			if section := sectionOf(name); section != "" {
				errs = append(errs, unknownVariable(name, section, settings))
			}
			continue
		}
		if err := setFromText(field, value); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// overridable maps each variable's name to the field that it sets.
func overridable(cfg *Config) map[string]reflect.Value {
	settings := map[string]reflect.Value{}
	var visit func(prefix string, v reflect.Value)
	visit = func(prefix string, v reflect.Value) {
		for f := range fields(v.Type()) {
			name := prefix + strings.ToUpper(f.Tag.Get("yaml"))
			field := v.FieldByIndex(f.Index)
			switch {
			case isSection(f.Type):
				visit(name+"_", field)
			case f.Type.Kind() == reflect.Slice && isSection(f.Type.Elem()):
				// People, trunks and subscriptions are written in the file.
			default:
				settings[name] = field
			}
		}
	}
	visit(envPrefix, reflect.ValueOf(cfg).Elem())
	return settings
}

// setFromText reads a value as YAML would have read it, so that the file and
// the environment agree on what 30s or true mean.
func setFromText(field reflect.Value, text string) error {
	node := scalar(field.Type(), text)
	if field.Kind() == reflect.Slice {
		node = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				node.Content = append(node.Content, scalar(field.Type().Elem(), item))
			}
		}
	}
	fresh := reflect.New(field.Type())
	if err := node.Decode(fresh.Interface()); err != nil {
		return fmt.Errorf("cannot read %q as %s", text, kindInWords(field.Type()))
	}
	field.Set(fresh.Elem())
	return nil
}

func scalar(t reflect.Type, text string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	if t.Kind() == reflect.String {
		node.Tag = "!!str" // a password of digits stays as it is written
	}
	return node
}

func kindInWords(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[PortRange]():
		return "a port range such as 20000-29999"
	case t.PkgPath() == "time":
		return "a duration such as 30s or 24h"
	case t.Kind() == reflect.Bool:
		return "true or false"
	default:
		return "a whole number"
	}
}

func unknownVariable(name, section string, settings map[string]reflect.Value) error {
	var siblings []string
	for sibling := range settings {
		if strings.HasPrefix(sibling, envPrefix+section+"_") {
			siblings = append(siblings, sibling)
		}
	}
	if len(siblings) == 0 {
		return fmt.Errorf("%s: %s is set in the file only", name, strings.ToLower(section))
	}
	slices.Sort(siblings)
	return fmt.Errorf("%s overrides nothing; in this section there are %s"+
		" (when Kubernetes made the variable for a service, set enableServiceLinks: false)", name, strings.Join(siblings, ", "))
}

// sectionOf is the section of Config that the variable's name begins with.
func sectionOf(variable string) string {
	for f := range fields(reflect.TypeFor[Config]()) {
		section := strings.ToUpper(f.Tag.Get("yaml"))
		rest, ok := strings.CutPrefix(variable, envPrefix+section)
		if ok && (rest == "" || rest[0] == '_') {
			return section
		}
	}
	return ""
}

// isSection tells a mapping of further keys from a value.
func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[PortRange]()
}

func fields(t reflect.Type) iter.Seq[reflect.StructField] {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}
