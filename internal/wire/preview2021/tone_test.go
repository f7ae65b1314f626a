package preview2021

import "testing"

func TestEveryKeyHasItsName(t *testing.T) {
	for key, name := range map[byte]Tone{'0': "tone0", '9': "tone9", '*': "star", '#': "pound", 'A': "a", 'D': "d", 'E': ""} {
		if got := ToneOf(key); got != name {
			t.Errorf("%c is %q, want %q", key, got, name)
		}
	}
	if len(tones) != len(keys) {
		t.Errorf("%d names for %d keys", len(tones), len(keys))
	}
}
