package call

import (
	"fmt"
	"time"
)

// Call is one call. It is not safe for concurrent use: one goroutine owns it.
type Call struct {
	state State
	now   time.Time // of this step
	until time.Time // when what ends in this step has ended: now, unless it is found out later
	out   Output
	// rosterChanged asks settle to tell every connection the new roster; newcomers
	// are connections that are to be told it for the first time.
	rosterChanged bool
	seatsChanged  bool // who is told of seats is to be told too
	newcomers     []ConnectionID
	// ender and endCause are who left last in this step and why: when that
	// ends the call, it is why it ended.
	ender    Address
	endCause Cause
}

// Output is what follows from one input.
type Output struct {
	Answer   Answer
	Repeated bool // the command was accepted before: this is its first answer, and nothing follows
	Changed  bool // the state is another: it must be stored before anything follows
	Events   []Event
	Effects  []Effect
	Usage    []Usage // of what has ended
}

// New makes a call that awaits its first input: CreateCall, OpenOnward or LegArrived.
func New(id ID) *Call { return &Call{state: State{ID: id, Phase: Forming}} }

// Restore makes a call from a stored state, which it owns from then on.
func Restore(s State) *Call { return &Call{state: s} }

// State is the call's state. It shares memory with the call: it is to be read
// or encoded before the next Step, or cloned.
func (c *Call) State() State { return c.state }

// Over reports whether the call has ended: it takes no more inputs that change it.
func (c *Call) Over() bool { return c.state.Phase == Ended }

// Step applies one input, which came at the time now, and says what must
// follow. A refused input changes nothing.
func (c *Call) Step(now time.Time, in Input) (Output, error) {
	if cmd, ok := in.(Command); ok {
		first, again, err := c.repeated(cmd.repeatable())
		if again || err != nil {
			return Output{Answer: first, Repeated: again}, err
		}
	}
	c.now, c.out, c.rosterChanged, c.seatsChanged, c.newcomers = now.UTC().Round(0), Output{}, false, false, nil
	c.until, c.ender, c.endCause = c.now, "", Cause{}
	if err := c.apply(in); err != nil {
		return Output{}, err
	}
	c.settle()
	if c.out.Changed {
		c.state.Step++
	}
	return c.out, nil
}

func (c *Call) apply(in Input) error {
	switch in := in.(type) {
	case Command:
		return c.command(in)
	case Signal:
		if c.Over() {
			c.late(in)
		} else {
			c.signal(in)
		}
		return nil
	}
	panic(fmt.Sprintf("call: %T is neither a command nor a signal", in))
}

func (c *Call) command(cmd Command) error {
	answer, err := c.obey(cmd)
	if err != nil {
		return err
	}
	c.out.Answer = answer
	c.remember(cmd.repeatable(), answer)
	return nil
}

func (c *Call) obey(cmd Command) (Answer, error) {
	switch cmd := cmd.(type) {
	case CreateCall:
		return c.create(cmd)
	case AnswerCall:
		return c.answer(cmd)
	case RedirectCall:
		return c.redirect(cmd)
	case RejectCall:
		return c.reject(cmd)
	case ConnectCall:
		return c.takeSeatBeside(cmd)
	case HangUpCall:
		return c.hangUp(cmd)
	case TerminateCall:
		return c.terminate(cmd)
	case AddParticipant:
		return c.addParticipant(cmd)
	case RemoveParticipant:
		return c.removeParticipant(cmd)
	case Transfer:
		return c.transfer(cmd)
	case Play:
		return c.play(cmd)
	case Recognize:
		return c.recognize(cmd)
	case SendTones:
		return c.sendTones(cmd)
	case StartListening:
		return c.startListening(cmd)
	case StopListening:
		return c.stopListening(cmd)
	case HoldParticipant:
		return c.holdParticipant(cmd)
	case UnholdParticipant:
		return c.unholdParticipant(cmd)
	case Mute:
		return c.mute(cmd)
	case Unmute:
		return c.unmute(cmd)
	case CreateAudioGroup, UpdateAudioGroup, DeleteAudioGroup, LeaveDefaultGroup, JoinDefaultGroup:
		return c.obeyGrouping(cmd)
	case CancelAdd:
		return c.cancelAdd(cmd)
	case CancelMedia:
		return c.cancelMedia(cmd)
	case StartRecording, PauseRecording, ResumeRecording, StopRecording, StartStreaming, StopStreaming,
		StartTranscribing, UpdateTranscribing, StopTranscribing:
		return c.obeyTapping(cmd)
	case MoveHere:
		return c.moveHere(cmd)
	}
	return c.obeyCall(cmd)
}

// obeyTapping takes what has somebody hear the call who is not in it.
func (c *Call) obeyTapping(cmd Command) (Answer, error) {
	switch cmd := cmd.(type) {
	case StartRecording:
		return c.startRecording(cmd)
	case PauseRecording:
		return c.setPaused(cmd.Recording, true)
	case ResumeRecording:
		return c.setPaused(cmd.Recording, false)
	case StopRecording:
		return c.stopRecording(cmd)
	case StartStreaming:
		return c.startStreaming(cmd)
	case StopStreaming:
		return c.stopStreaming(cmd)
	case StartTranscribing:
		return c.startTranscription(cmd)
	case UpdateTranscribing:
		return c.updateTranscription(cmd)
	case StopTranscribing:
		return c.stopTranscription(cmd)
	}
	panic(fmt.Sprintf("call: no rule for %T", cmd))
}

