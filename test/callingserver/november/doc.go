// Package november is a small client of api-version 2021-11-15-preview, in the shape
// that the SDK of package callingserver had in its branches of that time: a call is
// named by a locator, and a participant by an identifier.
package november
