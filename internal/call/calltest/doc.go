// Package calltest reads and writes stories: files in which a line that begins
// with a verb is what happens, and the lines below it that are indented by a tab
// are what follows. Text after # is for the reader.
//
// The stories of package call are pure: they show what follows by the rules.
// Those of package switchboard have a world in which calls are stored, time
// passes and things break.
package calltest
