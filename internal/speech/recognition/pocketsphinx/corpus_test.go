package pocketsphinx

import (
	"testing"

	"strowger/internal/speech"
	"strowger/internal/speech/recognition/recognitiontest"
)

// corpus is what is asked for, and what is said.
type corpus struct {
	voices []recognitiontest.Speaker
	// choices are phrases of which one is expected. Each phrase of each is said.
	choices [][]string
	// others are sentences and words that are none of them.
	others []string
}

// learnt is the corpus that the rule of verify.go was found with, and measured the one that
// it is measured with: other phrases, other sentences, and other ways to speak. Of the
// voices awb, en-gb and en-gb-scotland have taught nothing, here or to the network.
var (
	learnt = corpus{
		voices: []recognitiontest.Speaker{
			recognitiontest.OfFlite("slt", 1, 1), recognitiontest.OfFlite("rms", 1, 1), recognitiontest.OfFlite("slt", 1.2, 1.1), recognitiontest.OfFlite("rms", 0.9, 0.9),
			recognitiontest.OfESpeak("en-us", speech.Male, 1, 1), recognitiontest.OfESpeak("en-us", speech.Female, 1.15, 1),
		},
		choices: [][]string{
			{"yes", "no"}, {"confirm", "cancel"}, {"red", "green", "blue"}, {"monday", "tuesday", "wednesday", "thursday", "friday"},
			{"small", "medium", "large"}, {"english", "spanish"}, {"account balance", "recent transactions", "transfer money"},
			{"cash", "card", "cheque", "invoice"}, {"zero", "one", "two", "three", "four", "five", "six", "seven"},
			{"new order", "existing order", "returns", "something else"}, {"London", "Paris", "Berlin", "Rome", "Madrid"},
			{"stop", "go on", "again"}, {"true", "false"}, {"breakfast", "lunch", "dinner"},
		},
		others: []string{
			"I have no idea what you are talking about", "hello is anybody there", "could you please repeat the question", "hold on a second",
			"my daughter goes to school by bus", "the weather is lovely today", "can I speak to a human being", "I already told your colleague",
			"sorry I did not catch that", "let me get my glasses", "what time do you close", "who is calling please", "it is about my broken washing machine",
			"mum the phone is ringing", "turn that radio down will you", "I am on the train right now", "give me a moment", "this is ridiculous",
			"the parcel never arrived at my house", "how long does it take", "please leave a message after the tone", "nobody told me about that",
			"well let me think about it", "I would rather do that tomorrow evening", "could you call me back later", "pizza", "mountain", "umbrella", "hello", "maybe",
			"window", "what", "because", "excuse me", "never mind", "I forgot my password again", "we moved to another city last summer", "is this a recording",
		},
	}
	measured = corpus{
		voices: []recognitiontest.Speaker{
			recognitiontest.OfFlite("awb", 1, 1), recognitiontest.OfFlite("slt", 0.9, 1), recognitiontest.OfFlite("rms", 1.15, 1.1), recognitiontest.OfFlite("awb", 1.15, 0.9),
			recognitiontest.OfESpeak("en-gb", speech.Male, 1, 1), recognitiontest.OfESpeak("en-us", speech.Male, 0.9, 0.9), recognitiontest.OfESpeak("en-us", speech.Female, 1, 1.1), recognitiontest.OfESpeak("en-gb-scotland", speech.Male, 1, 1),
		},
		choices: [][]string{
			{"sales", "support", "billing"}, {"yes", "no"}, {"agent", "representative", "main menu", "repeat"},
			{"checking account", "savings account", "credit card"}, {"morning", "afternoon", "evening"},
			{"reschedule", "cancel", "confirm"}, {"January", "February", "March", "April", "May", "June", "July", "August"},
			{"black coffee", "green tea", "orange juice", "sparkling water", "lemonade"}, {"report a problem", "pay my bill"},
			{"doctor", "pharmacy", "emergency"}, {"north", "south", "east", "west"}, {"continue", "go back", "operator", "goodbye"},
			{"first floor", "second floor", "third floor"}, {"delivery", "collection"},
		},
		others: []string{
			"my dog has eaten the instructions", "are you a computer or a person", "I was cut off ten minutes ago", "where did I put my pen",
			"the children are asleep upstairs", "one moment someone is at the door", "I do not understand what you mean", "would you mind speaking a little louder",
			"it has been raining since the weekend", "this line is really bad", "I think you have the wrong person", "how much is that going to cost",
			"just put me through to somebody", "I sent you an email about this", "we are having guests over for the holidays", "thank you very much for your help",
			"the number on my letter is different", "can you hear me now", "let us talk about something different", "I need to ask my husband",
			"that was not what I wanted at all", "please take me off your list", "my internet is broken again", "somebody stole my bicycle",
			"do you have anything cheaper than that", "it must be a misunderstanding", "elephant", "keyboard", "strawberry", "whatever", "alright then", "oh dear",
		},
	}
	digits = []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
)

// noises are those that lie behind the voices.
var noises = []recognitiontest.Noise{{Name: "quiet"}, {Name: "white 15 dB", DB: 15}, {Name: "street 15 dB", DB: 15, Low: 0.9}}

func call(t *testing.T, by recognitiontest.Speaker, words string, behind recognitiontest.Noise) []int16 {
	t.Helper()
	return recognitiontest.Call(t, by, words, behind)
}
