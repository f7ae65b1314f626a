// Package engines runs engines of speech that others wrote, on this machine, as their
// makers say: whisper behind what OpenAI's POST /v1/audio/transcriptions takes and
// behind Wyoming, piper behind Wyoming. Their models come in packages: nothing is
// fetched while they run.
package engines
