package pocketsphinx

import "testing"

func TestAPhraseIsTakenWhenItFitsLikeSounds(t *testing.T) {
	phrase := Decoding{{"<sil>", 0, 9, -100}, {"yes", 10, 29, -500}, {"<sil>", 30, 39, -100}}
	alike := Decoding{{"SIL", 0, 9, -100}, {"Y", 10, 15, -140}, {"EH", 16, 22, -150}, {"S", 23, 29, -150}, {"SIL", 30, 39, -100}}
	better := Decoding{{"SIL", 0, 9, -100}, {"K", 10, 15, 500}, {"AE", 16, 22, 500}, {"T", 23, 29, 500}, {"SIL", 30, 39, -100}}
	if sure := verify(phrase, alike); sure < 0.9 {
		t.Errorf("what fits is sure to %.2f", sure)
	}
	if sure := verify(phrase, better); sure > 0.5 {
		t.Errorf("other sounds fit far better, and it is sure to %.2f", sure)
	}
	long := append(Decoding{}, alike[:4]...)
	for at := 30; at < 100; at += 7 {
		long = append(long, Segment{"AH", at, at + 6, -70})
	}
	phrase[2] = Segment{"<sil>", 30, 99, -700}
	if sure := verify(phrase, long); sure > 0.5 {
		t.Errorf("ten sounds more were said, and it is sure to %.2f", sure)
	}
}

func TestWhereNothingWasSaidNothingIsSure(t *testing.T) {
	for _, phrase := range []Decoding{nil, {{"<sil>", 0, 9, -100}}, {{"[NOISE]", 0, 9, -100}}} {
		if sure := verify(phrase, Decoding{{"SIL", 0, 9, -90}}); sure != 0 {
			t.Errorf("%v is sure to %.2f", phrase, sure)
		}
	}
	// Decodings need not be of one length: a search that found nothing has none.
	if sure := verify(Decoding{{"yes", 0, 9, -100}}, nil); sure < 0 || sure > 1 {
		t.Errorf("it is sure to %.2f", sure)
	}
}
