// Package pocketsphinx is the engine of this machine: it recognises English with
// pocketsphinx 5prealpha and the model of American English that Debian has, without an
// account, a network or a graphics card.
//
// The path of an utterance: its samples become cepstra here, in Go (features, mapping);
// these go to a worker, which is this program once more with the library of C in it
// (process, worker, decoder); what the worker's searches found comes back, and of a
// choice among phrases it is decided whether it was one of them at all (verify).
//
// Why it is so:
//   - The library crashes, and leaks with every grammar it is given: a worker that dies
//     or has grown takes nothing with it, and another one is started.
//   - The model was made from wideband sound, and a telephone lets half of that through.
//     A small network (mapping.bin, made by train/train.py) makes from what came through
//     the cepstra that the model expects.
//
// Guarantees:
//   - As many utterances are recognised at once as the engine has workers; a bounded
//     number wait, and more are refused at once as Busy.
//   - Who gives an utterance up is released at once.
//   - No phrase can break a grammar: words are letters and apostrophes.
package pocketsphinx
