// Package vad tells when somebody speaks (voice activity detection).
//
// A Detector is given one voice frame by frame. Voice is sound that repeats itself at
// the pitch of a voice, in most of the last frames, and is above the background: so a
// cough, a click, a breath, noise and the keys of a telephone are none.
//
// It guarantees:
//   - Somebody who begins to speak is found within 200 ms of the first voiced sound.
//   - It follows a background that grows louder within seconds, and one that grows
//     quieter at once.
//   - A frame costs no allocation, and about 20 us.
package vad
