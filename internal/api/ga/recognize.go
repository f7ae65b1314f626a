package ga

import (
	"math"
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

func (f family) readRecognize(r *api.Request, in ga.RecognizeRequest) (cmd call.Recognize, err error) {
	if err := checkInputType(in.RecognizeInputType); err != nil {
		return cmd, err
	}
	if in.RecognizeOptions == nil {
		return cmd, wire.Fieldf("recognizeOptions", "is missing")
	}
	if cmd, err = readRecognizeOptions(*in.RecognizeOptions); err != nil {
		return cmd, within("recognizeOptions", err)
	}
	cmd.Repeatable, cmd.Connection = r.Repeatable, connectionOf(r)
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

func checkInputType(t ga.RecognizeInputType) error {
	if t == "" {
		return wire.Fieldf("recognizeInputType", "is missing")
	}
	for _, known := range []ga.RecognizeInputType{ga.RecognizeDTMF, ga.RecognizeSpeech, ga.RecognizeSpeechOrDTMF, ga.RecognizeChoices} {
		if strings.EqualFold(string(t), string(known)) {
			return nil
		}
	}
	return wire.Fieldf("recognizeInputType", "%.64q is not one of dtmf, speech, speechOrDtmf and choices", t)
}

// listen says what counts: keys, or keys that stand for choices. It comes after
// all other checks: an application hears of its own faults before it hears of
// what the server lacks.
func listen(cmd *call.Recognize, in ga.RecognizeRequest) (err error) {
	switch {
	case strings.EqualFold(string(in.RecognizeInputType), string(ga.RecognizeDTMF)):
		return nil
	case strings.EqualFold(string(in.RecognizeInputType), string(ga.RecognizeChoices)):
		cmd.Choices, err = readChoices(in.RecognizeOptions.Choices)
		return within("recognizeOptions", err)
	}
	return notConfigured("recognizeInputType", "no speech recognition is configured on this server")
}

// readChoices takes choices that can be made with a key. The service has it
// that either all choices have one or none.
func readChoices(in []ga.Choice) ([]call.Choice, error) {
	if len(in) == 0 {
		return nil, wire.Fieldf("choices", "is missing or empty; at least one choice is needed")
	}
	var choices []call.Choice
	seen := map[call.Tone]bool{}
	for i, c := range in {
		field := indexed("choices", i)
		switch key, ok := c.Tone.Key(); {
		case c.Label == "":
			return nil, wire.Fieldf(field+".label", "is missing")
		case c.Tone == "":
			return nil, choiceWithoutTone(field, in)
		case !ok:
			return nil, wire.Fieldf(field+".tone", "%.64q is not the name of a tone", c.Tone)
		case seen[call.Tone(key)]:
			return nil, wire.Fieldf(field+".tone", "%s stands for another choice already", c.Tone)
		default:
			seen[call.Tone(key)] = true
			choices = append(choices, call.Choice{Label: c.Label, Tone: call.Tone(key)})
		}
	}
	return choices, nil
}

func choiceWithoutTone(field string, all []ga.Choice) error {
	for _, c := range all {
		if c.Tone != "" {
			return wire.Fieldf(field+".tone", "is missing: other choices have one")
		}
	}
	return notConfigured(field+".tone", "choices by voice need speech recognition, and none is configured on this server; choices with a tone can be made by key")
}

func (f family) prompt(in ga.RecognizeRequest) ([]call.PlaySource, error) {
	var prompt []call.PlaySource
	if in.PlayPrompt != nil {
		first, err := f.source(*in.PlayPrompt)
		if err != nil {
			return nil, within("playPrompt", err)
		}
		prompt = append(prompt, first)
	}
	rest, err := f.sources("playPrompts", in.PlayPrompts)
	return append(prompt, rest...), err
}

// readRecognizeOptions places faults below the options.
func readRecognizeOptions(in ga.RecognizeOptions) (cmd call.Recognize, err error) {
	if cmd.Participant, err = address("targetParticipant", in.TargetParticipant); err != nil {
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
	return cmd, within("dtmfOptions", readDTMF(&cmd, dtmf))
}

func readDTMF(cmd *call.Recognize, in ga.DTMFOptions) error {
	gap, err := between("interToneTimeoutInSeconds", in.InterToneTimeoutInSeconds, 1, 60, interToneSeconds)
	if err != nil {
		return err
	}
	cmd.InterTone = time.Duration(gap) * time.Second
	if cmd.MaxTones, err = between("maxTonesToCollect", in.MaxTonesToCollect, 1, math.MaxInt32, 0); err != nil {
		return err
	}
	cmd.StopTones, err = tones("stopTones", in.StopTones)
	return err
}
