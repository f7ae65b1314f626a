// Package readme runs what README.md shows, in a fresh clone, as a reader would.
//
// Each sh block is run in the order of the page; a text block is what the block
// before it prints; the yaml block is the settings file that the next commands
// read, with its example addresses put on this machine. What cannot be run
// there is listed by name, with the reason; a block in any other language
// fails.
//
// It takes the ports of `strowger dev`, so it is a package of its own: those
// of test/ run one after the other.
package readme
