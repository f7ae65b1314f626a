package calltest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"strowger/internal/call"
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
		case field.Kind() == reflect.Interface && field.Elem().Kind() == reflect.Struct:
			out = append(out, f.Name+"={"+Show(field.Interface())+"}")
		case field.Kind() == reflect.Struct:
			out = append(out, f.Name+"={"+strings.Join(fields(field), " ")+"}")
		default:
			out = append(out, f.Name+"="+short(fmt.Sprint(field.Interface())))
		}
	}
	return out
}

// ShowTimers prints what became of a call's timers in a step that was taken now:
// those that run no more, and those that began to.
func ShowTimers(now time.Time, before, after []call.Timer) (lines []string) {
	for _, t := range before {
		if !slices.Contains(after, t) {
			lines = append(lines, fmt.Sprintf("timer  -%d", t.ID))
		}
	}
	for _, t := range after {
		if !slices.Contains(before, t) {
			lines = append(lines, fmt.Sprintf("timer  +%d %s %s in %s", t.ID, t.Purpose, owner(t), t.Due.Sub(now)))
		}
	}
	return lines
}

func owner(t call.Timer) string {
	switch t.Purpose {
	case call.RingTimer, call.ReferTimer, call.ReferrerTimer, call.MachineTimer:
		return short(string(t.Leg))
	case call.IncomingTimer:
		return fmt.Sprint(t.Incoming)
	}
	return fmt.Sprint(t.Operation)
}

func short(s string) string {
	for name, id := range connections {
		s = strings.ReplaceAll(s, string(id), name)
	}
	for n := 1; strings.Contains(s, string(Call)[:16]) && n < 10; n++ {
		s = strings.ReplaceAll(s, string(call.NewRecordingID(Call, n)), fmt.Sprint("recording", n))
	}
	s = strings.ReplaceAll(s, string(Other)+"/", "other leg")
	return strings.ReplaceAll(s, string(Call)+"/", "leg")
}
