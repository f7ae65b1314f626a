// Package ga holds the requests, answers and events of the general-availability
// family of the API (2023-03-06 to 2026-03-12, and the previews among them).
//
// It guarantees:
//
//   - Structs with the published names, and no behaviour. One file per verb; a
//     verb's request, answer and events stand together.
//   - What may be absent is absent in JSON too, never null: official clients
//     of several languages fail on null.
//   - Versions and EventIntroduced say which api-versions exist and which
//     event types one of them may be told about.
package ga
