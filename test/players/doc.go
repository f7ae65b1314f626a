// Package players says what programs that people have make of a sound file: ffmpeg
// and ffprobe, and Chromium.
package players
