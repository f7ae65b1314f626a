// Package callingserver is a small client of the original preview of Call
// Automation: api-versions 2021-06-15-preview and 2021-08-30-preview. Package
// november beside it speaks 2021-11-15-preview. The SDK that did, azure-communication-callingserver,
// can no longer be had; README.md says how this one was written and what it stands
// in for.
//
// It has the shape of that SDK, and is stricter: an answer with a status or a
// member that the API does not publish is an error, and so is an event. It signs on
// its own and shares no code with the server.
package callingserver
