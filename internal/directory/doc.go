// Package directory knows who can be called and how they are reached: users
// and where they are registered, our own numbers, trunks, and who may dial what.
//
// Guarantees:
//
//   - Resolve gives exactly one destination or a *Refusal that says why not.
//   - A number goes to the trunk with the longest matching prefix, unless it
//     is one of ours: then it goes to the application.
//   - A caller from a trunk reaches our numbers and users only: nobody places
//     calls through us to the telephone network at our cost.
//   - A registration changes all of its bindings or none (RFC 3261 10.3), and a
//     user has at most MaxBindings of them: the one refreshed longest ago gives
//     way to a new one.
//   - A binding that has expired is never handed out. Memory is bounded by the
//     number of users, so nothing has to sweep.
//   - With a Keeper, UDP registrations are there again after kill -9 and a restart.
//
// Everything is in memory and safe for concurrent use. Values that are handed
// out are copies. Time comes from the clock given to New.
package directory
