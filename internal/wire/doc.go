// Package wire holds what every family of the public API says the same way:
// the error body, the CloudEvents envelope, identifiers and time stamps.
//
// It guarantees:
//
//   - Types and codecs only. Nothing here decides anything, keeps state, or
//     knows of a call.
//   - Names are exactly the published ones, and a golden document that is
//     decoded and encoded again says the same as before.
//   - What arrived wrong is reported as a *FieldError that names the member as
//     the sender wrote it ("targets[1].phoneNumber.value").
//
// One family of operations and events has one package below: wire/ga for the
// general-availability versions, wire/preview2021 for the preview of 2021.
// wire/eventgrid holds what is published through Event Grid.
package wire
