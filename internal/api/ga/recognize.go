package ga

import (
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
	if err := listen(&cmd, in); err != nil {
		return cmd, err
	}
	cmd.Operation, err = f.operation(in.OperationContext, in.OperationCallbackURI)
	return cmd, err
}

// listen says what counts: keys, or choices.
func listen(cmd *call.Recognize, in ga.RecognizeRequest) (err error) {
	if strings.EqualFold(in.RecognizeInputType, ga.RecognizeChoices) {
		cmd.Choices, err = readChoices(in.RecognizeOptions.Choices)
	}
	return api.Within("recognizeOptions", err)
}

// readChoices reads choices that can all be made with a key, or checks those that
// are made by voice alone. The service has it that either all choices have a
// key or none.
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
		if byVoice {
			continue
		}
		key, _ := c.Tone.Key()
		if seen[call.Tone(key)] {
			return nil, wire.Fieldf(field+".tone", "%s stands for another choice already", c.Tone)
		}
		seen[call.Tone(key)] = true
		choices = append(choices, call.Choice{Label: c.Label, Tone: call.Tone(key)})
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
	switch {
	case strings.EqualFold(in.RecognizeInputType, ga.RecognizeDTMF):
		return nil
	case !strings.EqualFold(in.RecognizeInputType, ga.RecognizeChoices):
		return notConfigured("recognizeInputType", "no speech recognition is configured on this server")
	case in.RecognizeOptions == nil || len(in.RecognizeOptions.Choices) == 0 || in.RecognizeOptions.Choices[0].Tone != "":
		return nil
	}
	return notConfigured("recognizeOptions.choices[0].tone", "choices by voice need speech recognition, and none is configured on this server; choices with a tone can be made by key")
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
	if err := checkSpeech(in); err != nil {
		return cmd, err
	}
	dtmf := ga.DTMFOptions{}
	if in.DTMFOptions != nil {
		dtmf = *in.DTMFOptions
	}
	return cmd, api.Within("dtmfOptions", readDTMF(&cmd, dtmf))
}

// checkSpeech holds to what is published what only speech has a use for.
func checkSpeech(in ga.RecognizeOptions) error {
	if err := spoken("speechLanguage", in.SpeechLanguage); err != nil {
		return err
	}
	for i, language := range in.SpeechLanguages {
		if err := spoken(api.Indexed("speechLanguages", i), language); err != nil {
			return err
		}
	}
	if in.SpeechOptions == nil || in.SpeechOptions.EndSilenceTimeoutInMs == nil {
		return nil
	}
	if ms := *in.SpeechOptions.EndSilenceTimeoutInMs; ms < 0 || ms > endSilenceMostMs {
		return wire.Fieldf("speechOptions.endSilenceTimeoutInMs", "is %d, it has to be from 0 to %d", ms, endSilenceMostMs)
	}
	return nil
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
