// Package grid renders what Event Grid subscribers are told: that somebody
// calls, and the life of calls that users take part in.
//
// It guarantees the published envelope, with the same id at every try and at
// every subscription, and an incomingCallContext that opens again to the
// incoming call that it was made for.
package grid