// obeyGrouping takes what decides who hears whom.
func (c *Call) obeyGrouping(cmd Command) (Answer, error) {
	switch cmd := cmd.(type) {
	case CreateAudioGroup:
		return c.createAudioGroup(cmd)
	case UpdateAudioGroup:
		return c.updateAudioGroup(cmd)
	case DeleteAudioGroup:
		return c.deleteAudioGroup(cmd)
	case LeaveDefaultGroup:
		return c.leaveDefaultGroup(cmd)
	case JoinDefaultGroup:
		return c.joinDefaultGroup(cmd)
	}
	panic(fmt.Sprintf("call: no rule for %T", cmd))
}

// obeyCall takes what another call asks.
func (c *Call) obeyCall(cmd Command) (Answer, error) {
	switch cmd := cmd.(type) {
	case HandOver:
		return c.handOver(cmd)
	case TakeIn:
		return c.takeIn(cmd)
	case GiveOther:
		return c.giveOther(cmd)
	case TakePlace:
		return c.takePlace(cmd)
	case OpenOnward:
		return c.openOnward(cmd)
	}
	panic(fmt.Sprintf("call: no rule for %T", cmd))
}

func (c *Call) signal(sig Signal) {
	switch sig := sig.(type) {
	case LegArrived:
		c.legArrived(sig)
	case LegRinging:
		c.legRinging(sig)
	case LegAnswered:
		c.legAnswered(sig)
	case LegUnclaimed:
		c.legUnclaimed(sig)
	case LegFailed:
		c.legFailed(sig)
	case LegEnded:
		c.legGone(sig.Leg, sig.Cause)
	case LegReplaced:
		c.legReplaced(sig)
	case LegReferred:
		c.legReferred(sig)
	case LegNotReferred:
		c.legNotReferred(sig)
	case LegReferralEnded:
		c.legReferralEnded(sig)
	case LegRefers:
		c.legRefers(sig)
	case LegPutsThrough:
		c.legPutsThrough(sig)
	case ToneReceived:
		c.toneReceived(sig)
	case PlayerStarted:
		c.playerStarted(sig)
	case PlayerFinished:
		c.playerFinished(sig)
	case PlayerFailed:
		c.playerFailed(sig)
	case VoiceBegan, SpeechHeard, EarFailed:
		c.earReported(sig)
	case TonesSent:
		c.tonesSent(sig)
	case TonesFailed:
		c.tonesFailed(sig)
	case RecorderStarted, RecorderFailed, RecordingFinished, StreamOpened, StreamFailed, TranscriptOpened, TranscriptFailed:
		c.tapReported(sig)
	case AnswererHeard:
		c.answererHeard(sig)
	case GreetingHeard:
		c.greetingHeard(sig)
	case HandedOver, Kept, NotMoved, NotPutThrough, NotTransferred:
		c.moveReported(sig)
	case TimerFired:
		c.timerFired(sig)
	case NodeRestarted:
		c.nodeRestarted(sig)
	case NodeStopping:
		c.end(ending{cause: Cause{Reason: ShutDown}})
	case Outgrown:
		c.end(ending{cause: Cause{Reason: Overloaded}})
	default:
		panic(fmt.Sprintf("call: no rule for %T", sig))
	}
}

// tapReported takes what becomes of recordings, streams and transcripts.
func (c *Call) tapReported(sig Signal) {
	switch sig := sig.(type) {
	case RecorderStarted:
		c.recorderStarted(sig)
	case RecorderFailed:
		c.recorderFailed(sig)
	case RecordingFinished:
		c.recordingFinished(sig)
	case StreamOpened:
		c.streamOpened(sig)
	case StreamFailed:
		c.streamFailed(sig)
	case TranscriptOpened:
		c.transcriptOpened(sig)
	case TranscriptFailed:
		c.transcriptFailed(sig)
	}
}

// nodeRestarted: the call ended with the process that had it.
func (c *Call) nodeRestarted(in NodeRestarted) {
	if !in.Alive.IsZero() && in.Alive.Before(c.now) {
		c.until = in.Alive.UTC().Round(0)
	}
	c.askForFiles()
	c.end(ending{cause: Cause{Reason: NodeLost}})
}

// late takes a signal to a call that is over: what has to do with the files of
// its recordings is news, and what became of whom it offered to another call.
func (c *Call) late(sig Signal) {
	switch sig := sig.(type) {
	case RecordingFinished:
		c.recordingFinished(sig)
	case HandedOver, Kept:
		c.moveReported(sig)
	case NodeRestarted:
		c.askForFiles()
		c.hangUpOffered(NodeLost)
	}
}

func (c *Call) change()      { c.out.Changed = true }
func (c *Call) tell(e Event) { c.change(); c.out.Events = append(c.out.Events, e) }

// tellIf tells nothing when there is nothing to tell.
func (c *Call) tellIf(e Event) {
	if c.change(); e != nil {
		c.tell(e)
	}
}

func (c *Call) ask(e Effect) { c.change(); c.out.Effects = append(c.out.Effects, e) }
