// Package descriptors divides the file descriptors of the process, so that what
// strangers can open (HTTP connections) never takes those that calls need (RTP,
// SIP and the journal).
package descriptors
