// Package greeting hears who has answered a call, a person, a machine or a fax, and
// when the greeting of a machine is over.
//
// A Detector is given what the far end says from the moment it answers, a frame of 8 kHz
// for each 20 ms, and counts time in frames: it has no clock. It promises:
//
//   - One Verdict, with the 190th frame (3.8 s) at the latest.
//   - After the verdict Machine one Ending, at the latest a minute after it. After any
//     other verdict nothing more.
//   - A frame costs no allocation.
//
// It understands no words. Whoever picks up a telephone says something short and waits;
// whoever recorded a greeting goes on talking. So the verdict is about how long somebody
// has spoken and how long they have been silent since, and about tones: the beep of a
// machine, the tones of a fax (ITU-T T.30), the three tones before an announcement of
// the network (ITU-T E.180). The rule is in judge.go with its reasons; how often it is
// right is measured in corpus_test.go.
package greeting
