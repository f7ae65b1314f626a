// Package preview2021 renders the events of connections and of operations from
// outside of a call that were asked for in the versions of the 2021 preview.
//
// It guarantees that an application gets the events that its api-version knows,
// under the names and with the members that this version has. What the preview
// has no event for is not told.
package preview2021
