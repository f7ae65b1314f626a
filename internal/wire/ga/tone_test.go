package ga

import "testing"

func TestEveryKeyHasItsNameAndBack(t *testing.T) {
	for _, key := range []byte(keys) {
		name := ToneOf(key)
		if back, ok := name.Key(); !ok || back != key {
			t.Errorf("%c is %q, which is %c", key, name, back)
		}
	}
	for key, name := range map[byte]Tone{'0': "zero", '9': "nine", '*': "asterisk", '#': "pound", 'A': "a", 'D': "d"} {
		if got := ToneOf(key); got != name {
			t.Errorf("%c is %q, want %q", key, got, name)
		}
	}
	if _, ok := Tone("Pound").Key(); !ok {
		t.Error("names are not accepted in any case")
	}
	if _, ok := Tone("star").Key(); ok || ToneOf('E') != "" {
		t.Error("there are keys that do not exist")
	}
}
