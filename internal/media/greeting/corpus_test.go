package greeting_test

import (
	"math/rand/v2"

	"strowger/internal/media/greeting"
	"strowger/internal/speech"
)

// The corpus is made: speech by the synthesisers of this machine, noise, music and tones by
// arithmetic. It has no telephone line and no person in it; what it measures is whether
// the rule of judge.go tells apart what was meant to be told apart.

// text is what somebody says, in a language.
type text struct {
	language string
	phrases  []string // with pauses between them
}

func english(phrases ...string) text { return text{"en-us", phrases} }

// hellos are how people answer at home: a word or two.
var hellos = []text{
	english("Hello?"), english("Yes?"), english("Hi."), english("Yeah?"), english("Hello, hello?"),
	english("Yes, who is this?"), english("Good morning."), english("Speaking."), english("Hey, what's up?"),
	english("Hello, who's calling please?"), english("Yes, hello?"), english("Hi there."),
	{"de", []string{"Hallo?"}}, {"de", []string{"Ja, bitte?"}}, {"fr-fr", []string{"Allô?"}}, {"es", []string{"¿Diga?"}},
}

// names are how people answer who say who they are.
var names = []text{
	english("Smith."), english("Hello, this is Anna."), english("Peter Miller speaking."), english("Anderson residence."),
	english("Hi, you've got Mark."), english("Hello,", "Robert here."), english("This is Doctor Brown."), english("Johnson, hello?"),
	{"de", []string{"Müller."}}, {"de", []string{"Schmidt, guten Tag."}}, {"fr-fr", []string{"Oui, bonjour, ici Marie."}}, {"es", []string{"Hola, soy Carmen."}},
}

// companies are how people answer at work: a sentence, learnt by heart.
var companies = []text{
	english("Contoso, good morning."), english("Fabrikam support, Anna speaking."), english("Thank you for calling Contoso.", "How can I help?"),
	english("Good afternoon, Northwind Traders, this is Mark."), english("Reception, how may I help you?"),
	english("Front desk, Peter speaking, how can I help you?"), english("City hospital, emergency room."), english("Tailspin Toys, sales department, good morning."),
	{"de", []string{"Firma Contoso, mein Name ist Weber, guten Tag."}}, {"fr-fr", []string{"Société Contoso, bonjour."}},
}

// personal are greetings that people have recorded.
var personal = []text{
	english("Hi, this is Anna.", "I can't come to the phone right now, so please leave a message after the beep."),
	english("Hello, you've reached Peter Miller.", "I'm not available at the moment.", "Please leave your name and number and I'll call you back."),
	english("Hey, it's Mark.", "Leave a message."),
	english("Hi!", "You've reached the Smiths.", "We are not at home right now.", "Please leave us a message and we'll get back to you."),
	english("You have reached the voicemail of Doctor Brown.", "If this is an emergency, please hang up and dial nine one one."),
	english("Sorry I missed your call.", "Please leave a message with your name and number after the tone."),
	english("This is Robert.", "I'm either away from my desk or on another call.", "Please leave a message and have a great day."),
	english("Hello?", "Just kidding, this is my voicemail, please leave a message after the beep."),
	{"de", []string{"Hallo, hier ist der Anschluss von Familie Müller.", "Wir sind im Moment nicht zu Hause.", "Bitte hinterlassen Sie eine Nachricht nach dem Ton."}},
	{"fr-fr", []string{"Bonjour, vous êtes bien sur le répondeur de Marie.", "Laissez-moi un message après le bip."}},
	{"es", []string{"Hola, has llamado a Carmen.", "Ahora no puedo atenderte.", "Deja un mensaje después de la señal."}},
}

// carriers are greetings of networks and companies.
var carriers = []text{
	english("The person you are calling is not available.", "Please leave a message after the tone."),
	english("Your call has been forwarded to an automated voice messaging system.", "At the tone, please record your message."),
	english("You have reached four two five, five five five, zero one zero zero.", "Please leave a message after the tone."),
	english("The wireless customer you are calling is not available.", "Please try again later."),
	english("Thank you for calling Contoso.", "Our office is currently closed.", "Our business hours are Monday to Friday, from nine to five."),
	english("Welcome to Fabrikam.", "Please listen carefully as our menu options have changed.", "For sales, press one.", "For support, press two."),
	english("Good day.", "All our agents are busy at the moment.", "Please hold the line, and your call will be answered shortly."),
	{"de", []string{"Der gewünschte Gesprächspartner ist zur Zeit nicht erreichbar.", "Bitte hinterlassen Sie nach dem Signalton eine Nachricht."}},
	{"fr-fr", []string{"Votre correspondant n'est pas disponible.", "Veuillez laisser un message après le signal sonore."}},
}

