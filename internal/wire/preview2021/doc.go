// Package preview2021 holds the requests, answers and events of the original
// preview of the API: 2021-06-15-preview and 2021-08-30-preview, its core, and
// 2021-11-15-preview, which extends and renames it.
//
// It guarantees:
//
//   - Structs with the published names, and no behaviour. One file per verb; a
//     verb's request, answer and events stand together.
//   - One type for all versions, and for the verb in a call and from outside of
//     it. What one of them alone has is marked, and absent from the others.
//   - What may be absent is absent in JSON too, never null: official clients of
//     that time threw on null.
package preview2021
