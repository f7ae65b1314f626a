package ga

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"strowger/internal/api"
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/ga"
)

// Published defaults.
const (
	initialSilenceSeconds = 5
	interToneSeconds      = 2
	defaultLanguage       = "en-US"
)

// endSilenceMostMs is a bound of ours: as long as the initial silence may be.
const endSilenceMostMs = 300_000

func (f family) readRecognize(r *api.Request, in ga.RecognizeRequest) (cmd call.Recognize, err error) {
	if err := api.OneOf("recognizeInputType", in.RecognizeInputType, api.Needed,
		ga.RecognizeDTMF, ga.RecognizeSpeech, ga.RecognizeSpeechOrDTMF, ga.RecognizeChoices); err != nil {
		return cmd, err
	}
	if in.RecognizeOptions == nil {
		return cmd, wire.Fieldf("recognizeOptions", "is missing")
	}
	if cmd, err = readRecognizeOptions(*in.RecognizeOptions); err != nil {
		return cmd, api.Within("recognizeOptions", err)
	}
	cmd.Repeatable, cmd.Connection = r.Repeatable, r.Connection()
	cmd.Interrupt = in.InterruptCallMediaOperation
	if cmd.Prompt, err = f.prompt(in); err != nil {
		return cmd, err
	}
	if err := f.listen(&cmd, in); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

// listen says what counts: keys, a voice, or choices by them.
func (f family) listen(cmd *call.Recognize, in ga.RecognizeRequest) (err error) {
	options := *in.RecognizeOptions
	voice, err := readVoice(options)
	if err != nil {
		return api.Within("recognizeOptions", err)
	}
	switch {
	case strings.EqualFold(in.RecognizeInputType, ga.RecognizeDTMF):
		return nil
	case strings.EqualFold(in.RecognizeInputType, ga.RecognizeChoices):
		if cmd.Choices, err = readChoices(options.Choices); err != nil {
			return api.Within("recognizeOptions", err)
		}
		voice.Only = cmd.Choices[0].Tone == 0
		hasPhrases := slices.ContainsFunc(cmd.Choices, func(c call.Choice) bool { return len(c.Phrases) > 0 })
		if !voice.Only && (!hasPhrases || !f.Hears(voice.Language)) {
			return nil // they can be made with a key
		}
	default:
		voice.Only = strings.EqualFold(in.RecognizeInputType, ga.RecognizeSpeech)
	}
	cmd.Voice = &voice
	return nil
}

// readVoice holds to what is published also what a recognition of keys has no use for.
func readVoice(in ga.RecognizeOptions) (v call.Voice, err error) {
	if v.Language, err = spokenIn(in).read(api.Optional); err != nil {
		return v, err
	}
	v.Language, v.Model = cmp.Or(v.Language, defaultLanguage), in.SpeechRecognitionModelEndpointID
	if in.SpeechOptions != nil && in.SpeechOptions.EndSilenceTimeoutInMs != nil {
		ms := *in.SpeechOptions.EndSilenceTimeoutInMs
		if ms < 0 || ms > endSilenceMostMs {
			return v, wire.Fieldf("speechOptions.endSilenceTimeoutInMs", "is %d, it has to be from 0 to %d", ms, endSilenceMostMs)
		}
		v.EndSilence = time.Duration(ms) * time.Millisecond
	}
	return v, analysis{sentiment: in.EnableSentimentAnalysis}.check()
}

func spokenIn(in ga.RecognizeOptions) tongue {
	return tongue{"speechLanguage", in.SpeechLanguage, in.SpeechLanguages}
}

// readChoices reads choices. The service has it that either all of them have a key or
// none.
func readChoices(in []ga.Choice) ([]call.Choice, error) {
	if len(in) == 0 {
		return nil, wire.Fieldf("choices", "is missing or empty; at least one choice is needed")
	}
	byVoice := !slices.ContainsFunc(in, func(c ga.Choice) bool { return c.Tone != "" })
	var choices []call.Choice
	seen := map[call.Tone]bool{}
	for i, c := range in {
		field := api.Indexed("choices", i)
		if err := checkChoice(c, byVoice); err != nil {
			return nil, api.Within(field, err)
		}
		choice := call.Choice{Label: c.Label, Phrases: c.Phrases}
		if !byVoice {
			key, _ := c.Tone.Key()
			choice.Tone = call.Tone(key)
			if seen[choice.Tone] {
				return nil, wire.Fieldf(field+".tone", "%s stands for another choice already", c.Tone)
			}
			seen[choice.Tone] = true
		}
		choices = append(choices, choice)
	}
	return choices, nil
}

func checkChoice(c ga.Choice, byVoice bool) error {
	_, known := c.Tone.Key()
	switch {
	case c.Label == "":
		return wire.Fieldf("label", "is missing")
	case c.Phrases == nil || byVoice && len(c.Phrases) == 0:
		return wire.Fieldf("phrases", "is missing or empty")
	case slices.Contains(c.Phrases, ""):
		return wire.Fieldf("phrases", "holds an empty phrase")
	case byVoice:
		return nil
	case c.Tone == "":
		return wire.Fieldf("tone", "is missing: other choices have one")
	case !known:
		return wire.Fieldf("tone", "%.64q is not the name of a tone", c.Tone)
	}
	return nil
}

// lackingForRecognize is what of a recognition needs speech.
func (f family) lackingForRecognize(in ga.RecognizeRequest) *api.Refusal {
	if in.PlayPrompt != nil {
		if lacking := f.unspokenSource("playPrompt", *in.PlayPrompt); lacking != nil {
			return lacking
		}
	}
	if lacking := f.unspoken("playPrompts", in.PlayPrompts); lacking != nil {
		return lacking
	}
	if !needsVoice(in) {
		return nil
	}
	t := spokenIn(*in.RecognizeOptions)
	if t.one == "" && len(t.many) == 0 {
		t.one = defaultLanguage
	}
	return f.unheard("recognizeOptions.", t)
}

// needsVoice reports whether a recognition cannot do with keys.
func needsVoice(in ga.RecognizeRequest) bool {
	is := func(kind string) bool { return strings.EqualFold(in.RecognizeInputType, kind) }
	switch {
	case in.RecognizeOptions == nil:
		return false
	case is(ga.RecognizeChoices):
		choices := in.RecognizeOptions.Choices
		return len(choices) > 0 && choices[0].Tone == ""
	}
	return is(ga.RecognizeSpeech) || is(ga.RecognizeSpeechOrDTMF)
}

func (f family) prompt(in ga.RecognizeRequest) ([]call.PlaySource, error) {
	var prompt []call.PlaySource
	if in.PlayPrompt != nil {
		first, err := f.source(*in.PlayPrompt)
		if err != nil {
			return nil, api.Within("playPrompt", err)
		}
		prompt = append(prompt, first)
	}
	rest, err := f.sources("playPrompts", in.PlayPrompts)
	return append(prompt, rest...), err
}

// readRecognizeOptions places faults below the options.
func readRecognizeOptions(in ga.RecognizeOptions) (cmd call.Recognize, err error) {
	if cmd.Participant, err = api.Address("targetParticipant", in.TargetParticipant); err != nil {
		return cmd, err
	}
	cmd.KeyInterrupts = in.InterruptPrompt == nil || *in.InterruptPrompt
	silence, err := between("initialSilenceTimeoutInSeconds", in.InitialSilenceTimeoutInSeconds, 0, 300, initialSilenceSeconds)
	if err != nil {
		return cmd, err
	}
	cmd.InitialSilence = time.Duration(silence) * time.Second
	dtmf := ga.DTMFOptions{}
	if in.DTMFOptions != nil {
		dtmf = *in.DTMFOptions
	}
	return cmd, api.Within("dtmfOptions", readDTMF(&cmd, dtmf))
}

func readDTMF(cmd *call.Recognize, in ga.DTMFOptions) error {
	gap, err := between("interToneTimeoutInSeconds", in.InterToneTimeoutInSeconds, 1, 60, interToneSeconds)
	if err != nil {
		return err
	}
	cmd.InterTone = time.Duration(gap) * time.Second
	if cmd.MaxTones, err = between("maxTonesToCollect", in.MaxTonesToCollect, 1, call.TonesMost, 0); err != nil {
		return err
	}
	cmd.StopTones, err = tones("stopTones", in.StopTones)
	return err
}
