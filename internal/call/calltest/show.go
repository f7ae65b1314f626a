package calltest

import (
	"fmt"
	"reflect"
	"strings"
)

// Show prints what is set of a struct, short enough to read.
func Show(x any) string {
	v := reflect.ValueOf(x)
	return v.Type().Name() + strings.TrimRight(" "+strings.Join(fields(v), " "), " ")
}

func fields(v reflect.Value) []string {
	var out []string
	for i := range v.NumField() {
		f, field := v.Type().Field(i), v.Field(i)
		switch {
		case f.Anonymous && f.IsExported():
			out = append(out, fields(field)...)
		case !f.IsExported() || field.IsZero():
		case field.Kind() == reflect.Struct:
			out = append(out, f.Name+"={"+strings.Join(fields(field), " ")+"}")
		default:
			out = append(out, f.Name+"="+short(fmt.Sprint(field.Interface())))
		}
	}
	return out
}

func short(s string) string {
	for name, id := range connections {
		s = strings.ReplaceAll(s, string(id), name)
	}
	s = strings.ReplaceAll(s, string(Other)+"/", "other leg")
	return strings.ReplaceAll(s, string(Call)+"/", "leg")
}