// announcements come from the network, after its three tones.
var announcements = []text{
	english("We're sorry.", "The number you have dialled is not in service.", "Please check the number and dial again."),
	english("Your call cannot be completed as dialled.", "Please check the number, or call your operator."),
}

// speaker is a voice of a synthesiser.
type speaker struct {
	engine speech.Engine
	voice  speech.Voice
	manner speech.Manner
}

var (
	flite  = speech.NewFlite()
	espeak = speech.NewESpeak()
)

// speakers are the voices of a language.
func speakers(language string) []speaker {
	female, male := speech.Voice{Language: language, Gender: speech.Female}, speech.Voice{Language: language, Gender: speech.Male}
	all := []speaker{{espeak, female, speech.Manner{}}, {espeak, male, speech.Manner{Rate: 1.15}}}
	if language != "en-us" {
		return all
	}
	for i, name := range []string{"slt", "rms", "awb", "slt", "rms", "awb"} {
		manner := speech.Manner{Rate: []float64{1, 1, 1, 1.15, 1.2, 0.9}[i], Pitch: []float64{1, 1, 1, 1.15, 0.9, 1.1}[i]}
		all = append(all, speaker{flite, speech.Voice{Language: "en-us", Name: name}, manner})
	}
	return all
}

// sample is one answered call.
type sample struct {
	kind   string
	name   string
	truth  greeting.Answerer
	frames [][]int16
	// Of a machine:
	over int  // the frame in which the greeting is over, with its beep
	beep bool // there was one
}

// kind is a kind of answer, and how a sample of it is made.
type kind struct {
	name  string
	truth greeting.Answerer
	make  func(line *line, number int)
}

// kinds are all kinds of answers.
var kinds = []kind{
	{"hello", greeting.Human, person(hellos, clean)},
	{"hello, noise 15 dB", greeting.Human, person(hellos, noisy)},
	{"hello, music behind", greeting.Human, person(hellos, radio)},
	{"name", greeting.Human, person(names, clean)},
	{"name, noise 15 dB", greeting.Human, person(names, noisy)},
	{"company", greeting.Human, person(companies, clean)},
	{"personal machine, beep", greeting.Machine, machine(personal, clean, beepAfter)},
	{"personal machine, noise", greeting.Machine, machine(personal, noisy, beepAfter)},
	{"personal machine, no beep", greeting.Machine, machine(personal, clean, nothingAfter)},
	{"carrier's machine, beep", greeting.Machine, machine(carriers, clean, beepAfter)},
	{"company's machine, no beep", greeting.Machine, machine(carriers, clean, nothingAfter)},
	{"machine with music", greeting.Machine, machine(carriers, radio, beepAfter)},
	{"beep alone", greeting.Machine, beepAlone},
	{"announcement", greeting.Machine, announcement},
	{"fax, called tone", greeting.Fax, faxCalled},
	{"fax, calling tone", greeting.Fax, faxCalling},
	{"hello, knocks", greeting.Human, person(hellos, knocks)},
	{"hello, hum", greeting.Human, person(hellos, hum)},
	{"machine, knocks", greeting.Machine, machine(carriers, knocks, nothingAfter)},
	{"knocks", greeting.Unknown, func(l *line, _ int) { l.wait(8); knocks(l) }},
	{"hum", greeting.Unknown, func(l *line, _ int) { l.wait(8); hum(l) }},
	{"silence", greeting.Unknown, nobody},
	{"noise", greeting.Unknown, noiseAlone},
}

// made is the n-th sample of a kind: the same each time.
func (k kind) made(n int) sample {
	l := &line{dice: rand.New(rand.NewPCG(uint64(len(k.name))*1000+uint64(k.name[0]), uint64(n)))}
	k.make(l, n)
	l.sample.kind, l.sample.truth = k.name, k.truth
	l.sample.frames = l.frames()
	return l.sample
}
