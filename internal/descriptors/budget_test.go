package descriptors

import (
	"testing"

	"pgregory.net/rapid"
)

var usual = Wanted{Media: 5000, HTTP: 4096, Callbacks: 2048, Audio: 4096}

func TestWithEnoughEverybodyHasWhatIsWanted(t *testing.T) {
	for _, limit := range []int{0, Needed(usual), 1 << 20} {
		if b := Divide(limit, usual); b.Media != usual.Media || b.HTTP != usual.HTTP || b.Callbacks != usual.Callbacks || b.Audio != usual.Audio {
			t.Errorf("of %d: %+v", limit, b)
		}
	}
}

func TestTheMediaComesBeforeHTTP(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(256, 40_000).Draw(t, "limit")
		w := Wanted{
			Media: rapid.IntRange(1, 20_000).Draw(t, "media"), HTTP: rapid.IntRange(16, 20_000).Draw(t, "http"),
			Callbacks: rapid.IntRange(1, 4096).Draw(t, "callbacks"), Audio: rapid.IntRange(1, 4096).Draw(t, "audio"),
		}
		b := Divide(limit, w)
		if b.Media > w.Media || b.HTTP > w.HTTP || b.Callbacks > w.Callbacks || b.Audio > w.Audio {
			t.Fatalf("more than is wanted: %+v", b)
		}
		if b.Media < w.Media && (b.HTTP > fewest || b.Callbacks > fewest || b.Audio > fewest) {
			t.Fatalf("the media has less than it wants, and HTTP more than it needs: %+v", b)
		}
		if b.HTTP < min(w.HTTP, fewest) || b.Callbacks < min(w.Callbacks, fewest) || b.Audio < min(w.Audio, fewest) {
			t.Fatalf("HTTP has too little: %+v", b)
		}
		if sum := sockets*b.Media + b.HTTP + b.Callbacks + b.Audio + min(sipStreams, limit/4) + min(rest, limit/4); sum > limit {
			t.Fatalf("%d are given out of %d: %+v", sum, limit, b)
		}
	})
}

func TestTheLimitIsRaisedAsFarAsItMay(t *testing.T) {
	first, err := Raise()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Raise(); err != nil || again != first || first < 0 {
		t.Errorf("first %d, then %d (%v)", first, again, err)
	}
}
