package pocketsphinx

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/speech"
	"strowger/internal/speech/recognition"
)

// The corpus is made: speech by the synthesisers of this machine, noise by arithmetic,
// and a telephone by G.711. There is no person in it.

// corpus is what is asked for, and what is said.
type corpus struct {
	voices []voice
	// choices are phrases of which one is expected. Each phrase of each is said.
	choices [][]string
	// others are sentences and words that are none of them.
	others []string
}

// voice is one of a synthesiser's, and how it speaks.
type voice struct {
	name   string
	engine speech.Engine
	speech.Voice
	speech.Manner
}

var (
	flite  = speech.NewFlite()
	espeak = speech.NewESpeak()
)

func ofFlite(name string, rate, pitch float64) voice {
	return voice{fmt.Sprintf("flite %s %.2f", name, rate), flite, speech.Voice{Language: "en-US", Name: name}, speech.Manner{Rate: rate, Pitch: pitch}}
}

func ofESpeak(language string, gender speech.Gender, rate, pitch float64) voice {
	return voice{fmt.Sprintf("espeak %s %s %.2f", language, gender, rate), espeak, speech.Voice{Language: language, Gender: gender}, speech.Manner{Rate: rate, Pitch: pitch}}
}

// learnt is the corpus that the rule of verify.go was found with, and measured the one that
// it is measured with: other phrases, other sentences, and other ways to speak. Of the
// voices awb, en-gb and en-gb-scotland have taught nothing, here or to the network.
var (
	learnt = corpus{
		voices: []voice{
			ofFlite("slt", 1, 1), ofFlite("rms", 1, 1), ofFlite("slt", 1.2, 1.1), ofFlite("rms", 0.9, 0.9),
			ofESpeak("en-us", speech.Male, 1, 1), ofESpeak("en-us", speech.Female, 1.15, 1),
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
		voices: []voice{
			ofFlite("awb", 1, 1), ofFlite("slt", 0.9, 1), ofFlite("rms", 1.15, 1.1), ofFlite("awb", 1.15, 0.9),
			ofESpeak("en-gb", speech.Male, 1, 1), ofESpeak("en-us", speech.Male, 0.9, 0.9), ofESpeak("en-us", speech.Female, 1, 1.1), ofESpeak("en-gb-scotland", speech.Male, 1, 1),
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

// noise is what lies behind a voice.
type noise struct {
	name string
	db   float64 // below the voice; 0: nothing
	low  float64 // how much of it stays from one sample to the next: 0 is white
}

var noises = []noise{{name: "quiet"}, {"white 15 dB", 15, 0}, {"street 15 dB", 15, 0.9}}

// call is what arrives at recognition.RateHz of what a voice says on a telephone: a
// little before and after it too, as package recognition has it.
func call(t *testing.T, by voice, words string, behind noise) []int16 {
	t.Helper()
	sound, err := by.engine.Say(context.Background(), speech.Line{Text: words, Voice: by.Voice, Manner: by.Manner})
	if err != nil {
		t.Fatal(by.name, ": ", err)
	}
	const rateHz = media.Narrowband
	said := trimmed(codec.Resample(sound.Samples, sound.RateHz, rateHz))
	dice := rand.New(rand.NewPCG(uint64(len(said)), uint64(len(words))))
	line := make([]float64, len(said)+rateHz*8/10)
	gain := 3000 * math.Pow(10, (dice.Float64()-0.7)/2) / level(said)
	for i, s := range said {
		line[rateHz*3/10+i] = float64(s) * gain
	}
	behind.lie(line, gain*level(said), dice)
	samples := make([]int16, len(line))
	for i, v := range line {
		samples[i] = int16(max(-32768, min(32767, v)))
	}
	payload, decoded := make([]byte, len(samples)), make([]int16, len(samples))
	codec.PCMU.NewEncoder("").Encode(payload, samples)
	codec.PCMU.NewDecoder("").Decode(decoded, payload)
	return codec.Resample(decoded, rateHz, recognition.RateHz)
}

// lie adds the noise to a line with a voice at a level.
func (n noise) lie(line []float64, level float64, dice *rand.Rand) {
	loud := 2.0 // not even a quiet line is silent
	if n.db > 0 {
		loud = level * math.Pow(10, -n.db/20)
	}
	made, before, energy := make([]float64, len(line)), 0.0, 0.0
	for i := range made {
		before = n.low*before + dice.NormFloat64()
		made[i] = before
		energy += before * before
	}
	scale := loud / math.Sqrt(energy/float64(len(made)))
	for i := range line {
		line[i] += scale * made[i]
	}
}

// level is the root of the mean square.
func level(samples []int16) float64 {
	energy := 1.0
	for _, s := range samples {
		energy += float64(s) * float64(s)
	}
	return math.Sqrt(energy / float64(max(len(samples), 1)))
}

// trimmed leaves out the silence that engines put around a line.
func trimmed(samples []int16) []int16 {
	loud := func(s int16) bool { return s > 300 || s < -300 }
	for len(samples) > 0 && !loud(samples[0]) {
		samples = samples[1:]
	}
	for len(samples) > 0 && !loud(samples[len(samples)-1]) {
		samples = samples[:len(samples)-1]
	}
	return samples
}
