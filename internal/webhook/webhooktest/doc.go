// Package webhooktest holds every family of events to the same: each event of
// the rules has a published form, and each form is a golden file in the testdata
// of the family's package. -update rewrites them; the difference is to be read.
package webhooktest
