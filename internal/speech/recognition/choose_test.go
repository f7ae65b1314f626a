package recognition

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// menu is what an application asks for in the published samples, and digits.
var menu = []Choice{
	{Phrases: []string{"Confirm", "First", "One"}},
	{Phrases: []string{"Cancel", "Second", "Two"}},
	{Phrases: []string{"Sales", "sales department"}},
	{Phrases: []string{"Talk to an agent", "agent"}},
	{Phrases: []string{"four", "billing"}},
	{Phrases: []string{"8", "No"}},
	{Phrases: []string{"yes"}},
}

func TestTheChoiceThatWasMeantIsChosen(t *testing.T) {
	for heard, want := range map[string]string{
		"confirm": "Confirm", "Confirm.": "Confirm", " CONFIRM! ": "Confirm",
		"1": "One", "One": "One", "won": "One",
		"2": "Two", "two.": "Two", "to": "Two", "Too.": "Two",
		"Four": "four", "4": "four", "for": "four", "fore": "four",
		"eight": "8", "ate": "8", "8.": "8", "no": "No", "No, thanks.": "No",
		"I'd like to talk to an agent, please.": "Talk to an agent",
		"an agent":                              "agent",
		"The sales department please":           "sales department",
		"sails":                                 "Sales", "Cancels": "Cancel", "conform": "Confirm", "Bill in": "billing",
		"Yes, please": "yes", "yes yes": "yes",
	} {
		chosen, phrase, confidence, ok := Choose(Heard{Text: heard, Confidence: 0.8}, menu)
		if !ok || phrase != want || confidence <= 0 || confidence > 0.8 {
			t.Errorf("%q is %q (%v, confidence %v), want %q", heard, phrase, ok, confidence, want)
		} else if !strings.Contains(strings.Join(menu[chosen].Phrases, "|"), phrase) {
			t.Errorf("%q is of choice %d", phrase, chosen)
		}
	}
}

func TestWhatIsNoneOfTheChoicesIsNoneOfThem(t *testing.T) {
	for _, heard := range []string{
		"", " . ", "What is the weather like tomorrow?", "I am not sure about that", "so", "you", "the", "hello", "Could you repeat the question?",
		"My dog ate for days", "it is for you", "umbrella", "Thursday", strings.Repeat("conform ", 40),
	} {
		if chosen, phrase, _, ok := Choose(Heard{Text: heard}, menu); ok || chosen != -1 {
			t.Errorf("%q is taken for %q", heard, phrase)
		}
	}
	if _, _, _, ok := Choose(Heard{Text: "yes"}, []Choice{{}, {Phrases: []string{"", "?"}}}); ok {
		t.Error("a phrase without words is chosen")
	}
}

func TestNumbersAreTheSameHoweverTheyAreWritten(t *testing.T) {
	for _, c := range []struct{ phrase, heard string }{
		{"zwei", "2"}, {"Fünf.", "5"}, {"trois", "3"}, {"ocho", "8"}, {"sette", "7"}, {"zeven", "7"}, {"option 10", "Option ten"}, {"2 1", "two one"},
	} {
		if _, phrase, _, ok := Choose(Heard{Text: c.heard}, []Choice{{Phrases: []string{"other"}}, {Phrases: []string{c.phrase}}}); !ok || phrase != c.phrase {
			t.Errorf("%q is %q, want %q", c.heard, phrase, c.phrase)
		}
	}
}

func TestTheNearestIsChosenAndOfTwoTheFirst(t *testing.T) {
	choices := []Choice{{Phrases: []string{"Austin"}}, {Phrases: []string{"Boston"}}, {Phrases: []string{"boston"}}, {Phrases: []string{"new Boston"}}}
	for heard, want := range map[string]int{"Bosten": 1, "Austen": 0, "boston": 1, "to new boston": 3, "Boston and Austin": 0} {
		if chosen, phrase, _, _ := Choose(Heard{Text: heard}, choices); chosen != want {
			t.Errorf("%q is choice %d, %q; want %d", heard, chosen, phrase, want)
		}
	}
}

func TestAnEngineThatDoesNotSayHowSureItIsIsTakenToBe(t *testing.T) {
	_, _, exact, _ := Choose(Heard{Text: "cancel"}, menu)
	_, _, nearly, _ := Choose(Heard{Text: "cancels"}, menu)
	if exact != 1 || nearly >= 1 || nearly < 0.5 {
		t.Errorf("the phrase itself has %v, a word like it %v", exact, nearly)
	}
}

func FuzzChoose(f *testing.F) {
	f.Add("I'd like two", "two")
	f.Add("\xff 2", "É’")
	f.Fuzz(func(t *testing.T, heard, phrase string) {
		chosen, as, confidence, ok := Choose(Heard{Text: heard, Confidence: 0.7}, []Choice{{Phrases: []string{phrase}}})
		if ok && (chosen != 0 || as != phrase || confidence <= 0 || confidence > 0.7) || !ok && chosen != -1 {
			t.Errorf("%d %q %v %v", chosen, as, confidence, ok)
		}
		if utf8.ValidString(phrase) && len(wordsOf(phrase)) > 0 {
			if _, _, _, ok := Choose(Heard{Text: phrase}, []Choice{{Phrases: []string{phrase}}}); !ok {
				t.Errorf("%q is not itself", phrase)
			}
		}
	})
}
